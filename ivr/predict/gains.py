"""What a right offer gains and a wrong one costs, measured from the calls.

Measured against the hold-out: among calls in which the same offer would have been made, how
much shorter were those that got it and wanted it, how much longer those that did not want it?
Few calls say little, so each figure is drawn towards a coarser one: question and group of
callers <- question <- all <- what one starts from (1 turn gained, 0.5 lost).

What was measured fades. A question whose offers cost callers time is not offered any more, so no
newer call would ever say that things have changed. As its calls fade, its figure comes back to
the coarser one, and it is tried again: some months later where a hundred calls had spoken against
it, most of a year where a thousand had. The training of the night after a bad trial ends it, so a
trial costs a day of such calls at most.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

TURN_S: Final = 8.0
"""A caller's turn and our answer, in seconds, before any call was measured."""
BELIEF_CALLS: Final = 30.0
HALF_LIFE_D: Final = 30.0
"""Days after which a call counts half."""


class Gain(NamedTuple):
    """Seconds saved by a right offer and lost by a wrong one, per call."""

    right_s: float
    wrong_s: float


START: Final = Gain(1.0 * TURN_S, 0.5 * TURN_S)


class Measured(NamedTuple):
    """A finished call in which an offer was made or, in the hold-out, would have been."""

    question: str
    group: str
    took_s: float
    was_offered: bool
    was_right: bool
    age_d: float = 0.0
    """Days since the call."""


@dataclass
class Gains:
    """Gives the gain for a question and a group of callers."""

    known: dict[tuple[str, str], Gain] = field(default_factory=dict[tuple[str, str], Gain])

    def of(self, question: str, group: str) -> Gain:
        """Give the most particular figure there is."""
        for key in ((question, group), (question, ""), ("", "")):
            if key in self.known:
                return self.known[key]
        return START


@dataclass(slots=True)
class _Side:
    """Calls of one kind, faded by their age."""

    calls: float = 0.0
    seconds: float = 0.0


_Cell = dict[tuple[bool, bool], _Side]
"""By whether the offer was made, and whether it was right."""


class Measuring:
    """Takes finished calls one by one; what it keeps does not grow with their number."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str], _Cell] = {}

    def take(self, call: Measured) -> None:
        """Count a call, as far as it still says something."""
        weight = 0.5 ** (max(call.age_d, 0.0) / HALF_LIFE_D)
        for key in {("", ""), (call.question, ""), (call.question, call.group)}:
            cell = self._cells.setdefault(key, {})
            side = cell.setdefault((call.was_offered, call.was_right), _Side())
            side.calls += weight
            side.seconds += weight * call.took_s

    def gains(self) -> Gains:
        """Give the gains, each drawn towards its coarser one."""
        gains = Gains()
        for key in sorted(self._cells, key=lambda key: sum(map(bool, key))):
            gains.known[key] = _shrunk(self._cells[key], gains.of(*key))
        return gains


def measure(calls: Iterable[Measured]) -> Gains:
    """Measure gains from finished calls, coarse to fine."""
    measuring = Measuring()
    for call in calls:
        measuring.take(call)
    return measuring.gains()


def _shrunk(cell: _Cell, coarser: Gain) -> Gain:
    # Right and wrong calls differ also without an offer, so each is held against its own kind.
    right = _difference(cell, right=True)
    wrong = _difference(cell, right=False)
    return Gain(
        _drawn(-right[0], right[1], coarser.right_s), max(_drawn(*wrong, coarser.wrong_s), 0.0)
    )


def _difference(cell: _Cell, right: bool) -> tuple[float, float]:
    """Give mean seconds offered minus held out, and the calls that this rests on."""
    offered, held = cell.get((True, right), _Side()), cell.get((False, right), _Side())
    if not offered.calls or not held.calls:
        return 0.0, 0.0
    difference = offered.seconds / offered.calls - held.seconds / held.calls
    return difference, 1.0 / (1.0 / offered.calls + 1.0 / held.calls)


def _drawn(value: float, calls: float, coarser: float) -> float:
    return (calls * value + BELIEF_CALLS * coarser) / (calls + BELIEF_CALLS)
