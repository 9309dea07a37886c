"""Is this louder than the room has been? The question where every sound is a voice.

In a room full of people both judges of voice say "voice" all the time, and words are guessed in the
din. What still tells the caller is strength: whoever speaks into the phone makes the line louder
than the room has been in the last ten seconds. So while we speak, when callers listen, two things
are learned:

- the **spectrum of the room**, by which each of eight bands is divided: a room murmurs below
  500 Hz, where a voice hardly shows, and leaves the bands above to whoever is near;
- its **past**: the loudest third of a second of each block of 0.4 s, and more (`ivr.audio.rise`).

Nothing about voices is assumed, so babble, a television and a second voice are served by one rule.

Plain level instead of eight bands misses 42 % of callers at 5 dB with as few mistakes, and a mean
of decibels instead of power 19 %; 24 bands are no better than eight. A window of 0.2 s misses 13 %.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.level import SILENCE_DBFS
from ivr.audio.rise import BLOCK_FRAMES, LASTS, Rise
from ivr.domain import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE_HZ

_Floats = npt.NDArray[np.float64]

_NEAR_DB: Final = -2.0
"""Weak syllables of a caller are no more than that below the room's loudest third of a second."""
_BANDS: Final = 8
_LOWEST_HZ, _HIGHEST_HZ = 150.0, 3600.0  # telephone
_TRANSFORM: Final = 512
_WINDOW: Final = np.hanning(2 * FRAME_SAMPLES)
_QUIET_DBFS: Final = -55.0
_FIRST_FRAMES: Final = round(3.0 / FRAME_S)
"""Until then the spectrum still changes, and what was known of the past is measured by it anew."""
_SLOWEST: Final = 0.01
"""Weight of a frame in the spectrum once 2 s are known."""
_MARGINS_OVER_US: Final = 1.5
"""Times the usual margins it takes to be the caller while we speak, when callers mostly listen. At
1 a room 5 to 10 dB down stops 3 to 4 % of prompts of 6 s."""
_CARRIED_FRAMES: Final = round(0.2 / FRAME_S)
_PATIENCE_FRAMES: Final = round(3.0 / FRAME_S)
"""Whoever is louder than the room for longer, while we speak on, is the room."""
_NOTHING: Final = 1e-12


class RoomLevel:
    """Learns one line's room; costs 0.02 ms a frame while something sounds in it, else nothing."""

    def __init__(self) -> None:
        self._spectrum: _Floats = np.zeros(_BANDS)
        self._frames_known = 0
        self._first: list[_Floats] = []
        self._rise = Rise()
        self._frames_of_block = self._frames_alone = self._frames_risen = 0
        self._frames_below = _CARRIED_FRAMES
        self._usual_dbfs = SILENCE_DBFS
        self._has_voices = False

    @property
    def has_risen(self) -> bool | None:
        """Whether somebody is louder than the room; None where there are no voices in it."""
        return self._rise.has_risen if self._has_voices and self._rise.is_known else None

    @property
    def risen_for_s(self) -> float:
        """How long ago somebody most likely began to be louder, at most 1.6 s; 0 without any.

        Told before it is certain, and while it is in doubt between two words: whoever is noticed a
        moment later is heard from there.
        """
        return self._rise.for_s if self.has_risen is not None else 0.0

    @property
    def is_near(self) -> bool:
        """Whether it is nearly as loud as the room ever is, which a room seldom is."""
        return self.has_risen is not None and self._rise.above_db > _NEAR_DB

    @property
    def is_exceeded(self) -> bool:
        """Whether it has become louder than the room, and still is.

        The last third of a second alone would hold on for so long behind the caller's last word.
        """
        is_caller = self.has_risen or (self.is_just_exceeded and self._rise.above_db > 0)
        return self.has_risen is not None and is_caller and self._rise.now_above_db > 0

    @property
    def is_just_exceeded(self) -> bool:
        """Whether it was so within 0.2 s: a weaker syllable behind that is the caller's, too."""
        return self._frames_below < _CARRIED_FRAMES

    def hear(
        self, last_40_ms: bytes, level_dbfs: float, *, has_voices: bool, we_speak: bool
    ) -> None:
        """Take 20 ms, with those before (s16le), and learn from them while we speak.

        `has_voices`: whether somebody else is heard in the room at present.
        """
        if we_speak:
            self._usual_dbfs += _SLOWEST * (level_dbfs - self._usual_dbfs)
        # A crowd that murmurs is now and then too faint for a voice, and has not gone home.
        self._has_voices = has_voices or (self._has_voices and self._usual_dbfs > _QUIET_DBFS)
        may_learn = we_speak and level_dbfs > _QUIET_DBFS
        if not (may_learn or self._has_voices):
            self._frames_alone = self._frames_alone if we_speak else 0
            return
        power = _band_powers(last_40_ms)
        if not self._frames_known:
            self._spectrum = power
        margins = _MARGINS_OVER_US if we_speak else 1.0
        self._rise.hear(float(np.mean(power / self._spectrum)), margins=margins)
        self._frames_below = 0 if self.is_exceeded else self._frames_below + 1
        is_above = self._rise.is_known and (self._rise.above_db > 0 or self._rise.has_risen)
        self._frames_risen = self._frames_risen + 1 if is_above else 0
        is_caller = 0 < self._frames_risen < _PATIENCE_FRAMES
        if we_speak and not is_caller:
            self._learn(power)
        else:
            self._frames_alone = 0

    def _learn(self, power: _Floats) -> None:
        self._frames_known += 1
        weight = max(1 / self._frames_known, _SLOWEST)
        self._spectrum = self._spectrum + weight * (power - self._spectrum)
        self._frames_alone += 1
        if self._frames_known <= _FIRST_FRAMES:
            self._learn_first(power)
            return
        if self._frames_alone <= LASTS:  # a third of a second holds none of the caller then
            return
        self._rise.belongs_to_the_past()
        self._frames_of_block += 1
        if self._frames_of_block == BLOCK_FRAMES:
            self._rise.end_block()
            self._frames_of_block = 0

    def _learn_first(self, power: _Floats) -> None:
        self._first.append(power)
        if len(self._first) % BLOCK_FRAMES == LASTS:
            relative = np.mean(np.array(self._first) / self._spectrum, axis=1)
            self._rise.past_was(relative.tolist())
        if len(self._first) == _FIRST_FRAMES:
            self._first.clear()


def _bands() -> _Floats:
    """Give the weights of the transform's bins in each band; the bands are as wide as hearing's."""
    lowest, highest = (np.log(1 + hz / 700) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    edges = 700 * (np.exp(np.linspace(lowest, highest, _BANDS + 1)) - 1)
    hz = np.fft.rfftfreq(_TRANSFORM, 1 / SAMPLE_RATE_HZ)
    is_inside = (hz >= edges[:-1, None]) & (hz < edges[1:, None])
    weights: _Floats = is_inside / is_inside.sum(axis=1, keepdims=True)
    return weights


_OF_BANDS: Final = _bands()


def _band_powers(pcm: bytes) -> _Floats:
    spectrum = np.fft.rfft(np.frombuffer(pcm, "<i2") / 32768 * _WINDOW, _TRANSFORM)
    powers: _Floats = _OF_BANDS @ np.abs(spectrum) ** 2 + _NOTHING
    return powers
