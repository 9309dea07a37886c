"""Many calls stacked for fitting: calls x reasons x figures, with a mask for unknown reasons."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.predict.features import CALL_NAMES, PAIR_NAMES, Features

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Batch:
    """`pairs` calls x reasons x figures; `mask` true where the reason was known at the call;
    `call` calls x figures; `target` the number of the true reason; `at_h` when."""

    pairs: Floats
    mask: NDArray[np.bool_]
    call: Floats
    target: NDArray[np.int64]
    at_h: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.target)

    def sample(self, calls: int = 1000) -> Floats:
        """Give the figures of the pairs of some calls, spread over the whole: pairs x figures."""
        every = slice(None, None, max(1, len(self) // calls))
        figures: Floats = self.pairs[every][self.mask[every]]
        return figures

    def part(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> "Batch":
        """Give some of the calls."""
        return Batch(
            self.pairs[chosen],
            self.mask[chosen],
            self.call[chosen],
            self.target[chosen],
            self.at_h[chosen],
        )


def single(features: Features) -> Batch:
    """Give a batch of one call whose answer is not known yet (target 0)."""
    mask = np.ones((1, len(features.pairs)), np.bool_)
    target, at_h = np.zeros(1, np.int64), np.zeros(1)
    return Batch(features.pairs[None], mask, features.call[None], target, at_h)


class Window:
    """The latest calls with their answers, for refitting."""

    def __init__(self, size: int) -> None:
        self._calls: deque[tuple[Features, int, float]] = deque(maxlen=size)

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, features: Features, target: int, at_h: float) -> None:
        """Keep a call; the oldest leaves when the window is full."""
        self._calls.append((features, target, at_h))

    def batch(self) -> Batch:
        """Stack what is kept, oldest first."""
        n, size = len(self._calls), max((len(f.pairs) for f, _, _ in self._calls), default=0)
        pairs = np.zeros((n, size, len(PAIR_NAMES)), np.float32)
        mask = np.zeros((n, size), np.bool_)
        call = np.zeros((n, len(CALL_NAMES)), np.float32)
        for row, (features, _, _) in enumerate(self._calls):
            known = len(features.pairs)
            pairs[row, :known], mask[row, :known], call[row] = features.pairs, True, features.call
        target = np.array([target for _, target, _ in self._calls], np.int64)
        return Batch(pairs, mask, call, target, np.array([at_h for _, _, at_h in self._calls]))


def softmax(scores: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Turn scores into probabilities over the reasons that the mask allows."""
    allowed = np.where(mask, scores, -np.inf)
    powers = np.exp(allowed - allowed.max(axis=1, keepdims=True))
    share: Floats = powers / powers.sum(axis=1, keepdims=True)
    return share
