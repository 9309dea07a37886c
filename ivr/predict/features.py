"""One row of figures for every (call, candidate reason) pair, from before the call only.

Because a pair is described by figures that do not name the reason ("share in this caller's
last month", "followed the last reason after such a gap"), a reason that is new today is scored
tomorrow without retraining. Most figures are logarithms of probabilities, each a small model
of its own, drawn towards a coarser one where counts are few (hierarchical Dirichlet smoothing):
everywhere <- lately <- here <- this caller.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ivr.predict.decay import Vector, shrunk
from ivr.predict.habits import (
    CIRCUMSTANCE_NAMES,
    HABIT_NAMES,
    OwnCalls,
    circumstances,
    habits,
    own_calls,
)
from ivr.predict.trend import PLACE_H, RECENT_H, Moment, Trend, after_keys, hour_slots, known_place

OWN_H: Final = (12.0, 72.0, 336.0, 2000.0)
KEPT: Final = 200
"""Latest calls of a caller that count; older ones have faded below notice, and a caller with
100,000 calls costs no more than one with 200."""

PAIR_NAMES: Final = (
    "always",
    *(f"recent_{hours:g}h" for hours in reversed(RECENT_H[:-1])),
    "slot",
    "hour",
    *(f"place_{hours:g}h" for hours in reversed(PLACE_H)),
    "first_call",
    *(f"own_{hours:g}h" for hours in reversed(OWN_H)),
    "after",
    "after_gap",
    "after_detail",
    "after_detail_gap",
    "after_two",
    "after_here",
    "after_any",
    *HABIT_NAMES,
)
CALL_NAMES: Final = (
    *CIRCUMSTANCE_NAMES,
    "spread_recent",
    "spread_place",
    "spread_own",
)
SPREADS: Final = ("recent_0.5h", "place_1h", "own_2000h")
"""Probabilities whose entropy tells how open the question is."""


class Features(NamedTuple):
    """`pairs` is reasons x PAIR_NAMES, `call` is CALL_NAMES; float32."""

    pairs: NDArray[np.float32]
    call: NDArray[np.float32]


def describe(moment: Moment, trend: Trend) -> Features:
    """Give the figures of every candidate for a call; reads nothing later than the moment."""
    moment = moment._replace(past=moment.past[-KEPT:])
    calls = own_calls(moment, trend)
    everywhere = _everywhere(moment, trend)
    here = _here(moment, trend, everywhere)
    own = _own(calls, len(trend.reasons), here["place_72h"])
    after = _after(moment, trend, here["place_700h"])
    logs = np.log([figures for part in (everywhere, here, own, after) for figures in part.values()])
    pairs = np.concatenate([logs, habits(moment, trend, calls)]).astype(np.float32)
    named = dict(zip(PAIR_NAMES, logs, strict=False))
    spreads = [-float(np.exp(named[name]) @ named[name]) for name in SPREADS]
    return Features(pairs.T, np.array([*circumstances(moment, trend), *spreads], np.float32))


def _everywhere(moment: Moment, trend: Trend) -> dict[str, Vector]:
    size, now_h = len(trend.reasons), moment.now_h
    counts = trend.memories("recent", "", now_h)
    coarser = shrunk(counts[-1], np.full(size, 1 / size), 0.3 * size)
    figures, strength = {"always": coarser}, 5.0
    for hours, lately in zip(RECENT_H[-2::-1], counts[-2::-1], strict=True):
        coarser = figures[f"recent_{hours:g}h"] = shrunk(lately, coarser, strength)
        strength = 8.0
    slot, hour = hour_slots(moment.wall_h)
    figures["slot"] = shrunk(trend.counts("slot", slot, now_h), figures["recent_72h"], 30.0)
    figures["hour"] = shrunk(trend.counts("hour", hour, now_h), figures["slot"], 15.0)
    return figures


def _here(moment: Moment, trend: Trend, everywhere: dict[str, Vector]) -> dict[str, Vector]:
    counts = trend.memories("place", known_place(moment), moment.now_h)
    figures: dict[str, Vector] = {}
    coarser = everywhere["recent_24h"]
    strengths = (20.0, 10.0, 5.0, 4.0, 3.0)
    for hours, lately, strength in zip(PLACE_H[::-1], counts[::-1], strengths, strict=True):
        coarser = figures[f"place_{hours:g}h"] = shrunk(lately, coarser, strength)
    first = trend.counts("first", "", moment.now_h)
    return figures | {"first_call": shrunk(first, everywhere["recent_72h"], 30.0)}


def _own(calls: OwnCalls, size: int, here: Vector) -> dict[str, Vector]:
    figures: dict[str, Vector] = {}
    for hours, strength in zip(reversed(OWN_H), (2.0, 2.0, 1.0, 1.0), strict=True):
        counts = np.zeros(size)
        np.add.at(counts, calls.numbers, np.exp2(-calls.ages_h / hours))
        coarser = figures["own_2000h"] if hours < OWN_H[-2] else here
        figures[f"own_{hours:g}h"] = shrunk(counts, coarser, strength)
    return figures


AFTER: Final = (  # figure, drawn towards, as if by so many calls
    ("after_gap", "after", 5.0),
    ("after_detail", "after", 5.0),
    ("after_detail_gap", "after_detail", 5.0),
    ("after_two", "after_gap", 5.0),
    ("after_here", "after", 8.0),
)


def _after(moment: Moment, trend: Trend, here: Vector) -> dict[str, Vector]:
    names = ["after", *(name for name, _, _ in AFTER), "after_any"]
    if not moment.past:
        return dict.fromkeys(names, here)
    now_h, keys = moment.now_h, dict(after_keys(moment, known_place(moment)))
    figures = {"after": shrunk(trend.counts("after", keys["after"], now_h), here, 10.0)}
    for name, coarser, strength in AFTER:
        if name in keys:
            counts = trend.counts(name, keys[name], now_h)
            figures[name] = shrunk(counts, figures[coarser], strength)
        else:
            figures[name] = figures[coarser]
    figures["after_any"] = _after_any(moment, trend, here)
    return figures


def _after_any(moment: Moment, trend: Trend, here: Vector) -> Vector:
    weights: dict[str, float] = {}
    for rank, past in enumerate(moment.past[:-7:-1]):
        weights[past.reason] = weights.get(past.reason, 0.0) + 2.0 ** (-rank / 2)
    total = np.zeros(len(here))
    for reason, weight in weights.items():
        total += weight * shrunk(trend.counts("after_any", reason, moment.now_h), here, 10.0)
    average: Vector = total / sum(weights.values())
    return average
