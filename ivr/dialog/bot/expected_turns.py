"""Thresholds for answer, confirm, choose and guide: the ones that cost callers the fewest turns.

Every held-back text is taken through the rule of `ivr/dialog/thresholds.py` with the probability
that it had, and what the act would have cost is counted. Needs numpy only.
"""

from dataclasses import dataclass, replace

import numpy

CLOSE = 0.5
"""As in `ivr/dialog/thresholds.py`, which a test compares."""
STEPS = numpy.arange(0.1, 1.0, 0.02)
ROUNDS = 4


@dataclass(frozen=True)
class Costs:
    """Turns that each outcome costs the caller beyond the answer itself."""

    wrong: float = 6.0
    """A wrong answer: heard to its end, objected to, asked anew, and trust is gone. Turning it up
    confirms more."""
    confirm: float = 1.0
    """The caller says yes."""
    choose: float = 1.3
    """The caller picks one of two; longer to hear and easier to mishear than a yes."""
    guide: float = 2.5
    """The caller finds other words, which may not be understood either. It also follows each
    confirm and choose that held nothing right."""


@dataclass(frozen=True)
class Cases:
    """Texts that were held back; one entry of every array for each.

    `first` and `second` are the probabilities of the likeliest two; `is_first`, `is_second` say
    which of them was meant (neither: out of scope, or a third); `is_refused` is the model's own
    verdict that nothing fits.
    """

    first: numpy.ndarray
    second: numpy.ndarray
    is_first: numpy.ndarray
    is_second: numpy.ndarray
    is_refused: numpy.ndarray


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which each act is taken."""

    answer: float = 0.71
    confirm: float = 0.4
    choose: float = 0.52


def turns(cases: Cases, thresholds: Thresholds, costs: Costs) -> float:
    """Mean turns a caller needs beyond the answer itself."""
    answers = cases.first >= thresholds.answer
    is_close = (cases.second >= CLOSE * cases.first) & (cases.first > 0)
    chooses = ~answers & is_close & (cases.first + cases.second >= thresholds.choose)
    confirms = ~answers & ~chooses & (cases.first >= thresholds.confirm) & (cases.first > 0)
    is_either = cases.is_first | cases.is_second
    cost = numpy.full(len(cases.first), costs.guide)
    cost[answers] = numpy.where(cases.is_first, 0.0, costs.wrong)[answers]
    cost[chooses] = (costs.choose + costs.guide * ~is_either)[chooses]
    cost[confirms] = (costs.confirm + costs.guide * ~cases.is_first)[confirms]
    cost[cases.is_refused] = costs.guide
    return float(cost.mean())


def choose(cases: Cases, costs: Costs | None = None) -> Thresholds:
    """The thresholds with the fewest turns, one after the other until none gets better.

    Where several cost the same, the one nearest to the default, which is right for probabilities
    that are exactly right: few texts held back must not lead far away.
    """
    costs = costs or Costs()
    best = Thresholds()
    if not len(cases.first):
        return best
    for _ in range(ROUNDS):
        before = best
        for name in ("answer", "choose", "confirm"):
            best = replace(best, **{name: _best_step(cases, best, name, costs)})
        if best == before:
            break
    return best


def _best_step(cases: Cases, thresholds: Thresholds, name: str, costs: Costs) -> float:
    usual = getattr(Thresholds(), name)
    steps = sorted([usual, *STEPS.tolist()], key=lambda step: abs(step - usual))
    cost = [round(turns(cases, replace(thresholds, **{name: s}), costs), 6) for s in steps]
    return round(steps[int(numpy.argmin(cost))], 2)
