"""Where everything in a call lies on its sheet: rows of equal length, as in a score. Pure.

A call of four minutes drawn on one line is unreadable on a phone and on paper; rows keep a second
equally wide everywhere and print on one page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from ivr.analytics.caller_ear import Moment
from ivr.domain import Speaker, Turn

_ROW_LENGTHS_S: Final = (10, 15, 20, 30, 60, 120, 300, 600)
_MOST_ROWS: Final = 10
_TICKS: Final = 5
_GOOD_S, _FAIR_S = 0.9, 1.3
"""Budgets of the product: the median of the answers, and 95 % of them."""


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch in which somebody speaks; places in per cent of the row."""

    turn: Turn
    left: float
    width: float
    is_first: bool
    is_last: bool

    @property
    def ends_interrupted(self) -> bool:
        """Whether the caller cut it here."""
        return self.is_last and self.turn.interrupted


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch in which the caller waits for an answer; the label stands where it starts."""

    left: float
    width: float
    label: str
    grade: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that the caller minded; places in per cent of the row."""

    left: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the sheet."""

    start_s: float
    length_s: float
    ticks: tuple[tuple[float, str], ...]
    bands: tuple[Band, ...]
    waits: tuple[Wait, ...]


def rows(turns: Sequence[Turn], length_s: float) -> tuple[Row, ...]:
    """Lay a call of a length (seconds) out in at most ten rows, more only beyond 100 minutes."""
    row_s = row_length_s(length_s)
    count = max(1, ceil(length_s / row_s))
    bands = [placed for turn in turns for placed in _bands(turn, row_s)]
    waits = [placed for turn in turns for placed in _waits(turn, row_s)]
    return tuple(
        Row(
            start_s=index * row_s,
            length_s=row_s,
            ticks=_ticks(index * row_s, row_s),
            bands=tuple(band for row, band in bands if row == index),
            waits=tuple(wait for row, wait in waits if row == index),
        )
        for index in range(count)
    )


def marks(moments: Sequence[Moment], row: Row) -> tuple[Mark, ...]:
    """Place what the caller minded within a row."""
    return tuple(
        Mark(left, width, moment.kind)
        for moment in moments
        for number, left, width in _pieces(
            moment.when.start_s, moment.when.end_s, round(row.length_s)
        )
        if number == round(row.start_s / row.length_s)
    )


def row_length_s(length_s: float) -> int:
    """Give the shortest round row length that keeps the call within ten rows."""
    fitting = (row_s for row_s in _ROW_LENGTHS_S if length_s <= row_s * _MOST_ROWS)
    return next(fitting, _ROW_LENGTHS_S[-1])


def clock(seconds: float) -> str:
    """Give a time in the call as people read it: 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def exact(seconds: float) -> str:
    """Give a time in the call to a tenth of a second: 1:05.2."""
    tenths = round(seconds * 10)
    return f"{clock(tenths // 10)}.{tenths % 10}"


def grade(silence_s: float) -> str:
    """Tell how a wait feels: good, fair or slow."""
    if silence_s <= _GOOD_S:
        return "good"
    return "fair" if silence_s <= _FAIR_S else "slow"


def _bands(turn: Turn, row_s: int) -> Iterator[tuple[int, Band]]:
    pieces = list(_pieces(turn.started_s, turn.ended_s, row_s))
    for index, (row, left, width) in enumerate(pieces):
        yield row, Band(turn, left, width, index == 0, index == len(pieces) - 1)


def _waits(turn: Turn, row_s: int) -> Iterator[tuple[int, Wait]]:
    if turn.speaker is Speaker.CALLER or turn.silence_s is None:
        return
    label, feeling = f"{turn.silence_s:.1f} s", grade(turn.silence_s)
    for row, left, width in _pieces(turn.started_s - turn.silence_s, turn.started_s, row_s):
        yield row, Wait(left, width, label, feeling)
        label = ""


def _pieces(start_s: float, end_s: float, row_s: int) -> Iterator[tuple[int, float, float]]:
    """Cut a stretch at the ends of rows: (row, left %, width %)."""
    start_s = max(0.0, start_s)
    while start_s < end_s:
        row = int(start_s // row_s)
        stop_s = min(end_s, (row + 1) * row_s)
        yield row, 100 * (start_s / row_s - row), 100 * (stop_s - start_s) / row_s
        start_s = stop_s


def _ticks(start_s: float, row_s: int) -> tuple[tuple[float, str], ...]:
    return tuple(
        (100 * index / _TICKS, clock(start_s + row_s * index / _TICKS)) for index in range(_TICKS)
    )
