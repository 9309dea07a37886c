"""From an engine's samples to what a phone line carries: 8 kHz, level, no dead air.

Engines speak at 16 to 22.05 kHz with up to 0.3 s of silence around each text. The silence would
be added to the caller's wait, the upper band would fold into the speech, and an overshoot of the
low-pass would crackle; all three are dealt with here, piece by piece, so that nothing waits for
the end of a sentence.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.audio.resample import Resampler
from ivr.domain import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

_SILENCE: Final = 0.004
"""-48 dBFS: below it a phone line's own noise is louder."""
_LEAD_SAMPLES: Final = SAMPLE_RATE_HZ * 5 // 1000
"""5 ms before the first loud sample: the attack of a soft consonant."""
_TAIL_SAMPLES: Final = SAMPLE_RATE_HZ * 60 // 1000
"""60 ms after the last loud sample: enough not to sound cut, little enough to answer into."""
_KNEE: Final = 0.7
_CEILING: Final = 0.95


def limit(samples: Samples) -> Samples:
    """Bend peaks above 0.7 of full scale so that none passes 0.95."""
    loud = np.abs(samples)
    room = _CEILING - _KNEE
    bent = _KNEE + room * np.tanh((loud - _KNEE) / room)
    return np.where(loud <= _KNEE, samples, np.sign(samples) * bent).astype(np.float32)


class Shaper:
    """Shapes one prompt; `gain` is a factor on the engine's level."""

    def __init__(self, rate_hz: int, gain: float = 1.0) -> None:
        self._resampler = Resampler(rate_hz, SAMPLE_RATE_HZ, "HQ")
        self._gain = gain
        self._trimmer = Trimmer()

    def push(self, samples: NDArray[np.int16]) -> bytes:
        """Take the engine's next samples and give what is ready (s16le, 8 kHz), maybe nothing."""
        levelled = _to_pcm(limit(samples.astype(np.float32) * np.float32(self._gain / 32768)))
        return _to_pcm(self._trimmer.push(_limited(self._resampler.feed(levelled))))

    def finish(self) -> bytes:
        """Give the rest, ending in at most 60 ms of quiet."""
        rest = self._trimmer.push(_limited(self._resampler.finish()))
        return _to_pcm(np.concatenate([rest, self._trimmer.finish()]))


class Trimmer:
    """Drops silence at the start, and holds silence back until speech follows it."""

    def __init__(self) -> None:
        self._held: Samples = np.zeros(0, np.float32)
        self._is_speaking = False

    def push(self, samples: Samples) -> Samples:
        """Take samples and give those known to lie between the first and the last sound."""
        waiting = np.concatenate([self._held, samples])
        loud = np.flatnonzero(np.abs(waiting) > _SILENCE)
        if not loud.size:
            self._held = waiting if self._is_speaking else waiting[-_LEAD_SAMPLES:]
            return waiting[:0]
        start = 0 if self._is_speaking else max(0, int(loud[0]) - _LEAD_SAMPLES)
        end = int(loud[-1]) + 1
        self._is_speaking = True
        self._held = waiting[end:]
        return waiting[start:end]

    def finish(self) -> Samples:
        """Give the short tail, faded out."""
        tail = self._held[:_TAIL_SAMPLES] if self._is_speaking else self._held[:0]
        self._held = self._held[:0]
        return (tail * np.linspace(1, 0, len(tail))).astype(np.float32)


def _limited(pcm: bytes) -> Samples:
    return limit(np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768))


def _to_pcm(samples: Samples) -> bytes:
    return np.round(samples * 32768).astype("<i2").tobytes()
