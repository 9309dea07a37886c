"""The audio from just before a caller was noticed, so that the first word is whole."""

from collections import deque

from ivr.domain import FRAME_S


class PreRoll:
    """Remembers the last frames; one per call."""

    def __init__(self, length_s: float) -> None:
        self._frames: deque[bytes] = deque(maxlen=round(length_s / FRAME_S))

    def add(self, frame: bytes) -> None:
        """Remember one more frame and forget the oldest."""
        self._frames.append(frame)

    def take(self) -> bytes:
        """Give what is remembered, oldest first, and forget it."""
        kept = b"".join(self._frames)
        self._frames.clear()
        return kept
