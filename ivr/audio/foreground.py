"""Whose voice is it: the caller's, near the phone, or one from the room behind?

Television, a second voice and babble are voices to every detector, and their words are words. What
tells them from the caller is level and habit: they are weaker than the mouth at the phone, and they
talk on while we speak, when callers listen. So two things are learned from blocks of 0.4 s:

- the **background**: the loudest of the voices that nobody took for the caller, once they fill a
  third of the last 6 s. A caller who was mistaken for it listens for a moment to our next prompt,
  and with that has left it; a television has not.
- the **caller**: how loud those blocks are that stood out.

While there is a background, only what stands out from it is the caller. A voice plainly weaker than
the caller's has no say by itself, but when it goes on it becomes the background.

The first second of our first words decides what to begin with: who talks while we pick up and greet
is the room, until somebody stands out. On a line without background voices nothing of this acts.
"""

from collections import deque
from typing import Final

from ivr.audio.level import SILENCE_DBFS
from ivr.domain import FRAME_S

_SMOOTHING: Final = 0.5  # weight of the newest frame: a syllable counts, a click does not
_BLOCK_FRAMES: Final = round(0.4 / FRAME_S)  # longer than most gaps between words
_LEAST_VOICED: Final = 2  # frames of a block with which it is voiced
_BLOCKS: Final = 15  # 6 s: longer than the pauses of a television, not much longer than a prompt
_TALKATIVE: Final = 3  # one block in so many is voiced: detectors miss two thirds of faint babble
_CALLER_BLOCKS: Final = 9  # 3.6 s of speech: the two loudest, a shout, do not count
_STANDS_OUT_DB: Final = 3.0
"""Least distance from the loudest blocks of the background. Measured on rooms made of the shipped
voices: the caller's syllables stand 3 to 12 dB above them where the caller is 10 to 15 dB stronger
on average; at 6 dB weak syllables and with them onsets are lost, at 1 dB a television interrupts.
"""
_STRANGER_DB: Final = 5.0
"""The least distance while the caller has not been heard yet."""
_DOUBT_DB: Final = 9.0
"""More than that, divided by the blocks known: few blocks have not shown the loudest yet."""
_CARRIED_FRAMES: Final = round(0.2 / FRAME_S)
_CARRIED_DB: Final = 6.0
"""So long behind a strong syllable a weaker one, by so much, is the caller's too."""
_BEHIND_FRAMES: Final = round(1.0 / FRAME_S)  # the pauses that end a turn
_WEAKER_DB: Final = 10.0
"""Below the caller's usual level: more than a speaker's loudness varies between phrases."""
_QUIET_BLOCKS: Final = 2
_UNKNOWN_BLOCKS: Final = 3
"""A line is known when it was quiet for the first of these, or after the second: 0.8 or 1.2 s."""
_OUR_PAUSE_FRAMES: Final = round(0.6 / FRAME_S)
"""Longest silence inside a prompt, between its sentences: we have not finished yet. Without it the
room answered the first comma of a greeting, was taken for the caller, and never learned."""


class Foreground:
    """Learns the voices of one line; costs 1 µs a frame."""

    def __init__(self) -> None:
        self._level_dbfs = SILENCE_DBFS
        self._behind: deque[float] = deque(maxlen=_BLOCKS)  # peaks of blocks without the caller
        self._caller: deque[float] = deque(maxlen=_CALLER_BLOCKS)
        self._gate_dbfs = SILENCE_DBFS
        self._is_known = False
        self.is_noisy = False
        """Whether the background comes near the caller, as far as they are known."""
        self._frames_of_block = self._voiced = self._near = 0
        self._peak_dbfs = SILENCE_DBFS
        self._frames_since_strong = _CARRIED_FRAMES
        self._frames_since_us = _OUR_PAUSE_FRAMES

    @property
    def background_dbfs(self) -> float | None:
        """The level of the voices behind the caller, None when there are none."""
        voiced = sorted(peak for peak in self._behind if peak > SILENCE_DBFS)
        if len(self._behind) < _QUIET_BLOCKS or _TALKATIVE * len(voiced) < len(self._behind):
            return None
        return voiced[-2] if len(voiced) > 2 else voiced[-1]

    def is_caller(self, level_dbfs: float, *, is_voice: bool, we_speak: bool) -> bool:
        """Judge 20 ms that a detector takes for a voice or not, and learn from them."""
        self._level_dbfs += _SMOOTHING * (level_dbfs - self._level_dbfs)
        self._frames_since_us = 0 if we_speak else self._frames_since_us + 1
        we_speak = self._frames_since_us < _OUR_PAUSE_FRAMES
        is_near = is_voice and (self._is_known or not we_speak) and self._is_strong_or_carried()
        self._near += is_near
        self._frames_since_strong += 1
        if is_voice:
            self._voiced += 1
            self._peak_dbfs = max(self._peak_dbfs, self._level_dbfs)
        self._frames_of_block += 1
        if self._frames_of_block == _BLOCK_FRAMES:
            self._learn(we_speak=we_speak)
        return is_near

    def _is_strong_or_carried(self) -> bool:
        if self._level_dbfs >= self._gate_dbfs:
            self._frames_since_strong = 0
            return True
        is_carried = self._frames_since_strong < _CARRIED_FRAMES
        return is_carried and self._level_dbfs >= self._gate_dbfs - _CARRIED_DB

    def _learn(self, *, we_speak: bool) -> None:
        is_voiced = self._voiced >= _LEAST_VOICED
        if self._near and not self._is_weak and (self._is_known or not we_speak):
            self._caller.append(self._peak_dbfs)
        else:
            self._behind.append(self._peak_dbfs if is_voiced else SILENCE_DBFS)
        heard = len(self._behind)
        was_quiet = heard >= _QUIET_BLOCKS and max(self._behind) == SILENCE_DBFS
        self._is_known = self._is_known or was_quiet or heard >= _UNKNOWN_BLOCKS
        self._gate_dbfs = self._gate()
        self.is_noisy = self._is_near_the_caller()
        self._frames_of_block = self._voiced = self._near = 0
        self._peak_dbfs = SILENCE_DBFS

    def _is_near_the_caller(self) -> bool:
        background_dbfs, caller_dbfs = self.background_dbfs, self._caller_dbfs
        if background_dbfs is None:
            return False
        return caller_dbfs is None or background_dbfs > caller_dbfs - _WEAKER_DB

    def _gate(self) -> float:
        background_dbfs = self.background_dbfs
        if background_dbfs is None:
            return SILENCE_DBFS
        doubt_db = _DOUBT_DB / len(self._behind)
        caller_dbfs = self._caller_dbfs
        if caller_dbfs is None:
            return background_dbfs + _STRANGER_DB + doubt_db
        return max(background_dbfs + _STANDS_OUT_DB + doubt_db, caller_dbfs - _WEAKER_DB)

    @property
    def _is_weak(self) -> bool:
        """Whether the block is too weak to be the caller as known so far."""
        caller_dbfs = self._caller_dbfs
        return caller_dbfs is not None and self._peak_dbfs < caller_dbfs - _WEAKER_DB

    @property
    def _caller_dbfs(self) -> float | None:
        if len(self._caller) < _CALLER_BLOCKS // 3:
            return None
        return sorted(self._caller)[len(self._caller) * 3 // 4]

    @property
    def is_behind_the_caller(self) -> bool:
        """Whether this is heard right behind the caller's words, and is not the caller."""
        is_behind = _CARRIED_FRAMES < self._frames_since_strong < _BEHIND_FRAMES
        return is_behind and self._gate_dbfs > SILENCE_DBFS
