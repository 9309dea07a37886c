"""What all calls together tell: fading counts by time, place, and what followed what.

This is the part of the predictor that callers share. It holds no caller: only how often each
reason came lately, at which hour, from where, and after which other reason.
"""

import math
from collections.abc import Hashable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from ivr.predict.decay import FadingCounts, Matrix, Reasons, Vector

GAP_EDGES_H: Final = (1 / 60, 0.25, 1.0, 6.0, 24.0, 72.0, 168.0, 500.0)
"""Edges between "calls again at once" and "after three weeks", in hours; the chance of the same
reason falls from .90 below the first edge to .19 beyond a week (measured on a service desk)."""

RECENT_H: Final = (0.5, 2.0, 8.0, 24.0, 72.0, 336.0)
PLACE_H: Final = (0.2, 1.0, 8.0, 72.0, 700.0)
SLOW_H: Final = 1500.0
REMEMBERED: Final = 6
"""Latest calls of a caller whose followers are counted."""


class Past(NamedTuple):
    """One earlier call of a caller as the predictor sees it; hours since 1970.

    `detail` is a finer reason and `place` where it came from (both may be empty);
    `resolved_h` is infinite while the case is open.
    """

    at_h: float
    reason: str
    detail: str = ""
    place: str = ""
    resolved_h: float = math.inf


class Moment(NamedTuple):
    """What is known when the phone rings: time, the caller's past (oldest first), place."""

    now_h: float
    past: Sequence[Past]
    place: str = ""
    ahead_h: float = 0.0
    """Hours by which the hotline's clocks are ahead of UTC: people call by the hour and the day
    of the week that they live in."""

    @property
    def wall_h(self) -> float:
        """Hours since 1970 as the clocks on the hotline's walls show them."""
        return self.now_h + self.ahead_h


def gap_bucket(hours: float) -> int:
    """Number the time since the last call, 0 (at once) to 8 (over three weeks)."""
    return int(np.searchsorted(GAP_EDGES_H, hours, side="right"))


def hour_slots(wall_h: float) -> tuple[tuple[bool, int], tuple[int, int]]:
    """Give the slot of three hours (workday or not) and the hour of the week of a wall clock."""
    hour = int(wall_h % 24)
    weekday = (int(wall_h // 24) + 3) % 7  # 1970-01-01 was a Thursday
    return (weekday > 4, hour // 3), (weekday, hour)


def known_place(moment: Moment) -> str:
    """Give where the caller last called from; `moment.place` only for a first call."""
    return moment.past[-1].place if moment.past else moment.place


class Trend:
    """The shared counts; `learn` takes one finished call, `counts` reads."""

    def __init__(self, reasons: Reasons) -> None:
        self.reasons = reasons
        self.calls = 0
        self.unheard_of = 0.0
        self.tables: dict[str, FadingCounts] = {
            "recent": FadingCounts(*RECENT_H),
            "place": FadingCounts(*PLACE_H),
            "slot": FadingCounts(700.0),
            "hour": FadingCounts(900.0),
            "first": FadingCounts(700.0),
            "after": FadingCounts(SLOW_H),
            "after_gap": FadingCounts(SLOW_H),
            "after_detail": FadingCounts(SLOW_H),
            "after_detail_gap": FadingCounts(SLOW_H),
            "after_two": FadingCounts(SLOW_H),
            "after_any": FadingCounts(SLOW_H),
            "after_here": FadingCounts(SLOW_H),
        }

    def memories(self, table: str, key: Hashable, now_h: float) -> Matrix:
        """Give the fading counts of one key: memories x reasons."""
        return self.tables[table].at(key, now_h, len(self.reasons))

    def counts(self, table: str, key: Hashable, now_h: float) -> Vector:
        """Give the fading counts of one key of a table with one memory, one per reason."""
        row: Vector = self.memories(table, key, now_h)[0]
        return row

    def novelty(self) -> float:
        """Give the probability that the next reason was never seen before (Good-Turing)."""
        return (self.unheard_of + 0.5) / (self.calls + 100.0)

    def learn(self, moment: Moment, reason: str, place: str = "") -> None:
        """Count a finished call; `moment` is what was known before it."""
        if self.reasons.number(reason) is None:
            self.unheard_of += 1.0
        # A single early newcomer must not look like a flood of them for ever.
        self.unheard_of *= 0.999
        self.calls += 1
        number, size = self.reasons.add(reason), len(self.reasons)
        for table, key in self._keys(moment, place):
            self.tables[table].add(key, moment.now_h, number, size)

    def _keys(self, moment: Moment, place: str) -> Iterator[tuple[str, Hashable]]:
        slot, hour = hour_slots(moment.wall_h)
        yield "recent", ""
        yield "place", place
        yield "slot", slot
        yield "hour", hour
        if not moment.past:
            yield "first", ""
            return
        yield from after_keys(moment, place)
        for past in moment.past[-REMEMBERED:]:
            yield "after_any", past.reason


def after_keys(moment: Moment, place: str) -> Iterator[tuple[str, Hashable]]:
    """Give the keys under which "what followed" is counted for a returning caller."""
    last = moment.past[-1]
    gap_h = moment.now_h - last.at_h
    yield "after", last.reason
    yield "after_gap", (last.reason, gap_bucket(gap_h))
    yield "after_detail", last.detail
    yield "after_detail_gap", (last.detail, gap_h > 6.0)
    yield "after_here", (place, last.reason)
    if len(moment.past) > 1:
        yield "after_two", (moment.past[-2].reason, last.reason)
