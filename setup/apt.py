"""Debian packages: what is missing, and how it gets there with and without root."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from setup import pythons
from setup.steps import Step, text_of
from setup.work import SetupError, Work, answer

_VENV = "python3-venv"


def listed(file: Path) -> list[str]:
    """Give the packages that a list names: one a line, `#` begins the reason."""
    lines = (line.split("#")[0].strip() for line in file.read_text().splitlines())
    return [line for line in lines if line]


def missing(packages: Iterable[str]) -> list[str]:
    """Give those packages that are not installed."""
    found = answer("dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n") or ""
    installed = {line.split()[0] for line in found.splitlines() if line.endswith(" installed")}
    return [name for name in packages if name not in installed and not _is_needless(name)]


def step(*kinds: str) -> Step:
    """Give the step that installs the lists `setup/apt-KIND.txt` of all kinds at once.

    One step for all, so that whoever lacks root is told a single line.
    """
    files = [f"setup/apt-{kind}.txt" for kind in kinds]
    return Step(
        name="-".join(["apt", *kinds]),
        title="Debian packages",
        inputs=lambda root: text_of(root, *files),
        is_there=lambda root: not shutil.which("dpkg-query") or not missing(_all(root, files)),
        make=lambda work: _install(work, _all(work.root, files)),
        remedy="Install the packages by hand with apt-get, then start again.",
    )


def _all(root: Path, files: Iterable[str]) -> list[str]:
    return [name for file in files for name in listed(root / file)]


def _is_needless(name: str) -> bool:
    """A Python that can make environments by itself needs no package for it."""
    return name == _VENV and pythons.find_main() is not None


def _install(work: Work, packages: list[str]) -> None:
    if not shutil.which("dpkg-query"):
        work.note(f"Not a Debian: install the equivalents of {' '.join(packages)} yourself.")
        print(f"    This is not Debian: have these ready: {' '.join(packages)}", flush=True)
        return
    wanted = missing(packages)
    if not wanted:
        return
    if os.geteuid() != 0:
        raise SetupError(
            "Packages are missing, and only root may install them.",
            f"Ask an administrator to run: apt-get install -y {' '.join(wanted)}",
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    work.run("apt-get", "update", env=quiet)
    options = ["-y", "--no-install-recommends", "-o", "Acquire::Retries=3"]
    work.run("apt-get", "install", *options, *wanted, env=quiet)
    pythons.find_main.cache_clear()
