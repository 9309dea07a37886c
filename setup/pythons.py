"""Finding interpreters: a name in PATH proves nothing, so each is asked to run."""

import os
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from setup.work import answer

# Tried in this order: the version we develop with first, then newer ones.
MAIN = ((3, 11), (3, 12), (3, 13))
RASA = ((3, 10),)
# Debian ships python3 without ensurepip, and pyenv leaves shims of versions that do not run.
_QUESTION = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


@cache
def find_main() -> Path | None:
    """Give a Python that runs the hotline and can make environments."""
    return next(_those_that_run(MAIN), None)


@cache
def find_rasa() -> Path | None:
    """Give a Python that runs Rasa and can make environments."""
    return next(_those_that_run(RASA), None)


def version_in(name: str) -> tuple[int, int] | None:
    """Read `3.10` out of `3.10.13` or `python3.10`."""
    found = re.search(r"(\d+)\.(\d+)", name)
    return (int(found[1]), int(found[2])) if found else None


def _those_that_run(versions: tuple[tuple[int, int], ...]) -> Iterator[Path]:
    for version in versions:
        for candidate in _candidates(version):
            told = answer(candidate, "-c", _QUESTION)
            if told and version_in(told) == version:
                yield candidate


def _candidates(version: tuple[int, int]) -> Iterator[Path]:
    for name in (f"python{version[0]}.{version[1]}", "python3"):
        in_path = shutil.which(name)
        if in_path:
            yield Path(in_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = [home for home in pyenv.glob("versions/*") if version_in(home.name) == version]
    yield from (home / "bin" / "python" for home in sorted(found, reverse=True))
