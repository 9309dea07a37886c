"""Steps: each is done once, remembered by a stamp, and done again when its inputs change."""

import fcntl
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from setup.work import SetupError, Work, last_line

STATE = ".setup"


@dataclass(frozen=True)
class Step:
    """One part of the set-up.

    `inputs` gives a text that changes when the step has to be done again; `is_there` looks,
    cheaply, whether the product still exists; `make` brings it into place.
    """

    name: str
    title: str
    inputs: Callable[[Path], str]
    is_there: Callable[[Path], bool]
    make: Callable[[Work], None]
    remedy: str = ""


def stamp_of(step: Step, root: Path) -> str:
    """Give the fingerprint that the stamp must hold for the step to count as done."""
    return hashlib.sha256(step.inputs(root).encode()).hexdigest()


def is_done(step: Step, root: Path) -> bool:
    """Whether the product is there and was made from the inputs of today."""
    stamp = _stamp_file(step, root)
    return stamp.exists() and stamp.read_text() == stamp_of(step, root) and step.is_there(root)


def carry_out(steps: Sequence[Step], root: Path) -> bool:
    """Do what is not done yet, in order; False, with an explanation printed, when one fails."""
    start = time.monotonic()
    (root / STATE / "log").mkdir(parents=True, exist_ok=True)
    (root / STATE / "stamp").mkdir(exist_ok=True)
    with _alone(root):
        waiting = [step for step in steps if not is_done(step, root)]
        there = len(steps) - len(waiting)
        if waiting:
            print(f"Set-up in {root}: {there} of {len(steps)} parts are there.", flush=True)
        for step in waiting:
            if not _do(step, root):
                return False
    if waiting:
        print(f"Set-up complete after {time.monotonic() - start:.0f} s.", flush=True)
    return True


def text_of(root: Path, *patterns: str) -> str:
    """Give names and contents of files as one text, for use as a step's inputs."""
    files = sorted({file for pattern in patterns for file in root.glob(pattern) if file.is_file()})
    digests = (hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    return "\n".join(
        f"{file.relative_to(root)} {digest}" for file, digest in zip(files, digests, strict=True)
    )


def _do(step: Step, root: Path) -> bool:
    start = time.monotonic()
    work = Work(root, step.title, root / STATE / "log" / f"{step.name}.log")
    work.log.write_text(_heading(step) + "\n", encoding="utf-8")
    if not sys.stdout.isatty():
        print(f"  {step.title} …", flush=True)
    try:
        step.make(work)
        if not step.is_there(root):
            raise SetupError("It ended well, but its product is not there.")
    except (SetupError, OSError) as error:
        _explain(step, work.log, error)
        return False
    _write(_stamp_file(step, root), stamp_of(step, root))
    _line(f"  {step.title}: done in {time.monotonic() - start:.0f} s")
    return True


def _heading(step: Step) -> str:
    return f"# {step.title}"


def _explain(step: Step, log: Path, error: SetupError | OSError) -> None:
    problem = error.problem if isinstance(error, SetupError) else str(error)
    remedy = (error.remedy if isinstance(error, SetupError) else "") or step.remedy
    _line(f"  {step.title}: FAILED. {problem}")
    last = last_line(log)
    told = "" if last == _heading(step) else last
    for said, what in (("last line", told), ("log", str(log)), ("remedy", remedy)):
        if what:
            print(f"    {said}: {what}", flush=True)


def _line(text: str) -> None:
    clear = "\r\033[K" if sys.stdout.isatty() else ""
    print(clear + text, flush=True)


def _stamp_file(step: Step, root: Path) -> Path:
    return root / STATE / "stamp" / step.name


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one set-up work at a time: `make demo` and `make test` may be started together."""
    with (root / STATE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work here; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(str(os.getpid()))
        yield
