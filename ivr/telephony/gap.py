"""When audio that has not arrived is not coming any more, and how much of it is missing."""

from typing import Final

from ivr.domain import FRAME_S

GAP_S: Final = 0.2
"""Audio that is late by more than this is not coming: phones that suppress silence, a pulled
plug. From then on silence is heard, so that the caller's pause ends and our speech is paced."""


class GapClock:
    """Says how many frames of silence stand for audio that did not arrive."""

    def __init__(self, now_s: float) -> None:
        self._accounted_s = now_s

    def arrived(self, now_s: float) -> None:
        """Audio has arrived: no gap."""
        self._accounted_s = now_s

    def missing(self, now_s: float) -> int:
        """Give the frames that are missing by now, and count them as given."""
        late_s = now_s - self._accounted_s
        if late_s < GAP_S:
            return 0
        frames = int(late_s / FRAME_S)
        self._accounted_s += frames * FRAME_S
        return frames
