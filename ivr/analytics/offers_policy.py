"""What another threshold would have brought, from calls taken under the present one.

Doubly robust (Dudík, Langford, Li 2011): a model of the seconds with and without an offer gives
a first answer for every call, and the calls whose greeting happens to be what the other
threshold would have chosen correct it, weighted by one over the probability of that greeting.
It is right when either the model or the probabilities are, and the probabilities are: we drew
them. Where the other threshold would offer and we never did, nothing corrects the model; the
share of such calls is given as `unsupported`, and above a few per cent the estimate is the
model's alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ivr.analytics.offers import Estimate, Floats, JudgedCall

THRESHOLDS: Final = (0.2, 0.25, 0.3, 1 / 3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9)
FEWEST: Final = 50


@dataclass(frozen=True)
class Otherwise:
    """What offering above a threshold would bring, per call."""

    threshold: float
    coverage: float
    seconds_saved: Estimate
    unsupported: float


def otherwise(calls: Sequence[JudgedCall]) -> list[Otherwise]:
    """Estimate each threshold against never offering; empty where there are too few calls."""
    held = sum(call.held_out and bool(call.wanted) for call in calls)
    if held < FEWEST or sum(call.offered for call in calls) < FEWEST:
        return []
    top = np.array([call.top for call in calls])
    took = np.array([call.took_s for call in calls])
    offered = np.array([call.offered for call in calls])
    wanted = np.array([bool(call.wanted) for call in calls])
    chance = np.array([call.propensity for call in calls])
    with_offer, without = _line(top[offered], took[offered]), _line(top[~offered], took[~offered])
    found = []
    for threshold in THRESHOLDS:
        would = top > threshold
        model = np.where(would, np.polyval(with_offer, top), np.polyval(without, top))
        agrees = would == offered
        residual = took - np.where(offered, np.polyval(with_offer, top), np.polyval(without, top))
        value = model + np.where(agrees, residual / chance, 0.0)
        never = np.polyval(without, top) + np.where(~offered, residual / chance, 0.0)
        found.append(_estimate(threshold, would, never - value, would & ~wanted))
    return found


def _line(top: Floats, took: Floats) -> Floats:
    """Fit seconds as a straight line of the top probability; flat where calls are alike."""
    if len(top) < FEWEST or float(top.std()) < 1e-6:
        return np.array([0.0, float(took.mean())])
    return np.asarray(np.polyfit(top, took, 1))


def _estimate(
    threshold: float,
    would: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    saved: Floats,
    unsupported: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> Otherwise:
    mean, error = float(saved.mean()), 1.96 * float(saved.std()) / float(np.sqrt(len(saved)))
    return Otherwise(
        threshold,
        float(would.mean()),
        Estimate(mean, mean - error, mean + error),
        float(unsupported.mean()),
    )
