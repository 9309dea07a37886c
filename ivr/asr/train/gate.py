"""A line that sends only what is loud enough: it opens late and closes early.

Many telephones do so, to send no noise. What is lost is the soft sound at the beginning, the one
that tells *three* from *eight*; an ear that was never trained on it hears another word.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ivr.asr.train.channel import RATE_HZ, Samples

_WINDOW: Final = RATE_HZ // 200  # 5 ms
_SHORTEST_S: Final = 0.1
"""Less is no speech any more; then all of it is kept."""


@dataclass(frozen=True)
class Gate:
    """How often a line is gated, and how far below the loudest it opens and closes, in dB.

    Only short speech is gated: in a sentence one onset of many is lost, and hardly missed.
    """

    share: float = 0.2
    longest_s: float = 2.0
    opens_db: tuple[float, float] = (10.0, 34.0)
    closes_db: tuple[float, float] = (16.0, 40.0)


def gated(speech: Samples, random: np.random.Generator, gate: Gate) -> Samples:
    """Sometimes cut what is faint at both ends, with silence in its place."""
    is_short = 4 * _WINDOW < len(speech) < gate.longest_s * RATE_HZ
    if not is_short or random.random() >= gate.share:
        return speech
    level_db = _levels_db(speech)
    opened = np.flatnonzero(level_db >= level_db.max() - random.uniform(*gate.opens_db))
    open_still = np.flatnonzero(level_db >= level_db.max() - random.uniform(*gate.closes_db))
    first, last = int(opened[0]) * _WINDOW, (int(open_still[-1]) + 1) * _WINDOW
    if last - first < _SHORTEST_S * RATE_HZ:
        return speech
    passed = np.zeros_like(speech)
    passed[first:last] = speech[first:last]
    return passed


def _levels_db(speech: Samples) -> Samples:
    """The level of each window, over three of them."""
    whole = len(speech) // _WINDOW * _WINDOW
    power = np.mean(speech[:whole].reshape(-1, _WINDOW) ** 2, axis=1)
    return np.convolve(10 * np.log10(power + 1), np.ones(3) / 3, mode="same")
