"""What happens on the line, waiting to be read: bounded, in whole frames, without gaps."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from ivr import metrics
from ivr.domain import FRAME_BYTES, AudioFrame
from ivr.telephony import LineEvent

MOST_EVENTS: Final = 250
"""5 s of audio. Whoever reads so late cannot answer in time anyway; the oldest frame goes."""


class LineInbox:
    """Events of one call, from one writer to one reader."""

    def __init__(self) -> None:
        self.dropped = 0
        self._events: deque[LineEvent] = deque()
        self._rest = b""
        self._arrived = asyncio.Event()
        self._closed = False
        self._error: Exception | None = None

    def frames(self, pcm: bytes) -> list[bytes]:
        """Cut what arrived into 20 ms frames; phones may send 10, 30 or 60 ms packets."""
        whole = self._rest + pcm
        cut = len(whole) - len(whole) % FRAME_BYTES
        self._rest = whole[cut:]
        return [whole[start : start + FRAME_BYTES] for start in range(0, cut, FRAME_BYTES)]

    def put(self, event: LineEvent) -> None:
        """Add an event; when full, the oldest audio frame is dropped and counted."""
        if self._closed:
            return
        if len(self._events) >= MOST_EVENTS:
            self._drop_oldest_frame()
        self._events.append(event)
        self._arrived.set()

    def close(self, error: Exception | None = None) -> None:
        """End the reader's iteration after what is there, with an error if one is given."""
        if not self._closed:
            self._closed, self._error = True, error
            self._arrived.set()

    async def read(self) -> AsyncIterator[LineEvent]:
        """Give the events until closed."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self._closed:
                break
            self._arrived.clear()
            await self._arrived.wait()
        if self._error:
            raise self._error

    def _drop_oldest_frame(self) -> None:
        for place, event in enumerate(self._events):
            if isinstance(event, AudioFrame):
                del self._events[place]
                break
        self.dropped += 1
        metrics.FRAMES_DROPPED.inc()
