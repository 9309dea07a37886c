"""What is wrong with the audio that arrives: pure, from frames and the times they came.

A line that works brings one frame of 20 ms every 20 ms, give or take its jitter. `ahead` counts by
how many frames the line is ahead of the clock. It may fall behind by as much as counts as a gap
(then silence is filled in) and runs down slowly by itself, because the caller's clock is never
quite ours. What a line does wrong is told once a call, and the call goes on.

Lost packets leave no gap that long: the frames behind them come on time. They show in `ahead`,
which then never comes back to where it was, while late frames bring it back. The clock of a call
counts frames, so each lost one must be heard as something: else pauses get longer, and the times
of turns are wrong by seconds on a line that loses one in five.

A pressed key is told without waiting: its packets (RFC 4733) take the place of audio, and the
answer to the last of six begins before the lost frames of the others would have been noticed.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from ivr.domain import FRAME_S
from ivr.telephony.gap import GAP_S

SLACK_FRAMES: Final = round(GAP_S / FRAME_S)
"""Jitter of a bad mobile line, 0.2 s: more at once is a burst."""
_DRIFT_FRAMES_PER_S: Final = 0.1
"""Sound cards differ by up to 0.1 % or so; ten times less than any fault we look for."""
_TWICE_FRAMES: Final = 10
_WRONG_SHARE: Final = 0.25
_WRONG_SECONDS: Final = 5
"""Surplus or want beyond this share of so many seconds in a row is a wrong rate, no burst."""
_LOST_FRAMES: Final = 2
"""So many behind for a whole while are lost."""
_WHILE_FRAMES: Final = SLACK_FRAMES
"""Frames that must all have come that late,"""
_WHILE_S: Final = 0.7 * (_WHILE_FRAMES - 1) * FRAME_S
"""and not all at once: what waited while we stalled looks late until it has been read."""
_STOPPED_FRAMES: Final = round(1.0 / FRAME_S)
"""Phones that suppress silence stop for less, or often; it is told once."""
_LOUD: Final = 200
"""Repeated frames below this sample value (-44 dBFS) are silence or comfort noise."""


class Trouble(Enum):
    """What a line does wrong; the value says it in the log."""

    STOPPED = "no audio arrives"
    BURST = "audio arrives in bursts"
    TOO_FAST = "more audio arrives than time passes: a wrong sample rate?"
    TOO_SLOW = "less audio arrives than time passes: lost packets or a wrong sample rate?"
    TWICE = "audio arrives twice"


class Verdict(Enum):
    """What is to be done with a frame that has arrived."""

    HEAR = auto()
    HEAR_LATE = auto()  # its time has been accounted for already
    DROP = auto()  # it came before


class LineWatch:
    """Watches one call's incoming audio; `tell` is called once for each kind of trouble."""

    def __init__(self, now_s: float, tell: Callable[[Trouble], None]) -> None:
        self._tell, self._told = tell, set[Trouble]()
        self._last_s = self._second_began_s = now_s
        self._ahead = 0.0
        self._lately = deque[tuple[float, float]](maxlen=_WHILE_FRAMES)  # ahead, and when
        self._last_frame = b""
        self._has_begun = False  # until the first frame nobody is late
        self._filled = self._twice = 0
        self._surplus = self._want = 0.0  # in this second
        self._fast_seconds = self._slow_seconds = 0  # in a row

    def accept(self, frame: bytes, now_s: float) -> Verdict:
        """Judge a frame that has arrived."""
        verdict = self._verdict(frame, now_s)
        self._lately.append((self._ahead, now_s))
        return verdict

    def lost(self) -> int:
        """Give 1 where a frame before the last one is lost, else 0, and count it as heard."""
        if len(self._lately) < _WHILE_FRAMES:
            return 0
        lasted_s = self._lately[-1][1] - self._lately[0][1]
        if lasted_s < _WHILE_S or max(self._lately)[0] > -_LOST_FRAMES:
            return 0
        self._catch_up(1)
        self._want += 1
        return 1

    def keyed(self, now_s: float) -> int:
        """Give the frames whose place a key has taken that was let go now; count them as heard.

        None where the audio went on beside the key, and never more than a gap is long.
        """
        self._let_pass(now_s)
        frames = min(SLACK_FRAMES, round(-self._ahead))
        if frames < _LOST_FRAMES:
            return 0
        self._catch_up(frames)
        return frames

    def filled(self, frames: int, now_s: float) -> None:
        """Note silence heard in the place of audio that does not come."""
        self._lately.clear()
        self._ahead += frames
        self._let_pass(now_s)
        self._filled += frames
        if self._has_begun and self._filled >= _STOPPED_FRAMES:
            self._report(Trouble.STOPPED)

    def _catch_up(self, frames: int) -> None:
        self._ahead += frames
        lately = ((ahead + frames, at_s) for ahead, at_s in self._lately)
        self._lately = deque(lately, maxlen=_WHILE_FRAMES)

    def _verdict(self, frame: bytes, now_s: float) -> Verdict:
        self._let_pass(now_s)
        if not self._has_begun:
            self._ahead = -1.0  # the audio begins whenever it does; the next may come a bit early
        self._has_begun, self._filled = True, 0
        # A steady tone repeats too, but not ahead of time.
        is_repeated = self._ahead > 0 and frame == self._last_frame and _is_loud(frame)
        self._last_frame = frame
        if is_repeated:
            self._twice += 1
            if self._twice == _TWICE_FRAMES:
                self._report(Trouble.TWICE)
            return Verdict.DROP
        if self._ahead + 1 > SLACK_FRAMES:
            self._surplus += 1
            return Verdict.HEAR_LATE
        self._ahead += 1
        return Verdict.HEAR

    def _let_pass(self, now_s: float) -> None:
        passed_s, self._last_s = now_s - self._last_s, now_s
        ahead = self._ahead - passed_s / FRAME_S
        if ahead > 0:
            ahead = max(0.0, ahead - _DRIFT_FRAMES_PER_S * passed_s)
        if self._has_begun:
            self._want += max(0.0, -SLACK_FRAMES - ahead)
        self._ahead = max(-float(SLACK_FRAMES), ahead)
        if now_s - self._second_began_s >= 1:
            self._judge_second()
            self._second_began_s = now_s

    def _judge_second(self) -> None:
        if self._surplus and not self._is_wrong(self._surplus):
            self._report(Trouble.BURST)
        if self._fast_seconds and not self._surplus and self._fast_seconds < _WRONG_SECONDS:
            self._report(Trouble.BURST)
        self._fast_seconds = self._fast_seconds + 1 if self._is_wrong(self._surplus) else 0
        self._slow_seconds = self._slow_seconds + 1 if self._is_wrong(self._want) else 0
        if self._fast_seconds == _WRONG_SECONDS:
            self._report(Trouble.TOO_FAST)
        if self._slow_seconds == _WRONG_SECONDS:
            self._report(Trouble.TOO_SLOW)
        self._surplus = self._want = 0.0

    def _is_wrong(self, frames: float) -> bool:
        return frames * FRAME_S > _WRONG_SHARE

    def _report(self, trouble: Trouble) -> None:
        if trouble not in self._told:
            self._told.add(trouble)
            self._tell(trouble)


def _is_loud(frame: bytes) -> bool:
    samples = memoryview(frame).cast("h")
    return max(samples, default=0) > _LOUD or min(samples, default=0) < -_LOUD
