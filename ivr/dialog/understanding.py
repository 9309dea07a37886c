"""How well texts were understood: figures from what was said, meant and decided."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.dialog.examples import OUT_OF_SCOPE

BINS = 15
"""Bins of the calibration error, as in Guo et al. 2017 (arXiv 1706.04599)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One text: the intent meant, the likeliest one, its probability, and whether it was taken."""

    meant: str
    top: str
    probability: float
    is_taken: bool
    ms: float

    @property
    def is_right(self) -> bool:
        """Whether the likeliest intent is the one meant."""
        return self.top == self.meant


@dataclass(frozen=True)
class Figures:
    """Shares from 0 to 1, times in ms and s; None where no row of the test can tell.

    `accuracy`, `macro_f1` and `ece` judge the likeliest intent of the rows in scope, refused or
    not; `oos_recall` and `in_scope_rejected` judge the refusals. `behind_lead_in` is the accuracy
    of the same rows behind words that callers begin with ("hi, I'd like to ask …").
    """

    accuracy: float | None
    behind_lead_in: float | None
    macro_f1: float | None
    oos_recall: float | None
    in_scope_rejected: float | None
    ece: float | None
    ms_p50: float
    ms_p95: float
    train_s: float
    n_train: int
    n_test: int


def figures(
    judged: Sequence[Judged], train_s: float, n_train: int, led_in: Sequence[Judged] = ()
) -> Figures:
    """Sum up; `judged` must not be empty, `led_in` are rows in scope behind a lead-in."""
    inside = [one for one in judged if one.meant != OUT_OF_SCOPE]
    outside = [one for one in judged if one.meant == OUT_OF_SCOPE]
    times = sorted(one.ms for one in judged)
    return Figures(
        accuracy=_share([one.is_right for one in inside]),
        behind_lead_in=_share([one.is_right for one in led_in]),
        macro_f1=_macro_f1(inside),
        oos_recall=_share([not one.is_taken for one in outside]),
        in_scope_rejected=_share([not one.is_taken for one in inside]),
        ece=_calibration_error(inside),
        ms_p50=times[len(times) // 2],
        ms_p95=times[len(times) * 95 // 100],
        train_s=train_s,
        n_train=n_train,
        n_test=len(judged),
    )


def _share(truths: Sequence[bool]) -> float | None:
    return sum(truths) / len(truths) if truths else None


def _macro_f1(judged: Sequence[Judged]) -> float | None:
    """The mean of the intents' F1, over the intents that were meant at least once."""
    if not judged:
        return None
    meant = Counter(one.meant for one in judged)
    guessed = Counter(one.top for one in judged)
    right = Counter(one.meant for one in judged if one.is_right)
    return sum(2 * right[i] / (meant[i] + guessed[i]) for i in meant) / len(meant)


def _calibration_error(judged: Sequence[Judged]) -> float | None:
    """The mean distance of probability and share of right answers, over bins of equal width."""
    if not judged:
        return None
    bins: dict[int, list[Judged]] = {}
    for one in judged:
        bins.setdefault(min(int(one.probability * BINS), BINS - 1), []).append(one)
    gaps = (abs(sum(o.probability - o.is_right for o in rows)) for rows in bins.values())
    return sum(gaps) / len(judged)
