"""Counts voiced frames into the five things a caller's voice can do to a conversation.

A pure state machine over one boolean per 20 ms frame; no clock, no audio. Its news map one to
one to the caller's events of `ivr.call.turns`. A *sound* runs from its ONSET to its end:

- ONSET: enough voiced frames within a tenth of a second. A single voiced frame is a click.
- SUSTAINED: the sound holds enough voiced audio to be meant; at most once a sound.
- PAUSE: silence long enough to end the sound. How long depends on the question that was asked
  (`expect`); while we speak, a sound that never became SUSTAINED ends sooner: it was a cough.
- TOO_LONG: the sound goes on beyond all measure: for long without a new word (`understood`), or
  for very long with words. It then counts as over, but no new ONSET comes
  before a pause or before our next prompt has ended: whoever never pauses (a television, a
  monologue) would otherwise cancel each answer with the next onset and never get one.
- LONG_SILENCE: nothing since our prompt or the last sound ended; never while we speak; again and
  again while it lasts.
"""

from collections import deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from ivr.config.settings import Hearing
from ivr.domain import FRAME_S, Expect

ONSET_WINDOW_FRAMES: Final = 5


class Activity(Enum):
    """What the caller's voice did; named as in `ivr.call.turns.Event`."""

    ONSET = auto()
    SUSTAINED = auto()
    PAUSE = auto()
    LONG_SILENCE = auto()
    TOO_LONG = auto()


class _Phase(Enum):
    QUIET = auto()  # no sound
    SOUND = auto()  # ONSET has been told
    SPENT = auto()  # TOO_LONG was told, or a key came: wait for a pause or our prompt's end


class ActivityCounter:
    """Turns voiced and unvoiced frames into Activity; one per call."""

    def __init__(self, hearing: Hearing) -> None:
        self._onset = _frames(hearing.onset_s)
        self._sustained = _frames(hearing.sustained_s)
        self._cough_pause = _frames(hearing.cough_pause_s)
        self._long_silence = _frames(hearing.long_silence_s)
        self._too_long = _frames(hearing.too_long_s)
        self._longest = _frames(hearing.longest_s)
        self._pause = _frames(hearing.pause_s[Expect.FREE])
        self._we_speak = False
        self._phase = _Phase.QUIET
        self._must_announce = False
        window = max(ONSET_WINDOW_FRAMES, self._onset)
        self._recent: deque[bool] = deque(maxlen=window)
        self._recent_vowels: deque[bool] = deque(maxlen=window)
        self._voiced = 0  # voiced frames of this sound
        self._vowels = 0  # those of them that are vowels
        self._length = 0  # frames of this sound, pauses included
        self._wordless = 0  # the same since the last new word
        self._silent = 0  # frames since the last voiced one
        self._idle = 0  # frames of silence that count towards LONG_SILENCE

    def expect(self, pause_s: float) -> None:
        """Set the silence that ends what the caller says next, or is saying now."""
        self._pause = _frames(pause_s)

    def understood(self) -> None:
        """The sound that goes on has just brought a new word: somebody is telling something."""
        self._wordless = 0

    def answered(self) -> None:
        """The sound that goes on has been answered already: it is spent, as one too long is."""
        if self._phase is _Phase.SOUND or self._must_announce:
            self._phase, self._must_announce = _Phase.SPENT, False

    @property
    def voiced_s(self) -> float:
        """Seconds of voice in the sound that goes on, 0 in quiet."""
        return self._voiced * FRAME_S

    @property
    def vowel_s(self) -> float:
        """Seconds of vowels in it."""
        return self._vowels * FRAME_S

    def prompt_began(self) -> None:
        """Our prompt sounds from now on: short sounds end sooner, silence is not counted."""
        self._we_speak = True
        self._must_announce = False
        self._idle = 0
        if self._phase is _Phase.SOUND:
            self._become_quiet()

    def prompt_ended(self) -> None:
        """Our prompt is over or was cut; a sound that goes on is announced (again) as ONSET."""
        self._we_speak = False
        self._idle = 0
        self._must_announce = self._must_announce or self._phase is _Phase.SOUND
        self._phase = _Phase.QUIET

    def on_frame(self, is_speech: bool, *, is_vowel: bool = False) -> Sequence[Activity]:
        """Count one frame and tell what it brought: nothing in most cases."""
        self._recent.append(is_speech)
        self._recent_vowels.append(is_vowel)
        self._silent = 0 if is_speech else self._silent + 1
        match self._phase:
            case _Phase.QUIET:
                return self._in_quiet()
            case _Phase.SOUND:
                self._vowels += is_vowel
                return self._in_sound(is_speech)
            case _Phase.SPENT:
                return self._when_spent()

    def _in_quiet(self) -> Sequence[Activity]:
        if self._must_announce or sum(self._recent) >= self._onset:
            return self._begin_sound()
        if self._we_speak:
            return ()
        self._idle += 1
        if self._idle >= self._long_silence:
            self._idle = 0
            return (Activity.LONG_SILENCE,)
        return ()

    def _begin_sound(self) -> Sequence[Activity]:
        self._phase = _Phase.SOUND
        self._must_announce = False
        self._voiced = self._length = self._wordless = sum(self._recent)
        self._vowels = sum(self._recent_vowels)
        return (Activity.ONSET, *self._sustained_now(before=0))

    def _in_sound(self, is_speech: bool) -> Sequence[Activity]:
        before, self._voiced = self._voiced, self._voiced + is_speech
        self._length += 1
        self._wordless += 1
        if self._silent >= self._ending_pause():
            self._become_quiet()
            return (Activity.PAUSE,)
        if self._wordless >= self._too_long or self._length >= self._longest:
            self._phase = _Phase.SPENT
            return (*self._sustained_now(before), Activity.TOO_LONG)
        return self._sustained_now(before)

    def _when_spent(self) -> Sequence[Activity]:
        if self._silent >= self._ending_pause():
            self._become_quiet()
        return ()

    def _sustained_now(self, before: int) -> Sequence[Activity]:
        return (Activity.SUSTAINED,) if before < self._sustained <= self._voiced else ()

    def _ending_pause(self) -> int:
        if self._we_speak and self._voiced < self._sustained:
            return self._cough_pause
        return self._pause

    def _become_quiet(self) -> None:
        self._phase = _Phase.QUIET
        self._recent.clear()
        self._recent_vowels.clear()
        self._voiced = self._vowels = self._length = self._wordless = self._idle = 0


def _frames(length_s: float) -> int:
    return max(1, round(length_s / FRAME_S))
