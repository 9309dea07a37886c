"""Running commands of one step: output into the step's log, progress on the screen."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Settings of other environments that would leak into ours.
_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYENV_VERSION", "UV_PYTHON")
_BEAT_S = 20.0  # without a terminal: one sign of life in this many seconds


class SetupError(Exception):
    """A step could not be done: what happened and what a person can do about it."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(problem)


@dataclass
class Work:
    """What a step is given: the project's root, its log, and a way to run commands."""

    root: Path
    title: str
    log: Path
    quiet: bool = False

    def run(
        self, *command: str | Path, deadline_s: float = 900, env: Mapping[str, str] | None = None
    ) -> None:
        """Run a command; raises SetupError when it fails or passes its deadline."""
        words = [str(word) for word in command]
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {shlex.join(words)}\n")
            log.flush()
            process = subprocess.Popen(  # noqa: S603  # commands are written in this folder
                words,
                cwd=self.root,
                env=environment(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                code = self._wait(process, deadline_s)
            except BaseException:
                process.kill()
                process.wait()
                raise
        if code:
            raise SetupError(f"`{Path(words[0]).name} …` ended with exit status {code}.")

    def note(self, text: str) -> None:
        """Write a line into the log."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"# {text}\n")

    def _wait(self, process: subprocess.Popen[bytes], deadline_s: float) -> int:
        start = beat = time.monotonic()
        while True:
            try:
                return process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                now = time.monotonic()
            if now - start > deadline_s:
                raise SetupError(f"It did not finish within {deadline_s:.0f} s.")
            if sys.stdout.isatty() and not self.quiet:
                _draw(f"  {self.title} … {now - start:.0f} s  {last_line(self.log)}")
            elif now - beat > _BEAT_S:
                beat = now
                print(f"    … {now - start:.0f} s: {last_line(self.log)}", flush=True)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment of a child: ours, without what belongs to other environments."""
    kept = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
    return kept | {"LC_ALL": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"} | dict(extra or {})


def answer(*command: str | Path, deadline_s: float = 30) -> str | None:
    """Give what a command prints; None when it is missing, fails or hangs."""
    try:
        done = subprocess.run(  # noqa: S603  # commands are written in this folder
            [str(word) for word in command],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=deadline_s,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip()


def last_line(log: Path) -> str:
    """Give the last line of a log that says something."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if line), "")


def _draw(text: str) -> None:
    width = os.get_terminal_size().columns
    print("\r" + text[: width - 1].ljust(width - 1), end="", flush=True)
