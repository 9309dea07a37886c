"""`ivr predict …`: learn from the kept calls, and see what was learned."""

import asyncio
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from ivr.cli.one_thread import one_thread
from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE

if TYPE_CHECKING:
    from ivr.predict.gains import Measured
    from ivr.predict.log_file import LoggedCall
    from ivr.predict.snapshot import Learned
    from ivr.store import KeptCall
    from ivr.store.sql import SqlStore

app = typer.Typer(name="predict", help="What calls teach about the next one.", no_args_is_help=True)

MOST_CALLS: Final = 200_000
"""Latest calls that are learned from."""
_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")


@app.command()
def train(config: Path = _CONFIG) -> None:
    """Learn anew from the kept calls; run it every night."""
    one_thread()
    from ivr.predict.snapshot import to_bytes

    settings = load_settings(config)
    learned = asyncio.run(_learn(settings))
    _replace(settings.predict.learned_file, to_bytes(learned))
    fitted = "fitted" if learned.model.fitted else "too few calls to fit, own shares are used"
    typer.echo(f"{learned.model.trend.calls} calls learned ({fitted}), model {learned.name}")


@app.command()
def status(config: Path = _CONFIG) -> None:
    """Say what is in use: model, drift, weights of the rules, and whether offers are off."""
    from ivr.call.offers import load_learned, off_file

    settings = load_settings(config)
    learned = load_learned(settings.predict.learned_file)
    if learned is None:
        typer.echo("nothing was learned yet: `ivr predict train`")
    else:
        calibrator = learned.model.calibrator
        typer.echo(f"model {learned.name}, {learned.model.trend.calls} calls")
        typer.echo(f"drift {calibrator.drift_z():.1f} standard errors (alarm above 4)")
        for rule, weight in sorted(learned.rules.weights.items()):
            typer.echo(f"rule {rule}: odds times {math.exp(weight):.1f}")
    off = off_file(settings)
    if off.exists():
        typer.echo(f"offers are OFF: {off.read_text('utf-8')} (delete {off} to resume)")


async def _learn(settings: Settings) -> "Learned":
    """Learn from one call after the other: a year of them would not fit into memory at once."""
    from ivr.predict.gains import Measuring
    from ivr.predict.rule_book import RuleBook
    from ivr.predict.snapshot import Learned
    from ivr.predict.training import Teaching
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        teaching = Teaching(await _questions(settings, store))
        rules, measuring, now = RuleBook(), Measuring(), datetime.now(UTC)
        async for call in store.finished(MOST_CALLS):
            if call.question:
                teaching.take(_logged(call))
            if call.opening and call.question:
                fired = str(call.opening.evidence.get("rules", "")).split("; ")
                chances = {c.question: c.probability for c in call.opening.candidates}
                rules.learn(chances, [key for key in fired if key], call.question)
            if measured := _measured(call, now):
                measuring.take(measured)
    return Learned(teaching.finish(), rules, measuring.gains(), f"v1-{now:%Y%m%d-%H%M}")


async def _questions(settings: Settings, store: "SqlStore") -> list[str]:
    """Give what callers can ask: of the flows that they have, not of the folder being edited."""
    from ivr.call.published import reading_from
    from ivr.dialog.flows import load_flows
    from ivr.store.library import SqlLibrary

    library = SqlLibrary(store.database)
    served = await library.to_serve()
    if served is None:  # the first start publishes the folder
        return sorted(load_flows(settings.flows_dir).flows)
    return sorted((await reading_from(library, served.version, settings)).flows.flows)


def _logged(call: "KeptCall") -> "LoggedCall":
    from ivr.predict.history import ahead_h, hours_of
    from ivr.predict.log_file import LoggedCall
    from ivr.store.records import RESOLVED

    at_h = hours_of(call.arrived_at)
    return LoggedCall(
        call_id=call.call_id,
        at_h=at_h,
        caller=call.caller_key,
        reason=call.question,
        resolved_h=at_h if call.outcome in RESOLVED else math.inf,
        ahead_h=ahead_h(call.arrived_at),
    )


def _measured(call: "KeptCall", now: datetime) -> "Measured | None":
    from ivr.domain import OpeningKind
    from ivr.predict.gains import Measured

    opening, ended = call.opening, call.ended_at
    if opening is None or ended is None or call.answered_at is None:
        return None
    wanted = str(opening.evidence.get("wanted_questions", "")).split()
    if not wanted or not call.question:
        return None
    return Measured(
        question=wanted[0],
        group=str(opening.evidence.get("group", "")),
        took_s=(ended - call.answered_at).total_seconds(),
        was_offered=opening.opening.kind is not OpeningKind.ASK,
        was_right=call.question in wanted,
        age_d=(now - ended).total_seconds() / 86400.0,
    )


def _replace(file: Path, content: bytes) -> None:
    """Write whole or not at all: the running hotline may read at any moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(file)
