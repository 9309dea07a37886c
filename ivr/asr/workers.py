"""Threads for blocking work, first come first served, with one lane for what a caller waits for."""

import itertools
import queue
import threading
from collections.abc import Callable
from typing import Final

from ivr.priority import step_back

_URGENT, _ORDINARY, _STOP = 0, 1, -1
_JOIN_S: Final = 5.0

Job = Callable[[], None]


class Workers:
    """A fixed number of threads; `close` ends them.

    `concurrent.futures` has one lane only: with twenty callers who talk at once, the final words
    of one then wait for a tenth of a second behind audio of others that nobody waits for.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._jobs: queue.PriorityQueue[tuple[int, int, Job]] = queue.PriorityQueue()
        self._turns = itertools.count()  # keeps the order within a lane
        self.is_closed = False
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job, *, is_urgent: bool = False) -> bool:
        """Queue a job that raises nothing; False when closed."""
        if self.is_closed:
            return False
        self._jobs.put((_URGENT if is_urgent else _ORDINARY, next(self._turns), job))
        return True

    def close(self) -> None:
        """Let the threads end what they are doing and forget the rest."""
        self.is_closed = True
        for _ in self._threads:
            self._jobs.put((_STOP, next(self._turns), _nothing))
        for thread in self._threads:
            thread.join(_JOIN_S)

    def _run(self) -> None:
        step_back()
        while True:
            lane, _, job = self._jobs.get()
            if lane == _STOP:
                return
            job()


def _nothing() -> None:
    pass
