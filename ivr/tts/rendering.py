"""One text being spoken, for all who want to hear it."""

import asyncio
from collections.abc import AsyncIterator

from ivr.errors import EngineError


class Rendering:
    """Pieces as they come, given to any number of listeners, each from the beginning.

    `is_wanted_anyway`: it goes on when the last listener has left, because it will be kept.
    """

    def __init__(self, *, is_wanted_anyway: bool) -> None:
        self.task: asyncio.Task[None] | None = None
        self._is_wanted_anyway = is_wanted_anyway
        self._pieces: list[bytes] = []
        self._news = asyncio.Event()
        self._listeners = 0
        self._is_over = False
        self.is_stopped = False
        self._error: EngineError | None = None

    @property
    def pcm(self) -> bytes:
        """Everything so far."""
        return b"".join(self._pieces)

    def add(self, piece: bytes) -> None:
        """Take the next piece from the engine."""
        self._pieces.append(piece)
        self._tell()

    def end(self, error: EngineError | None = None) -> None:
        """Note that no more will come, and why if it is a failure; the first word counts."""
        if self._is_over:
            return
        self._is_over, self._error = True, error
        self._tell()

    def stop(self) -> None:
        """Stop rendering; nobody new may listen."""
        self.is_stopped = True
        if self.task:
            self.task.cancel()

    async def listen(self) -> AsyncIterator[bytes]:
        """Give all pieces. Raises the EngineError that ended the rendering."""
        self._listeners += 1
        try:
            heard = 0
            while True:
                news = self._news
                while heard < len(self._pieces):
                    heard += 1
                    yield self._pieces[heard - 1]
                if self._is_over:
                    break
                if news is self._news:
                    await news.wait()
            if self._error:
                raise self._error
        finally:
            self._listeners -= 1
            if not (self._listeners or self._is_over or self._is_wanted_anyway):
                self.stop()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
