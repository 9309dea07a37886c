"""The audio from just before a caller was noticed, so that the first word is whole."""

from collections import deque

from ivr.domain import FRAME_S


class PreRoll:
    """Remembers the last frames; one per call."""

    def __init__(self, length_s: float, further_s: float = 0.0) -> None:
        """`length_s` are given as a rule, `further_s` more where a caller was noticed late."""
        self._length = round(length_s / FRAME_S)
        self._frames: deque[bytes] = deque(maxlen=self._length + round(further_s / FRAME_S))
        self._unheard = 0  # of the frames, the last

    def add(self, frame: bytes) -> None:
        """Remember one more frame and forget the oldest."""
        self._frames.append(frame)
        self._unheard += 1

    @property
    def length_s(self) -> float:
        """How much there is to give at most."""
        return min(len(self._frames), self._unheard + self._length) * FRAME_S

    def last(self, further_s: float = 0.0) -> bytes:
        """Give the last of what is remembered, oldest first, without what has been heard.

        It stays: what seemed to be a cough may have been the first word.
        """
        most = min(round(further_s / FRAME_S), self._unheard)
        frames = self._length + most
        return b"".join(list(self._frames)[-frames:]) if frames else b""

    def was_heard(self) -> None:
        """All but the usual length has been heard, and is not given again."""
        self._unheard = 0

    def was_nothing(self) -> None:
        """What was heard brought no words: they may yet be found in it with those that follow."""
        self._unheard = len(self._frames)
