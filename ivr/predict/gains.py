"""What a right offer gains and a wrong one costs, measured from the calls.

Measured against the hold-out: among calls in which the same offer would have been made, how
much shorter were those that got it and wanted it, how much longer those that did not want it?
Few calls say little, so each figure is drawn towards a coarser one: question and group of
callers <- question <- all <- what one starts from (1 turn gained, 0.5 lost).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

TURN_S: Final = 8.0
"""A caller's turn and our answer, in seconds, before any call was measured."""
BELIEF_CALLS: Final = 30.0


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


def measure(calls: Sequence[Measured]) -> Gains:
    """Measure gains from finished calls, coarse to fine."""
    gains = Gains()
    for fineness in range(3):
        cells: dict[tuple[str, str], list[Measured]] = defaultdict(list)
        for call in calls:
            key = (call.question if fineness > 0 else "", call.group if fineness > 1 else "")
            cells[key].append(call)
        found = {key: _shrunk(part, gains.of(*key)) for key, part in cells.items()}
        gains.known |= found
    return gains


def _shrunk(calls: Sequence[Measured], coarser: Gain) -> Gain:
    # Right and wrong calls differ also without an offer, so each is held against its own kind.
    right = _difference(calls, right=True)
    wrong = _difference(calls, right=False)
    return Gain(
        _drawn(-right[0], right[1], coarser.right_s), max(_drawn(*wrong, coarser.wrong_s), 0.0)
    )


def _difference(calls: Sequence[Measured], right: bool) -> tuple[float, float]:
    """Give mean seconds offered minus held out, and the calls that this rests on."""
    offered = [c.took_s for c in calls if c.was_offered and c.was_right is right]
    held = [c.took_s for c in calls if not c.was_offered and c.was_right is right]
    if not offered or not held:
        return 0.0, 0.0
    difference = sum(offered) / len(offered) - sum(held) / len(held)
    return difference, 1.0 / (1.0 / len(offered) + 1.0 / len(held))


def _drawn(value: float, calls: float, coarser: float) -> float:
    return (calls * value + BELIEF_CALLS * coarser) / (calls + BELIEF_CALLS)
