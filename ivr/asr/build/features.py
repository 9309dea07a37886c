"""Vosk's front end: 40 mel cepstra every 10 ms, from 25 ms of 8 kHz audio.

As Kaldi computes them (`feat/feature-mfcc.cc`, `feat/mel-computations.cc`) with the options of
the models' `conf/mfcc.conf`: no energy, no dither, samples in 16-bit scale, frames only where
the audio fills them.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE_HZ, FRAME, HOP, FFT = 8000, 200, 80, 256
BINS, LOW_HZ, HIGH_HZ = 40, 100.0, 3800.0
_LIFTER, _PREEMPHASIS = 22.0, 0.97
_FLOOR = float(np.finfo(np.float32).eps)

Floats = NDArray[np.float32]


def mfcc(samples: NDArray[np.int16]) -> Floats:
    """Cepstra, shape (frames, 40); no frame where the audio is shorter than 25 ms."""
    count = max(0, 1 + (len(samples) - FRAME) // HOP)
    starts = HOP * np.arange(count)[:, None]
    frames = samples.astype(np.float64)[starts + np.arange(FRAME)]
    frames -= frames.mean(axis=1, keepdims=True)
    frames = frames - _PREEMPHASIS * np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    power = np.abs(np.fft.rfft(frames * _window(), FFT)) ** 2
    mel = np.log(np.maximum(power[:, : FFT // 2] @ _mel_filters().T, _FLOOR))
    return np.asarray(mel @ _cosines().T, dtype=np.float32)


def log_mel(cepstra: Floats) -> Floats:
    """The logarithmic mel spectrum behind cepstra; the transform is square and loses nothing."""
    return cepstra @ _uncosines()


def cepstra(mel: Floats) -> Floats:
    """Cepstra of a logarithmic mel spectrum, shape (frames, 40)."""
    return np.asarray(mel @ _cosines().T, dtype=np.float32)


@cache
def _uncosines() -> Floats:
    return np.linalg.inv(_cosines().T).astype(np.float32)


@cache
def _window() -> NDArray[np.float64]:
    """Kaldi's "povey" window: a Hann window to the power of 0.85."""
    angle = 2 * np.pi * np.arange(FRAME) / (FRAME - 1)
    return np.asarray((0.5 - 0.5 * np.cos(angle)) ** 0.85)


@cache
def _mel_filters() -> NDArray[np.float64]:
    def mel(hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1127.0 * np.log(1.0 + np.asarray(hz) / 700.0))

    edges = np.linspace(mel(LOW_HZ), mel(HIGH_HZ), BINS + 2)
    at = mel(np.arange(FFT // 2) * RATE_HZ / FFT)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (at - left) / (centre - left), (right - at) / (right - centre)
    return np.maximum(np.minimum(rising, falling), 0)


@cache
def _cosines() -> NDArray[np.float64]:
    """The orthonormal cosine transform, then Kaldi's lifter."""
    row, column = np.arange(BINS)[:, None], np.arange(BINS)[None, :]
    table = np.sqrt(2 / BINS) * np.cos(np.pi / BINS * (column + 0.5) * row)
    table[0] = np.sqrt(1 / BINS)
    lifter = 1 + 0.5 * _LIFTER * np.sin(np.pi * np.arange(BINS) / _LIFTER)
    return np.asarray(table * lifter[:, None])
