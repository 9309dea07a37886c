"""What offers bring, against the calls that were held out.

The truth of a call is the question that was finally handled, not the caller's "yes". Turns and
seconds saved are differences of means between calls that could get offers and calls that the
coin held out (intention to treat: calls in which nothing was offered stay in, on both sides, so
nothing that the guess does can make the two sides unlike). Intervals are 95 % from a bootstrap
over callers, because calls of one caller resemble each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

DRAWS: Final = 1000
FEWEST: Final = 20
"""Calls on each side below which no difference is given."""
FEWEST_CALLERS: Final = 10
"""The same of callers: redrawing one caller always gives the same, an interval of no width."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgedCall:
    """A finished call with how it was greeted.

    `best` is the likeliest question that this caller may be offered and `top` its probability
    (empty and 0 where there is none); `wanted` are the questions that would be offered without
    hold-out, `offered` whether they were; `said_yes` whether the caller took it up in the first
    turn, None when not offered.
    """

    caller: str
    at: datetime
    language: str
    is_new: bool
    question: str
    best: str
    top: float
    wanted: tuple[str, ...]
    offered: bool
    held_out: bool
    propensity: float
    turns: int
    took_s: float
    hung_up: bool
    transferred: bool
    said_yes: bool | None = None

    @property
    def is_right(self) -> bool:
        """Whether the question that was handled is among those that were guessed."""
        return bool(self.question) and self.question in self.wanted


class Estimate(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """One line of the report; None where there are too few calls."""

    calls: int
    held_out: int
    coverage: float
    """Share of calls with an offer."""
    precision: Estimate | None
    """Share of offers that named the question that was handled."""
    confirmed: float | None
    """Share of offers that the caller took up at once."""
    turns_saved: Estimate | None
    """Caller's and hotline's turns per call, held out minus served."""
    seconds_saved: Estimate | None
    """Seconds per call, likewise."""
    hang_ups: Estimate | None
    """Share of calls hung up on the machine, served minus held out; more is worse."""
    transfers: Estimate | None
    """Share of calls that ended with a person, likewise."""


@dataclass(frozen=True)
class OfferReport:
    """All of it: together, by group, and what other thresholds would bring."""

    since: datetime | None
    until: datetime | None
    total: Figures
    by_question: dict[str, Figures] = field(default_factory=dict[str, Figures])
    by_caller: dict[str, Figures] = field(default_factory=dict[str, Figures])
    by_language: dict[str, Figures] = field(default_factory=dict[str, Figures])

    def as_json(self) -> dict[str, object]:
        """Give plain values for JSON."""
        told = asdict(self)
        return told | {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
        }


def report(calls: Sequence[JudgedCall], seed: int = 0) -> OfferReport:
    """Judge offers; calls in any order."""
    ordered = sorted(calls, key=lambda call: call.at)
    questions = sorted({call.wanted[0] for call in ordered if call.wanted})
    return OfferReport(
        since=ordered[0].at if ordered else None,
        until=ordered[-1].at if ordered else None,
        total=figures(ordered, seed),
        by_question={
            name: figures([c for c in ordered if c.wanted[:1] == (name,)], seed)
            for name in questions
        },
        by_caller={
            name: figures([c for c in ordered if c.is_new is is_new], seed)
            for name, is_new in (("new", True), ("returning", False))
        },
        by_language={
            name: figures([c for c in ordered if c.language == name], seed)
            for name in sorted({call.language for call in ordered})
        },
    )


def figures(calls: Sequence[JudgedCall], seed: int = 0) -> Figures:
    """Give one line of figures."""
    offered = [call for call in calls if call.offered]
    answers = [call.said_yes for call in offered if call.said_yes is not None]
    sides = Sides(calls, seed)
    return Figures(
        calls=len(calls),
        held_out=sum(call.held_out for call in calls),
        coverage=len(offered) / len(calls) if calls else 0.0,
        precision=share([call.is_right for call in offered]),
        confirmed=sum(answers) / len(answers) if answers else None,
        turns_saved=sides.saved(lambda call: call.turns),
        seconds_saved=sides.saved(lambda call: call.took_s),
        hang_ups=sides.added(lambda call: call.hung_up),
        transfers=sides.added(lambda call: call.transferred),
    )


def share(hits: Sequence[bool]) -> Estimate | None:
    """Give a share with Wilson's interval (1927); None without any."""
    n = len(hits)
    if not n:
        return None
    p, z = sum(hits) / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    return Estimate(p, max(middle - half, 0.0), min(middle + half, 1.0))


class Sides:
    """Calls that could get offers, and those held out, redrawn by caller."""

    def __init__(self, calls: Sequence[JudgedCall], seed: int = 0) -> None:
        self._calls = calls
        self._held = np.array([call.held_out for call in calls], np.bool_)
        names = {name: number for number, name in enumerate(sorted({c.caller for c in calls}))}
        # Withheld numbers are nobody's: each such call stands for itself.
        nobody = len(names)
        self._caller = np.array(
            [names[call.caller] if call.caller else nobody + n for n, call in enumerate(calls)],
            np.int64,
        )
        self._random = np.random.default_rng(seed)

    def saved(self, of: Callable[[JudgedCall], float]) -> Estimate | None:
        """Give mean of held out minus mean of served calls."""
        served, held = self._caller[~self._held], self._caller[self._held]
        if min(len(served), len(held)) < FEWEST:
            return None
        if min(len(np.unique(served)), len(np.unique(held))) < FEWEST_CALLERS:
            return None
        values = np.array([float(of(call)) for call in self._calls])
        point = float(values[self._held].mean() - values[~self._held].mean())
        draws = self._draws(values)
        low, high = np.percentile(draws, [2.5, 97.5])
        return Estimate(point, float(low), float(high))

    def added(self, of: Callable[[JudgedCall], float]) -> Estimate | None:
        """Give mean of served minus mean of held out calls."""
        saved = self.saved(of)
        # 0 - x, because -x of no difference at all would be shown as -0.0
        return Estimate(0 - saved.value, 0 - saved.high, 0 - saved.low) if saved else None

    def _draws(self, values: Floats) -> Floats:
        """Redraw callers with replacement: each caller's sums weigh as often as it is drawn."""
        _, caller = np.unique(self._caller, return_inverse=True)
        size = int(caller.max()) + 1
        sums = [
            np.bincount(caller[side], weights=amounts[side], minlength=size)
            for side in (self._held, ~self._held)
            for amounts in (values, np.ones(len(values)))
        ]
        drawn = np.empty(DRAWS)
        for number in range(DRAWS):
            times = np.bincount(self._random.integers(0, size, size), minlength=size)
            held, held_n, served, served_n = (float(times @ part) for part in sums)
            drawn[number] = held / max(held_n, 1.0) - served / max(served_n, 1.0)
        return drawn
