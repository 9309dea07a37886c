"""Days at the caller's ear."""

from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from ivr.cli.report_ear import _LEGEND, by_day, table_of
from ivr.domain import Language
from ivr.store import EarFigures, KeptCall

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_call(days: int, ear: EarFigures | None) -> KeptCall:
    return KeptCall("1", "", "95000", Language.ZH, NOON + timedelta(days), ear=ear)


def test_every_wait_counts_once_whatever_call_it_was_in() -> None:
    calls = [
        a_call(0, EarFigures(9, silence_s=(0.4, 0.5))),
        a_call(0, EarFigures(9, silence_s=(0.9,))),
    ]

    (day,) = by_day(calls)

    assert (day["calls"], day["wait_p50"]) == (2, 0.5)


def test_days_are_told_oldest_first_and_calls_without_a_recording_not_at_all() -> None:
    calls = [a_call(1, EarFigures(9)), a_call(0, EarFigures(9)), a_call(2, None)]

    days = [str(each["day"]) for each in by_day(calls)]

    assert len(days) == 2
    assert days == sorted(days)


def test_a_busy_day_fits_into_eighty_columns() -> None:
    busy = EarFigures(
        600,
        silence_s=(12.34,) * 9,
        fall_silent_s=(1.23,) * 9,
        turns=9999,
        false_stops=999,
        missed_interruptions=999,
        cut_off_turns=999,
        dead_air_s=9999.9,
        gaps_s=(0.1,) * 999,
    )
    output = Console(width=80, file=StringIO())

    output.print(table_of(by_day([a_call(0, busy)])))
    output.print(_LEGEND)

    lines = output.file.getvalue().splitlines()
    assert any(
        "2026-03-02" in line and "12.34/12.34" in line and "9999.9" in line for line in lines
    )
    assert len(lines) < 12
