"""Does a frame hold a vowel: is it harmonic, and is the mouth open?

What is no speech though it sounds like a voice lacks one of the two. Laughs and breath are noise
through a mouth: hardly harmonic. A hum ("mm", 嗯) is harmonic, but leaves through the nose, and of
its sound above 700 Hz nearly nothing is left. Harmonicity is the peak of the normalised
autocorrelation at the lags of a voice's pitch (P. Boersma, IFA Proceedings 17, 1993).

Measured (November 2026; detector's voiced frames of 60 made laughs, breaths and doors each, and the
79 shipped callers' lines): a laugh has at most 2 vowels, breath and doors none, the hum 嗯 none; in
the first 0.24 s of voice 98 % of the lines have 3 or more, the median 10.
"""

from typing import Final

import numpy as np

from ivr.domain import FRAME_SAMPLES, SAMPLE_RATE_HZ

_WINDOW: Final = np.hanning(2 * FRAME_SAMPLES)
_TRANSFORM: Final = 512
_HZ: Final = np.fft.rfftfreq(_TRANSFORM, 1 / SAMPLE_RATE_HZ)
_LOW: Final = (_HZ >= 100) & (_HZ < 600)
_HIGH: Final = (_HZ >= 700) & (_HZ < 3400)
_LAGS: Final = slice(SAMPLE_RATE_HZ // 400, SAMPLE_RATE_HZ // 70)
_OF_WINDOW: Final = np.fft.irfft(np.abs(np.fft.rfft(_WINDOW, _TRANSFORM)) ** 2)
_HARMONIC: Final = 0.7
_OPEN: Final = 10**-1.5  # high to low: -15 dB; vowels are above, a hum is near -30


def is_vowel(pcm: bytes) -> bool:
    """Judge the last 40 ms (s16le, 8 kHz); costs 0.05 ms."""
    spectrum = np.fft.rfft(np.frombuffer(pcm, "<i2") * _WINDOW, _TRANSFORM)
    power = np.abs(spectrum) ** 2
    if power[_HIGH].sum() < _OPEN * power[_LOW].sum() or not power.any():
        return False
    likeness = np.fft.irfft(power)
    peak = np.max(likeness[_LAGS] / _OF_WINDOW[_LAGS]) * _OF_WINDOW[0] / likeness[0]
    return bool(peak > _HARMONIC)
