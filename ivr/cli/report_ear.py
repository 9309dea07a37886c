"""`ivr report ear`: what calls were like at the caller's ear, day by day."""

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE

if TYPE_CHECKING:
    from rich.table import Table

    from ivr.store import EarFigures, KeptCall

Figure = str | int | float | None


def report_ear(
    days: Annotated[int, typer.Option(min=1, help="So many days back.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path, typer.Option("--config", help="The settings file.")] = DEFAULT_FILE,
) -> None:
    """Say what calls were like at the caller's ear, by day; measured from their recordings."""
    from rich.console import Console

    settings = load_settings(config)
    calls = asyncio.run(_calls(settings, datetime.now(UTC) - timedelta(days=days)))
    found = by_day(calls)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    console = Console()
    if not found:
        console.print("No recorded call was measured in that time.")
        return
    console.print(table_of(found))
    console.print(_LEGEND)


_COLUMNS: Final = (
    "day", "calls", "turns", "wait", "stop", "cut", "miss", "false", "gaps", "dead",
)  # fmt: skip  # a row of one table, which must fit into 80 columns
_LEGEND: Final = """
wait: caller stops to our first sound; stop: caller starts to our silence; both
in seconds, for half of all and for 95 of 100. cut: turns we spoke into.
miss: interruptions we talked over. false: prompts stopped for nothing.
gaps: holes over 40 ms in our speech. dead: seconds in which nobody spoke,
beyond 3 s at a time."""


def table_of(found: "Sequence[dict[str, Figure]]") -> "Table":
    """Give the days as a table that fits into a terminal of 80 columns."""
    from rich.table import Table

    table = Table(title="At the caller's ear", title_justify="left", box=None, padding=(0, 1, 0, 0))
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name == "day" else "right", no_wrap=True)
    for row in found:
        table.add_row(*_shown(row))
    return table


def _shown(row: dict[str, Figure]) -> list[str]:
    return [
        str(row["day"]),
        str(row["calls"]),
        str(row["turns"]),
        f"{_seconds(row['wait_p50'])}/{_seconds(row['wait_p95'])}",
        f"{_seconds(row['silent_p50'])}/{_seconds(row['silent_p95'])}",
        *(str(row[name]) for name in ("cut_off", "missed", "false_stops", "gaps", "dead_air_s")),
    ]


def _seconds(value: Figure) -> str:
    return f"{value:.2f}" if isinstance(value, float) else "-"


def by_day(calls: "Iterable[KeptCall]") -> list[dict[str, Figure]]:
    """Pool the measured calls of each day (local time), oldest first; waits count one by one."""
    days: dict[str, list[EarFigures]] = {}
    for call in calls:
        if call.ear is not None:
            days.setdefault(f"{call.arrived_at.astimezone():%Y-%m-%d}", []).append(call.ear)
    return [{"day": day, **_pooled(days[day])} for day in sorted(days)]


def _pooled(calls: "Sequence[EarFigures]") -> dict[str, Figure]:
    from ivr.analytics.caller_ear import percentiles

    waits = percentiles([wait for call in calls for wait in call.silence_s])
    stops = percentiles([stop for call in calls for stop in call.fall_silent_s])
    return {
        "calls": len(calls),
        "turns": sum(call.turns for call in calls),
        "wait_p50": waits["p50"],
        "wait_p95": waits["p95"],
        "silent_p50": stops["p50"],
        "silent_p95": stops["p95"],
        "cut_off": sum(call.cut_off_turns for call in calls),
        "missed": sum(call.missed_interruptions for call in calls),
        "false_stops": sum(call.false_stops for call in calls),
        "gaps": sum(len(call.gaps_s) for call in calls),
        "dead_air_s": round(sum(call.dead_air_s for call in calls), 1),
    }


async def _calls(settings: Settings, since: datetime) -> "Sequence[KeptCall]":
    from ivr.store import CallFilter
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        return await store.calls(CallFilter(since=since, limit=sys.maxsize))
