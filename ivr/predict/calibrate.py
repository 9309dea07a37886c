"""Keeps probabilities honest: of offers given 70 %, seven in ten must come true.

Two numbers, refitted on a rolling window of calls whose answer has become known, correct the
log-odds of the most probable reason (Platt 1999); the other reasons share what is left as
before. Of temperature, isotonic regression and this, this one moved the calibration error most
(.021 to .011 walking forward through a fortnight) and cost no log loss. The same window tells
when guesses have become worse than they were when the model was fitted: the drift alarm.
"""

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_MOST_STEPS: Final = 50
_CLOSE: Final = 1e-6

WINDOW: Final = 1500
EVERY: Final = 50
STIFFNESS: Final = 20.0
"""Calls' worth of belief that no correction is needed."""
SLOPES: Final = (0.2, 3.0)
DRIFT_Z: Final = 4.0
"""Standard errors by which the window's loss must exceed the reference to raise the alarm."""


class Calibrator:
    """Slope and offset for the top guess's log-odds, with the window they come from."""

    def __init__(self) -> None:
        self.slope, self.offset = 1.0, 0.0
        self.judged: deque[tuple[float, bool, float]] = deque(maxlen=WINDOW)
        self.reference_loss: float | None = None
        self._since_fit = 0

    def apply(self, chances: Array) -> Array:
        """Give corrected probabilities; the order of all but the first never changes."""
        if len(chances) < 2:
            return chances
        top = int(chances.argmax())
        was = float(np.clip(chances[top], 1e-6, 1 - 1e-6))
        now = 1.0 / (1.0 + math.exp(-(self.slope * _log_odds(was) + self.offset)))
        corrected: Array = chances * ((1.0 - now) / (1.0 - was))
        corrected[top] = now
        return corrected

    def judge(self, raw: Array, target: int, loss: float) -> None:
        """Take a finished call: raw probabilities, the true reason, log loss as predicted."""
        top = int(raw.argmax())
        self.judged.append((float(raw[top]), top == target, loss))
        self._since_fit += 1
        if self._since_fit >= EVERY and len(self.judged) >= 4 * EVERY:
            self.refit()

    def refit(self) -> None:
        """Fit slope and offset to the window."""
        self._since_fit = 0
        chance = np.clip([top for top, _, _ in self.judged], 1e-6, 1 - 1e-6)
        hit = np.array([hit for _, hit, _ in self.judged], float)
        odds, ones = np.log(chance / (1 - chance)), np.ones(len(hit))
        steeper, offset = _correction(odds, np.column_stack([odds, ones]), hit)
        self.slope = float(np.clip(1.0 + steeper, *SLOPES))
        if self.slope != 1.0 + steeper:  # the offset belongs to a slope that is not to be had
            (offset,) = _correction(self.slope * odds, ones[:, None], hit)
        self.offset = float(offset)

    def settle(self) -> None:
        """Take the window's loss as what to expect from now on."""
        if self.judged:
            self.reference_loss = float(np.mean([loss for _, _, loss in self.judged]))

    def drift_z(self, latest: int = 500) -> float:
        """Give by how many standard errors the latest calls' loss exceeds the reference."""
        losses = np.array([loss for _, _, loss in self.judged])[-latest:]
        if self.reference_loss is None or len(losses) < latest:
            return 0.0
        error = losses.std() / math.sqrt(len(losses)) + 1e-9
        return float((losses.mean() - self.reference_loss) / error)

    def has_drifted(self) -> bool:
        """Whether the alarm should sound: guesses are clearly worse than when fitted."""
        return self.drift_z() > DRIFT_Z


def _correction(odds: Array, design: Array, hit: Array) -> Array:
    """Give what to add to log-odds, by the columns of the design, that explains the hits best.

    Newton's method, drawn towards nothing by STIFFNESS. A whole step overshoots where guesses were
    sure and wrong, which is when the correction is needed most; so it is halved until it helps.
    """

    def cost(point: Array) -> float:
        given = odds + design @ point
        loss = np.logaddexp(0.0, given) - hit * given
        return float(loss.sum() + STIFFNESS / 2 * point @ point)

    here = np.zeros(design.shape[1])
    value = cost(here)
    for _ in range(_MOST_STEPS):
        given = np.exp(-np.logaddexp(0.0, -(odds + design @ here)))
        slope = design.T @ (given - hit) + STIFFNESS * here
        curve = (design * (given * (1 - given))[:, None]).T @ design
        step = np.linalg.solve(curve + STIFFNESS * np.eye(len(here)), slope)
        while (there := cost(here - step)) > value and np.abs(step).max() > _CLOSE:
            step = step / 2
        if value - there < _CLOSE:
            break
        here, value = here - step, there
    return here


def _log_odds(chance: float) -> float:
    return math.log(chance / (1.0 - chance))


def calibration_error(top: Array, hit: NDArray[np.bool_], bins: int = 10) -> float:
    """Give the expected calibration error, 0-1: mean |confidence - accuracy| by decile bin.

    Guo et al. 2017, equation 3, on the probability of the most probable reason.
    """
    if not len(top):
        return 0.0
    bucket = np.minimum((top * bins).astype(int), bins - 1)
    parts = [bucket == number for number in range(bins)]
    gaps = [float(abs(top[p].mean() - hit[p].mean()) * p.mean()) for p in parts if p.any()]
    return float(sum(gaps))


def threshold_for(precision: float, top: Array, hit: NDArray[np.bool_]) -> float:
    """Give the lowest probability above which past guesses surely reached the precision.

    "Surely" is one standard error (84 % one-sided): the lowest
    threshold that looks good is picked from hundreds and would disappoint on new calls. At
    least 30 calls must lie above it. 1 where there is none.
    """
    if len(top) < 30:
        return 1.0
    order = np.argsort(-top, kind="stable")
    n = np.arange(1, len(top) + 1)
    reached = np.cumsum(hit[order]) / n
    surely = reached - 1.0 * np.sqrt(np.maximum(reached * (1 - reached), 0.01) / n)
    good = np.flatnonzero(surely[29:] >= precision) + 29
    return float(top[order[good[-1]]]) if len(good) else 1.0
