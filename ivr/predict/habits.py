"""Figures about one caller's own list of calls, and about the circumstances of a call."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ivr.predict.decay import Vector
from ivr.predict.trend import GAP_EDGES_H, Moment, Past, Trend, gap_bucket, hour_slots, known_place

GAPS: Final = len(GAP_EDGES_H) + 1
NEVER_LOG_H: Final = 9.0
"""Stands for "never before" where hours are given as logarithm: a year is 9.07."""

HABIT_NAMES: Final = (
    "is_last",
    "is_second_last",
    "is_third_last",
    "log_count",
    "share",
    "in_past",
    "is_open",
    "resolved_lately",
    "log_hours_since",
    *(f"last_gap{number}" for number in range(GAPS)),
    *(f"second_gap{number}" for number in range(GAPS)),
)
CIRCUMSTANCE_NAMES: Final = (
    "log_gap",
    "log_calls",
    "log_reasons",
    "hour_sin",
    "hour_cos",
    "is_weekend",
    "log_place_calls",
    "log_place_lately",
    "log_busy",
    "has_open",
    "is_first",
    "streak",
    "repeats",
)


class OwnCalls(NamedTuple):
    """A caller's past calls as numbers of reasons and ages in hours, oldest first."""

    numbers: NDArray[np.int64]
    ages_h: Vector
    resolved_h: Vector


def own_calls(moment: Moment, trend: Trend) -> OwnCalls:
    """Give the past calls whose reasons the trend knows."""
    known = [
        (number, moment.now_h - past.at_h, past.resolved_h)
        for past in moment.past
        if (number := trend.reasons.number(past.reason)) is not None
    ]
    if not known:
        return OwnCalls(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    numbers, ages_h, resolved_h = zip(*known, strict=True)
    return OwnCalls(np.array(numbers), np.maximum(ages_h, 0.0), np.array(resolved_h))


def habits(moment: Moment, trend: Trend, calls: OwnCalls) -> NDArray[np.float64]:
    """Give HABIT_NAMES x reasons."""
    size = len(trend.reasons)
    if not moment.past:
        figures = np.zeros((len(HABIT_NAMES), size))
        figures[HABIT_NAMES.index("log_hours_since")] = NEVER_LOG_H
        return figures
    named = _latest(moment, trend) | _counted(calls, size) | _cases(calls, size, moment.now_h)
    nothing = np.zeros(size)
    return np.array([named.get(name, nothing) for name in HABIT_NAMES])


def _counted(calls: OwnCalls, size: int) -> dict[str, Vector]:
    counts = np.bincount(calls.numbers, minlength=size).astype(float)
    since = np.full(size, NEVER_LOG_H)
    since[calls.numbers] = np.log(calls.ages_h + 0.02)  # oldest first: the latest call wins
    return {
        "log_count": np.log1p(counts),
        "share": counts / max(1.0, counts.sum()),
        "in_past": np.minimum(counts, 1.0),
        "log_hours_since": since,
    }


def _cases(calls: OwnCalls, size: int, now_h: float) -> dict[str, Vector]:
    is_open, lately = np.zeros(size), np.zeros(size)
    still = calls.resolved_h > now_h
    is_open[calls.numbers[still]] = 1.0
    lately[calls.numbers[~still & (now_h - calls.resolved_h < 48.0)]] = 1.0
    return {"is_open": is_open, "resolved_lately": lately}


def _latest(moment: Moment, trend: Trend) -> dict[str, Vector]:
    figures: dict[str, Vector] = {}
    for rank, name in ((1, "last"), (2, "second_last"), (3, "third_last")):
        if rank > len(moment.past):
            break
        spot, past = np.zeros(len(trend.reasons)), moment.past[-rank]
        number = trend.reasons.number(past.reason)
        if number is not None:
            spot[number] = 1.0
        figures[f"is_{name}"] = spot
        if rank < 3:
            gap = gap_bucket(moment.now_h - past.at_h)
            figures[f"{'last' if rank == 1 else 'second'}_gap{gap}"] = spot
    return figures


def _streak(past: Sequence[Past]) -> tuple[float, float]:
    """Give the log length of the latest run of one reason, and the share of repeats (shrunk)."""
    same = [before.reason == then.reason for before, then in pairwise(past)]
    run = 1
    while run <= len(same) and same[-run]:
        run += 1
    return math.log(run), (sum(same) + 1.0) / (len(same) + 3.0)


def circumstances(moment: Moment, trend: Trend) -> list[float]:
    """Give CIRCUMSTANCE_NAMES: figures of the call that are the same for every candidate."""
    past, now_h, place = moment.past, moment.now_h, known_place(moment)
    gap_h = now_h - past[-1].at_h if past else 5000.0
    hour = 2 * math.pi * (moment.wall_h % 24) / 24
    streak, repeats = _streak(past)
    here = trend.memories("place", place, now_h).sum(axis=1)
    return [
        math.log(max(gap_h, 0.0) + 0.02),
        math.log1p(len(past)),
        math.log1p(len({call.reason for call in past})),
        math.sin(hour),
        math.cos(hour),
        float(hour_slots(moment.wall_h)[0][0]),
        math.log1p(here[-1]),
        math.log1p(here[1]),
        math.log1p(trend.memories("recent", "", now_h)[0].sum()),
        float(any(call.resolved_h > now_h for call in past)),
        float(not past),
        streak,
        repeats,
    ]
