"""What the caller does over our voice: meant or not, now or after what cannot be cut.

Two ways lead to an interruption. Over a prompt that may be cut, a sound is judged as it goes on,
by its length and its words. What is said or keyed over a notice, or over the protected beginning
of a prompt, waits until that has been heard; then it comes to the turn table as the events it
would have brought. A sound that has ended by then has no length to go by any more, so its words
alone decide, as soon as the ear knows them.
"""

import math
from typing import Final

from ivr.audio.activity import ActivityCounter
from ivr.call.filler import Floor
from ivr.call.overheard import Overheard
from ivr.call.overlap import VOWEL_S, WORD_S, Overlap, is_meant
from ivr.call.reference import Reference
from ivr.call.room import Room
from ivr.call.talk import Talk
from ivr.call.turns import Event, State
from ivr.domain import FRAME_S

LATE_S: Final = 0.5
"""Time for the ear to know the words of up to 9 s that it gets at once: 0.1 s of work, and room for
a busy machine. No words by then: nothing was said."""


class Interruption:
    """Judges the sounds and keys over our voice; one per call."""

    def __init__(
        self, talk: Talk, activity: ActivityCounter, reference: Reference, floor: Floor
    ) -> None:
        self._talk, self._activity, self._floor = talk, activity, floor
        self._reference = reference
        self._late_frames = 0  # left to the ear for a sound that has ended already
        self.overheard = Overheard(talk.utterance, talk.moments)

    def overhear(self) -> None:
        """Something that cannot be cut begins, or what came over it has been taken up."""
        self.overheard = Overheard(self._talk.utterance, self._talk.moments)

    def overlap_ended(self) -> None:
        """The sound is no longer in question."""
        self._late_frames = 0

    async def on_frame(self) -> None:
        """Let the turn table know what 20 ms more over our voice have decided."""
        if self._floor.state is State.ANNOUNCING and self._talk.mouth.is_open:
            await self._open_up()
        if self._floor.state is not State.OVERLAP:
            return
        if self._late_frames:
            await self._judge_late()
        elif self._is_meant(self._activity.voiced_s, self._activity.vowel_s, self._talk.room):
            await self._floor.on(Event.SUSTAINED)

    async def take_up_overheard(self) -> None:
        """Bring what happened over a notice, now over; a sound that goes on comes anew."""
        if not self._talk.keypad.is_empty:
            await self._take_up_keys()
        elif not self.overheard.is_sounding:
            await self._floor.on(Event.ONSET)
            await self._floor.on(Event.PAUSE)

    async def _open_up(self) -> None:
        """Let the caller interrupt from now on; what they said or keyed until now counts now."""
        await self._floor.on(Event.OPENED)
        if not self._talk.keypad.is_empty:
            await self._take_up_keys()
        elif self.overheard.is_anything:
            self._late_frames = 0 if self.overheard.is_sounding else round(LATE_S / FRAME_S)
            await self._floor.on(Event.ONSET)

    async def _take_up_keys(self) -> None:
        self._talk.utterance.forget_kept()
        self._talk.moments.voice_ended_s = self._talk.moments.now_s
        await self._floor.on(Event.KEY)

    async def _judge_late(self) -> None:
        self._late_frames -= 1
        if self._is_meant(WORD_S, VOWEL_S, Room()):  # how loud it was is known no more
            await self._floor.on(Event.SUSTAINED)
            await self._floor.on(Event.PAUSE)
        elif not self._late_frames:
            await self._floor.on(Event.PAUSE)

    def _is_meant(self, voiced_s: float, vowel_s: float, room: Room) -> bool:
        talk, is_missing = self._talk, self._reference.is_missing
        sound_s = talk.moments.now_s - talk.moments.voice_began_s
        sound = Overlap(
            voiced_s,
            vowel_s,
            talk.utterance.partial,
            talk.mouth.said_lately(sound_s),
            room.is_noisy,
            has_risen=None if is_missing else room.has_risen,
        )
        sustained_s = math.inf if is_missing else talk.settings.sustained_s
        return is_meant(sound, talk.listening, sustained_s)
