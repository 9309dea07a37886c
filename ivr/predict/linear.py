"""Version 1 of the scorer: a conditional logit over (call, reason) pairs.

score = weights · figures; softmax over the candidates of the call (McFadden 1974). One weight
for each figure, none for any reason, so new reasons need no refit, and 50 weights fitted on
10,000 calls hardly overfit. Fitted with L-BFGS (Nocedal 1980) in numpy: about a second.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ivr.predict.batch import Batch, Floats, softmax

Weights = NDArray[np.float64]
Objective = Callable[[Weights], tuple[float, Weights]]


RIDGE_CALLS = 10.0
"""Strength of the belief in `prior`, in calls' worth of log loss per squared weight."""


class LinearScorer:
    """Weights for standardised figures, drawn towards `prior` where calls are few."""

    def __init__(self, prior: Weights) -> None:
        self.prior = prior
        self.scale: Floats = np.ones(len(prior), np.float32)
        self.weights: Weights = prior.copy()

    def fit(self, batch: Batch, importance: NDArray[np.float64], steps: int = 60) -> None:
        """Fit to the batch, each call as important as given; starts from the present weights."""
        scale = batch.sample().std(axis=0) + 1e-3
        start = self.weights * (scale / self.scale)
        rows, share = np.arange(len(batch)), importance / importance.sum()
        flat = batch.pairs.reshape(-1, len(scale))
        prior, ridge = self.prior * scale, RIDGE_CALLS / len(batch)

        def loss(weights: Weights) -> tuple[float, Weights]:
            # Weights are divided instead of figures: those are 100 MB.
            chances = softmax(batch.pairs @ (weights / scale).astype(np.float32), batch.mask)
            right = np.maximum(chances[rows, batch.target], 1e-30)
            chances[rows, batch.target] -= 1.0
            chances *= share[:, None].astype(np.float32)
            slope = (chances.reshape(-1) @ flat).astype(np.float64) / scale
            off = weights - prior
            value = -float(share @ np.log(right)) + ridge * float(off @ off)
            return value, slope + 2.0 * ridge * off

        self.scale, self.weights = scale, minimise(loss, start, steps)

    def scores(self, batch: Batch) -> Floats:
        """Give one score for each pair; only differences within a call mean anything."""
        per_figure = (self.weights / self.scale).astype(np.float32)
        scores: Floats = batch.pairs @ per_figure
        return scores


def minimise(loss: Objective, start: Weights, steps: int, memory: int = 10) -> Weights:
    """Minimise a smooth convex function by L-BFGS with backtracking."""
    here = start.copy()
    value, slope = loss(here)
    trail: deque[tuple[Weights, Weights]] = deque(maxlen=memory)
    for _ in range(steps):
        direction = -_times_inverse_hessian(slope, trail)
        stride = 1.0 if trail else min(1.0, 1.0 / (float(np.abs(slope).sum()) + 1e-12))
        while True:
            next_value, next_slope = loss(here + stride * direction)
            if next_value <= value + 1e-4 * stride * float(slope @ direction) or stride < 1e-6:
                break
            stride /= 2.0
        moved, turned = stride * direction, next_slope - slope
        if float(moved @ turned) > 1e-12:
            trail.append((moved, turned))
        gained, here, value, slope = value - next_value, here + moved, next_value, next_slope
        if gained < 1e-6:
            break
    return here


def _times_inverse_hessian(slope: Weights, trail: deque[tuple[Weights, Weights]]) -> Weights:
    """Give the quasi-Newton direction by the two-loop recursion (Nocedal & Wright, alg. 7.4)."""
    vector, kept = slope.copy(), []
    for moved, turned in reversed(trail):
        part = float(moved @ vector) / float(turned @ moved)
        kept.append(part)
        vector -= part * turned
    if trail:
        moved, turned = trail[-1]
        vector *= float(moved @ turned) / float(turned @ turned)
    for (moved, turned), part in zip(trail, reversed(kept), strict=True):
        vector += moved * (part - float(turned @ vector) / float(turned @ moved))
    return vector
