"""When audio that has not arrived is not coming any more, and how much of it is missing.

A process that stalls (a busy machine, a paused one) finds its timer run out and audio waiting to
be read at the same moment, and the timer is told first. Silence filled in for audio that is there
already would be time that never was: the clock of a call counts frames, and each stall would move
it ahead of real time by its own length. So a gap is believed at the second look.
"""

from typing import Final

from ivr.domain import FRAME_S

GAP_S: Final = 0.2
"""Audio that is late by more than this is not coming: phones that suppress silence, a pulled
plug. From then on silence is heard, so that the caller's pause ends and our speech is paced."""
SECOND_LOOK_S: Final = 0.05
"""Time to read what came while we stalled, and for an Asterisk that stalled with us to catch up."""


class GapClock:
    """Says how many frames of silence stand for audio that did not arrive."""

    def __init__(self, now_s: float) -> None:
        self.due_s = now_s + GAP_S
        """When to ask what is `missing`, unless audio has moved it on by then."""
        self._accounted_s = now_s
        self._is_believed = False

    def arrived(self, now_s: float) -> None:
        """Audio has arrived: no gap."""
        self._accounted_s, self.due_s, self._is_believed = now_s, now_s + GAP_S, False

    def missing(self, now_s: float) -> int:
        """Give the frames that are missing by now, and count them as given."""
        late_s = now_s - self._accounted_s
        if late_s < GAP_S:
            return 0
        if not self._is_believed:
            self.due_s, self._is_believed = now_s + SECOND_LOOK_S, True
            return 0
        frames = int(late_s / FRAME_S)
        self._accounted_s += frames * FRAME_S
        self.due_s = now_s + GAP_S
        return frames
