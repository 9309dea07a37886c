"""`ivr report …`: what the kept calls tell."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.analytics.offers import JudgedCall, OfferReport
    from ivr.domain import Turn
    from ivr.store import KeptCall

app = typer.Typer(name="report", help="What the kept calls tell.", no_args_is_help=True)

_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")


@app.callback()
def _group() -> None:
    """Reports are made from finished calls; nothing is counted twice or kept aside."""


@app.command()
def offers(
    days: Annotated[int, typer.Option(min=1, help="So many days back.")] = 28,
    html: Annotated[Path | None, typer.Option(help="Write a page with drawings here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Path = _CONFIG,
) -> None:
    """Say what offers bring: coverage, precision, turns and seconds saved, harm, alternatives."""
    from dataclasses import asdict

    from ivr.analytics.offers import report
    from ivr.analytics.offers_page import offers_page
    from ivr.analytics.offers_policy import otherwise
    from ivr.call.offers import off_file

    settings = load_settings(config)
    calls = asyncio.run(_calls(settings, datetime.now(UTC) - timedelta(days=days)))
    judged, others = report(calls), otherwise(calls)
    file = off_file(settings)
    off = file.read_text("utf-8") if file.exists() else ""
    if html:
        html.write_text(offers_page(judged, calls, others, off), "utf-8")
    if as_json:
        more = {"off": off, "other_thresholds": [asdict(other) for other in others]}
        typer.echo(json.dumps(judged.as_json() | more, indent=2, ensure_ascii=False))
    else:
        _show(judged, off)


async def _calls(settings: Settings, since: datetime) -> "list[JudgedCall]":
    import sys

    from ivr.store import CallFilter
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        kept = await store.calls(CallFilter(since=since, limit=sys.maxsize))
        return [
            _judged(call, await store.turns(call.call_id) if _offered(call) else ())
            for call in kept
            if _was_drawn(call)
        ]


def _was_drawn(call: "KeptCall") -> bool:
    """Whether the coin fell for a finished call.

    It did not where guessing was switched off, failed or came too late, mostly on a busy machine.
    Such calls are never held out; among those that could get offers they would be compared with
    calls of other hours.
    """
    is_finished = bool(call.ended_at and call.answered_at)
    return is_finished and call.opening is not None and bool(call.opening.evidence)


def _offered(call: "KeptCall") -> bool:
    from ivr.domain import OpeningKind

    return call.opening is not None and call.opening.opening.kind is not OpeningKind.ASK


def _judged(call: "KeptCall", turns: "Sequence[Turn]") -> "JudgedCall":
    from ivr.analytics.offers import JudgedCall
    from ivr.domain import Outcome, Speaker

    assert call.opening
    assert call.ended_at
    assert call.answered_at
    evidence, opening = call.opening.evidence, call.opening.opening
    offered = _offered(call)
    first = next((turn.intent for turn in turns if turn.speaker is Speaker.CALLER), "")
    return JudgedCall(
        caller=call.caller_key,
        at=call.arrived_at,
        language=call.language.value,
        is_new=str(evidence.get("group", "new")).startswith("new"),
        question=call.question,
        best=str(evidence.get("best", "")),
        top=float(evidence.get("top", 0.0)),
        wanted=tuple(str(evidence.get("wanted_questions", "")).split()),
        offered=offered,
        held_out=opening.held_out,
        propensity=opening.propensity,
        turns=call.turns,
        took_s=(call.ended_at - call.answered_at).total_seconds(),
        hung_up=call.outcome is Outcome.CALLER_LEFT,
        transferred=call.outcome in (Outcome.WITH_AGENT, Outcome.NO_AGENT),
        said_yes=(first == "yes" or first in opening.questions) if offered else None,
    )


def _show(report: "OfferReport", off: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from ivr.analytics.offers_page import HEAD, row_of

    console = Console()
    if off:
        console.print(f"Offers are switched off: {off}", style="bold red")
    groups = {"all calls": report.total}
    groups |= {f"caller: {name}": line for name, line in report.by_caller.items()}
    groups |= {f"language: {name}": line for name, line in report.by_language.items()}
    groups |= {f"question: {name}": line for name, line in report.by_question.items()}
    for columns in (HEAD[1:7], HEAD[7:]):
        table = Table(title=f"Offers in {report.total.calls} calls (95 % intervals)")
        table.add_column("")
        for name in columns:
            table.add_column(name, justify="right")
        for group, line in groups.items():
            cells = dict(zip(HEAD[1:], row_of(line), strict=True))
            table.add_row(group, *(cells[name] for name in columns))
        console.print(table)
