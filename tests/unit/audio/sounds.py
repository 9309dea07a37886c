"""Sounds for tests, made by arithmetic: tones, hum, noise and something voice-like."""

import numpy as np

from ivr.domain import FRAME_BYTES, SAMPLE_RATE_HZ

RNG = np.random.default_rng()
"""Begins anew with each test (conftest.py): what a test hears hangs on no other one."""
SEED = 20260


def begin_anew() -> None:
    RNG.bit_generator.state = np.random.default_rng(SEED).bit_generator.state


def at_dbfs(samples: np.ndarray, dbfs: float) -> bytes:
    """Scale to a level (root mean square) and give s16le."""
    rms = np.sqrt(np.mean(samples.astype(np.float64) ** 2))
    scaled = samples / rms * 32768 * 10 ** (dbfs / 20)
    return np.clip(scaled, -32768, 32767).astype("<i2").tobytes()


def noise(length_s: float, dbfs: float) -> bytes:
    return at_dbfs(RNG.standard_normal(round(length_s * SAMPLE_RATE_HZ)), dbfs)


def vowel(length_s: float, dbfs: float, pitch_hz: float = 140) -> bytes:
    """A buzz of harmonics under two formants, in syllables: a detector takes it for a voice."""
    time_s = np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    sound = np.zeros_like(time_s)
    for harmonic in range(1, 25):
        hz = harmonic * pitch_hz * (1 + 0.02 * np.sin(2 * np.pi * 3 * time_s))
        weight = sum(np.exp(-(((harmonic * pitch_hz - f) / 150) ** 2)) for f in (600, 1200, 2400))
        sound += (weight + 0.05) * np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE_HZ)
    syllables = 0.15 + 0.85 * (np.sin(2 * np.pi * 4 * time_s) > -0.6)
    return at_dbfs(sound * syllables, dbfs)


def frames(pcm: bytes) -> list[bytes]:
    """Cut into whole frames of 20 ms."""
    whole = len(pcm) // FRAME_BYTES * FRAME_BYTES
    return [pcm[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]
