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

    @property
    def length_s(self) -> float:
        """How much is remembered."""
        return len(self._frames) * FRAME_S

    def last(self, further_s: float = 0.0) -> bytes:
        """Give the last of what is remembered, oldest first.

        It stays: what seemed to be a cough may have been the first word.
        """
        frames = self._length + round(further_s / FRAME_S)
        return b"".join(list(self._frames)[-frames:]) if frames else b""

    def shorten(self) -> None:
        """Forget all but the usual length: what came before has been heard."""
        while len(self._frames) > self._length:
            self._frames.popleft()
