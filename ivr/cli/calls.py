"""`ivr calls …`: look at kept calls, running and finished."""

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.domain import Language, Outcome, Turn
from ivr.errors import IvrError

if TYPE_CHECKING:
    from ivr.store import CallFilter, KeptCall

app = typer.Typer(name="calls", help="Look at the calls that are kept.", no_args_is_help=True)

LATEST = "last"
_AGO = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")
_SINCE = typer.Option("", help="Not older than: 2026-11-21, 2026-11-21T08:30, 30m, 24h, 7d, 2w.")
_OUTCOME = typer.Option(None, help="Only calls that ended so.")
_LANGUAGE = typer.Option(None, help="Only calls in this language.")
_JSON = typer.Option(False, "--json", help="Print JSON instead of a table.")


@app.command("list")
def list_calls(  # noqa: PLR0913, PLR0917  # each is an option of the command
    since: str = _SINCE,
    outcome: Outcome | None = _OUTCOME,
    language: Language | None = _LANGUAGE,
    limit: int = typer.Option(20, min=1, help="At most so many, newest first."),
    as_json: bool = _JSON,
    config: Path = _CONFIG,
) -> None:
    """List calls, newest first."""
    from ivr.cli.calls_shown import call_as_json, show_list
    from ivr.store import CallFilter

    wanted = CallFilter(_moment(since), outcome, language, limit)
    found = asyncio.run(_find(load_settings(config), wanted))
    if as_json:
        typer.echo(json.dumps([call_as_json(each) for each in found], indent=2))
    else:
        show_list(found)


@app.command()
def show(
    call_id: str = typer.Argument(help=f"The call's id, or {LATEST!r}."),
    as_json: bool = _JSON,
    config: Path = _CONFIG,
) -> None:
    """Show one call: its turns, intents and waits, and where its recording lies."""
    from ivr.cli.calls_shown import call_as_json, files_of, show_one

    settings = load_settings(config)
    call, turns = asyncio.run(one_call(settings, call_id))
    files = files_of(call.call_id, settings.recording.directory)
    if as_json:
        told = call_as_json(call, turns) | {"files": [str(file) for file in files]}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        show_one(call, turns, files)


@app.command()
def export(  # noqa: PLR0913, PLR0917  # each is an option of the command
    since: str = _SINCE,
    outcome: Outcome | None = _OUTCOME,
    language: Language | None = _LANGUAGE,
    out: Path | None = typer.Option(None, help="File to write; default: standard output."),
    speech: Path | None = typer.Option(
        None, help="New folder for recordings of what consenting callers said, to train an ear on."
    ),
    config: Path = _CONFIG,
) -> None:
    """Write calls with their turns as JSON lines, newest first; or their callers' speech."""
    from ivr.store import CallFilter

    wanted = CallFilter(_moment(since), outcome, language, sys.maxsize)
    settings = load_settings(config)
    if speech is not None:
        if out is not None:
            raise typer.BadParameter("calls or their speech, not both.", param_hint="--speech")
        from ivr.cli.calls_speech import export_speech

        export_speech(settings, wanted, speech)
        return
    try:
        count = asyncio.run(_export(settings, wanted, out))
    except OSError as error:
        if out is None:
            raise
        raise IvrError(f"{out} cannot be written ({error.strerror}).") from error
    if out is not None:
        typer.echo(f"{count} calls written to {out}.", err=True)


def _moment(since: str) -> "datetime | None":
    """Read a time or an age; raises a usage error in plain words."""
    if not since:
        return None
    age = re.fullmatch(r"(\d{1,5})([mhdw])", since)
    if age:
        return datetime.now(UTC) - timedelta(**{_AGO[age[2]]: int(age[1])})
    try:
        return datetime.fromisoformat(since).astimezone()
    except ValueError as error:
        problem = f"{since!r} is neither a time (2026-11-21T08:30) nor an age (24h, 7d)."
        raise typer.BadParameter(problem, param_hint="--since") from error


async def _find(settings: Settings, wanted: "CallFilter") -> "Sequence[KeptCall]":
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        return await store.calls(wanted)


async def one_call(settings: Settings, call_id: str) -> "tuple[KeptCall, Sequence[Turn]]":
    """Give a kept call and its turns; raises IvrError when there is none."""
    from ivr.store import CallFilter
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        latest = await store.calls(CallFilter(limit=1)) if call_id == LATEST else []
        call = latest[0] if latest else await store.call(call_id)
        if call is None:
            raise IvrError(f"No call {call_id!r} is kept. `ivr calls list` shows those that are.")
        return call, await store.turns(call.call_id)


async def _export(settings: Settings, wanted: "CallFilter", out: Path | None) -> int:
    from ivr.cli.calls_shown import call_as_json
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        found = await store.calls(wanted)
        with _opened(out) as file:  # not before the calls are there: it may hold an earlier export
            for call in found:
                told = call_as_json(call, await store.turns(call.call_id))
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
    return len(found)


def _opened(out: Path | None) -> AbstractContextManager[TextIO]:
    if out is None:
        return nullcontext(sys.stdout)
    out.touch(mode=0o600)  # it holds what people said
    return out.open("w", encoding="utf-8")
