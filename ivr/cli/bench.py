"""`ivr bench`: what callers feel on this machine, from one call to forty."""

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ivr.bench.ladder import Ladder

_OPTION_FULL = typer.Option(False, "--full", help="Longer calls, up to 60 callers.")
_OPTION_CALLERS = typer.Option("", "--callers", help="Rungs instead of the usual ones: 1,10,20.")
_OPTION_SECONDS = typer.Option(0.0, "--seconds", help="Length of each rung.")
_OPTION_OUT = typer.Option(Path("var/bench/bench.json"), "--out", help="Where the figures go.")
_OPTION_JSON = typer.Option(False, "--json", help="Print JSON instead of a table.")


def bench(
    full: bool = _OPTION_FULL,
    callers: str = _OPTION_CALLERS,
    seconds: float = _OPTION_SECONDS,
    out: Path = _OPTION_OUT,
    as_json: bool = _OPTION_JSON,
) -> None:
    """Measure at the phone's ear: first word, waits, interruptions, cost, dropped calls."""
    from rich.console import Console

    from ivr.bench.ladder import climb

    usual = (1, 5, 10, 20, 40, 60) if full else (1, 10, 20, 40)
    counts = [int(each) for each in callers.split(",")] if callers else list(usual)
    length_s = seconds or (90.0 if full else 40.0)
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder, console.status("") as status:
        ladder = asyncio.run(climb(Path(folder), counts, length_s, status.update))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(asdict(ladder), indent=2) + "\n", "utf-8")
    if as_json:
        typer.echo(json.dumps(asdict(ladder)))
    else:
        _show(ladder)
        typer.echo(f"All figures: {out}")


def _show(ladder: "Ladder") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="At the phone's ear, seconds", title_justify="left")
    columns = (
        "callers",
        "talk",
        "first word p95",
        "wait p50",
        "wait p95",
        "fall silent p95",
        "missed",
        "cut off",
        "gaps",
        "dropped",
        "CPU (shares of a core)",
    )
    for column in columns:
        table.add_column(column, justify="right")
    for rung in ladder.rungs:
        ear = rung.ear
        table.add_row(
            str(rung.callers),
            f"{rung.talk_share:.0%}",
            _s(ear.first_word_s["p95"]),
            _s(ear.silence_s["p50"]),
            _s(ear.silence_s["p95"]),
            _s(ear.fall_silent_s["p95"]),
            f"{ear.missed_interruptions}/{ear.interruptions}",
            f"{ear.cut_off_turns}/{ear.turns}",
            str(ear.gaps_over_40_ms),
            str(len(rung.dropped)),
            "  ".join(f"{role} {share:.2f}" for role, share in rung.cpu.items()),
        )
    console = Console(width=160)
    console.print(table)
    console.print(f"A bare Echo() answers after {ladder.echo_ms['p50']} ms (p50).")


def _s(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
