"""From what arrives on the audio socket to frames that are heard, with what was played meanwhile.

Gaps are filled with silence, so that the caller's pause ends and our prompt is known to move on;
frames that came before are dropped; frames that come in a burst, behind a gap that has been
filled already, are heard without moving the prompt on a second time; for a frame that was lost
the one behind it is heard twice (a word loses no length by it, and a pause no time); and where the
packets of a key took the place of audio, silence is heard before the key is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from ivr import log, metrics
from ivr.domain import AudioFrame
from ivr.telephony.call_clock import CallClock
from ivr.telephony.gap import GapClock
from ivr.telephony.line_inbox import LineInbox
from ivr.telephony.line_watch import LineWatch, Trouble, Verdict
from ivr.telephony.playout import SILENCE, Playout

_log = log.get(__name__)


class Arrivals:
    """The incoming audio of one call; times are the loop's."""

    def __init__(
        self,
        inbox: LineInbox,
        playout: Playout,
        as_played: Callable[[bytes], bytes],
        now_s: float,
        noted: CallClock | None = None,
    ) -> None:
        """`as_played` gives a frame of ours as loud as it is played right now.

        `noted` is told what arrived, frame by frame.
        """
        self._inbox, self._playout, self._as_played = inbox, playout, as_played
        self._noted = noted or CallClock()
        self._clock, self._watch = GapClock(now_s), LineWatch(now_s, _tell)

    async def watch(self, filled: Callable[[Sequence[AudioFrame]], Awaitable[None]]) -> None:
        """Hand over silence for what does not arrive, for ever.

        One timer a fifth of a second instead of a deadline for each packet, which costs as much as
        reading it.
        """
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(max(0.0, self._clock.due_s - loop.time()))
            if loop.time() >= self._clock.due_s:
                await filled(self.missing(loop.time()))

    def frames(self, pcm: bytes, now_s: float) -> list[AudioFrame]:
        """Give the frames that a packet of any length completes."""
        self._clock.arrived(now_s)
        return [heard for frame in self._inbox.frames(pcm) for heard in self._judged(frame, now_s)]

    def missing(self, now_s: float) -> list[AudioFrame]:
        """Give silence for what should have arrived by now."""
        count = self._clock.missing(now_s)
        if count:
            self._watch.filled(count, now_s)
        return [self._filled(SILENCE) for _ in range(count)]

    def keyed(self, now_s: float) -> list[AudioFrame]:
        """Give silence for the audio whose place a key has taken that was let go now."""
        return [self._filled(SILENCE) for _ in range(self._watch.keyed(now_s))]

    def _judged(self, frame: bytes, now_s: float) -> list[AudioFrame]:
        verdict = self._watch.accept(frame, now_s)
        if verdict is Verdict.DROP:
            return []
        lost = self._watch.lost()
        if lost:
            metrics.FRAMES_LOST.inc(lost)
        again = [self._filled(frame) for _ in range(lost)]
        self._noted.heard(frame)
        return [*again, self._heard(frame, is_late=verdict is Verdict.HEAR_LATE)]

    def _filled(self, frame: bytes) -> AudioFrame:
        self._noted.filled()
        return self._heard(frame, is_late=False)

    def _heard(self, frame: bytes, *, is_late: bool) -> AudioFrame:
        played = SILENCE if is_late else self._playout.take()
        return AudioFrame(frame, self._as_played(played))


def _tell(trouble: Trouble) -> None:
    metrics.LINE_TROUBLES.labels(trouble.name.lower()).inc()
    _log.warning("audio_arrives_badly", problem=trouble.value)
