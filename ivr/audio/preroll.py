"""The audio from just before a caller was noticed, so that the first word is whole."""

from collections import deque

from ivr.domain import FRAME_S


class PreRoll:
    """Remembers the last frames; one per call."""

    def __init__(self, length_s: float, further_s: float = 0.0) -> None:
        """`length_s` are given as a rule, `further_s` more where a caller was noticed late."""
        self._length = round(length_s / FRAME_S)
        self._frames: deque[bytes] = deque(maxlen=self._length + round(further_s / FRAME_S))

    def add(self, frame: bytes) -> None:
        """Remember one more frame and forget the oldest."""
        self._frames.append(frame)

    def take(self, further_s: float = 0.0) -> bytes:
        """Give the last of what is remembered, oldest first, and forget it all."""
        self._keep(self._length + round(further_s / FRAME_S))
        kept = b"".join(self._frames)
        self._frames.clear()
        return kept

    def shorten(self) -> None:
        """Forget all but the usual length: what came before has been heard."""
        self._keep(self._length)

    def _keep(self, frames: int) -> None:
        while len(self._frames) > frames:
            self._frames.popleft()
