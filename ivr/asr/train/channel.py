"""What a telephone does to speech, at random: so that an ear trained here is at home there.

Everything works on 8 kHz samples as floats in 16-bit scale. Ranges are those under which the
shipped models were trained; a copy of a recording is changed anew every time it is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.audio.codec import alaw_to_pcm, pcm_to_alaw, pcm_to_ulaw, ulaw_to_pcm

RATE_HZ = 8000
Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Channel:
    """How much a line may do; the defaults cover good lines and bad ones.

    `voice` is the range of a resampling factor: it moves pitch, formants and tempo together and
    so makes other speakers of one.
    """

    voice: tuple[float, float] = (0.84, 1.2)
    snr_db: tuple[float, float] = (4.0, 35.0)
    level_dbfs: tuple[float, float] = (-32.0, 0.0)


def telephone(
    speech: Samples,
    random: np.random.Generator,
    channel: Channel,
    backgrounds: Sequence[NDArray[np.int16]] = (),
) -> NDArray[np.int16]:
    """One rendering of `speech` over some line; `backgrounds` are recordings of noise."""
    x = stretch(speech, random.uniform(*channel.voice))
    rms = float(np.sqrt(np.mean(x**2))) + 1e-6
    x = np.concatenate([_quiet(random, 0.05, 0.6), x, _quiet(random, 0.1, 0.7)])
    if random.random() < 0.3:
        x = _room(x, random)
    if random.random() < 0.75:
        around = _background(backgrounds, len(x), random) if backgrounds else None
        if around is None:
            around = noise(len(x), random)
        x = x + around * rms * 10 ** (-random.uniform(*channel.snr_db) / 20)
    x = _band(x, random)
    x = x / (np.abs(x).max() + 1e-6) * 32767 * 10 ** (random.uniform(*channel.level_dbfs) / 20)
    if random.random() < 0.05:
        x = x * random.uniform(1.5, 4.0)  # clipped below
    pcm = np.clip(np.round(x), -32768, 32767).astype("<i2")
    return _lost_packets(_codec(pcm, random), random)


def stretch(x: Samples, factor: float) -> Samples:
    """Play `factor` times faster, pitch and formants included."""
    length = max(8, int(len(x) / factor))
    return np.asarray(np.interp(np.arange(length) * factor, np.arange(len(x)), x))


def noise(length: int, random: np.random.Generator) -> Samples:
    """Noise of unit power: white, coloured, or hum, with a level that may wander."""
    white = random.standard_normal(length)
    kind = random.random()
    if kind < 0.5:
        size = _quick(length)
        shape = 1 / np.maximum(np.fft.rfftfreq(size, 1 / RATE_HZ), 30.0) ** random.uniform(0, 1)
        made = np.fft.irfft(np.fft.rfft(white, size) * shape, size)[:length]
    elif kind < 0.65:
        times = np.arange(length) / RATE_HZ
        hum = sum(np.sin(2 * np.pi * random.choice((50, 60)) * k * times) / k for k in range(1, 6))
        made = hum / 2 + 0.1 * white
    else:
        made = white
    if random.random() < 0.3:
        knots = random.uniform(0.1, 1, 6)
        made = made * np.interp(np.arange(length), np.linspace(0, length, 6), knots)
    return np.asarray(made / (np.sqrt(np.mean(made**2)) + 1e-9))


def _background(
    recorded: Sequence[NDArray[np.int16]], length: int, random: np.random.Generator
) -> Samples | None:
    """Half of the time a piece of a recording, of unit power; None for made noise instead."""
    if random.random() < 0.5:
        return None
    chosen = recorded[int(random.integers(len(recorded)))].astype(np.float64)
    piece = np.resize(np.roll(chosen, int(random.integers(len(chosen)))), length)
    power = np.sqrt(np.mean(piece**2))
    return piece / power if power > 1.0 else None


def _quiet(random: np.random.Generator, low_s: float, high_s: float) -> Samples:
    return random.standard_normal(int(random.uniform(low_s, high_s) * RATE_HZ)) * random.uniform(
        0, 3
    )


def _room(x: Samples, random: np.random.Generator) -> Samples:
    """A decaying random tail of 50 to 400 ms, or one echo of the line."""
    length = int(random.uniform(0.05, 0.4) * RATE_HZ)
    tail = random.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    tail *= random.uniform(0.03, 0.25)
    tail[0] = 1.0
    size = 1 << (len(x) + length - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(tail, size), size)[: len(x)]


def _band(x: Samples, random: np.random.Generator) -> Samples:
    """A band-pass with soft edges and a tilt, in the frequency domain."""
    size = _quick(len(x))
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    low, high = random.uniform(60, 350), random.uniform(3100, 3950)
    steep = random.uniform(2, 8)
    gain = (
        1
        / np.sqrt(1 + (low / np.maximum(hz, 1)) ** steep)
        / np.sqrt(1 + (hz / high) ** (4 * steep))
    )
    tilt_db = random.uniform(-6, 6) * (hz / 2000 - 1)
    return np.fft.irfft(np.fft.rfft(x, size) * gain * 10 ** (tilt_db / 20), size)[: len(x)]


def _quick(length: int) -> int:
    """A length that a Fourier transform is quick at: lengths with large prime factors are not."""
    return -(-length // 512) * 512


def _codec(pcm: NDArray[np.int16], random: np.random.Generator) -> NDArray[np.int16]:
    kind = random.random()
    if kind < 0.5:
        return np.frombuffer(ulaw_to_pcm(pcm_to_ulaw(pcm.tobytes())), "<i2")
    if kind < 0.8:
        return np.frombuffer(alaw_to_pcm(pcm_to_alaw(pcm.tobytes())), "<i2")
    return pcm


def _lost_packets(pcm: NDArray[np.int16], random: np.random.Generator) -> NDArray[np.int16]:
    """Sometimes one to three packets of 20 ms are missing: silence, or the one before again."""
    if random.random() > 0.12 or len(pcm) < 480:
        return pcm
    out = pcm.copy()
    for _ in range(random.integers(1, 4)):
        at = int(random.integers(160, len(out) - 160))
        out[at : at + 160] = 0 if random.random() < 0.5 else out[at - 160 : at] * 0.7
    return out
