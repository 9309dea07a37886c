"""Other throats and patchy lines, on the features: what a waveform would need long filters for.

Warping the mel axis moves the formants and leaves the pitch (vocal tract length perturbation,
Jaitly and Hinton, ICML workshop 2013); a share of bands and of moments is flattened, so that no
sound is told by one of them alone (SpecAugment, Park et al., Interspeech 2019).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.asr.build import features
from ivr.asr.build.features import Floats


@dataclass(frozen=True)
class Disguise:
    """How far it goes: `throat` is the range of the factor on the frequencies of formants.

    `bands` and `gap_frames` are the most mel bands and frames (of 10 ms) that are flattened.
    """

    throat: tuple[float, float] = (0.87, 1.14)
    bands: int = 6
    gap_frames: int = 8
    colour: float = 0.5


def disguised(cepstra: Floats, random: np.random.Generator, how: Disguise) -> Floats:
    """Cepstra of the same sounds by another speaker over another line; shape as given."""
    mel = features.log_mel(cepstra)
    if random.random() < 0.7:
        mel = mel @ _warp(random.uniform(*how.throat)).T
    if random.random() < 0.5:
        knots = random.normal(0, how.colour, 5)
        places = np.linspace(0, features.BINS - 1, len(knots))
        mel = mel + np.interp(np.arange(features.BINS), places, knots).astype(np.float32)
    if random.random() < 0.6:
        for _ in range(2):
            width = int(random.integers(0, how.bands + 1))
            at = int(random.integers(0, features.BINS - width))
            mel[:, at : at + width] = mel.mean()
    if random.random() < 0.5 and len(mel) > 60:
        width = int(random.integers(0, how.gap_frames + 1))
        at = int(random.integers(0, len(mel) - width))
        mel[at : at + width] = mel.mean(axis=0)
    return features.cepstra(mel)


def _warp(factor: float) -> Floats:
    """A matrix that reads each mel bin at `factor` times its frequency."""
    edges = np.linspace(_mel(features.LOW_HZ), _mel(features.HIGH_HZ), features.BINS + 2)
    centres = 700 * (np.exp(edges[1:-1] / 1127) - 1)
    at = np.interp(_mel(factor * centres), edges[1:-1], np.arange(features.BINS))
    below = np.minimum(at.astype(int), features.BINS - 2)
    share = at - below
    table = np.zeros((features.BINS, features.BINS), np.float32)
    rows = np.arange(features.BINS)
    table[rows, below] = 1 - share
    table[rows, below + 1] += share
    return table


def _mel(hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127 * np.log1p(np.asarray(hz) / 700))
