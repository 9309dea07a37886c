"""The steps of publishing as ops see them: what is being done, and how long each took."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


@dataclass
class Step:
    """One step, in seconds; `parts` is what the hotline says that its share consisted of."""

    name: str
    seconds: float = 0.0
    parts: dict[str, float] = field(default_factory=dict[str, float])


class Steps:
    """Says on a console what is being done, and keeps how long it took."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._began = time.monotonic()
        self.done: list[Step] = []

    @contextmanager
    def step(self, what: str) -> Iterator[Step]:
        """Show what is being done (`what` is a past participle), then how long it took."""
        step, began = Step(what), time.monotonic()
        with self._console.status(f"being {what} …"):
            yield step
        step.seconds = time.monotonic() - began
        self.done.append(step)
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in step.parts.items())
        told = f"  {what} in {step.seconds:.2f} s" + (f" (the hotline: {parts})" if parts else "")
        self._console.print(told, markup=False)

    def as_values(self) -> dict[str, object]:
        """Give the steps as JSON values; `seconds` is all of it, from the first step on."""
        steps: list[Mapping[str, object]] = [
            {
                "step": step.name,
                "seconds": round(step.seconds, 3),
                "parts": {name: round(seconds, 3) for name, seconds in step.parts.items()},
            }
            for step in self.done
        ]
        return {"seconds": round(time.monotonic() - self._began, 3), "steps": steps}


def begun(work: Callable[[], T]) -> "Future[T]":
    """Begin something that waits for somebody else; the command may end before it does."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
