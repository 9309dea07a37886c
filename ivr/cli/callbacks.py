"""`ivr callbacks …`: whom we have promised to call back."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE

if TYPE_CHECKING:
    from ivr.store import CallBack

app = typer.Typer(
    name="callbacks", help="Callers who were promised to be called back.", no_args_is_help=True
)

_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")
_JSON = typer.Option(False, "--json", help="Print JSON instead of a table.")


@app.command("list")
def list_callbacks(as_json: bool = _JSON, config: Path = _CONFIG) -> None:
    """List open promises, oldest first, with the numbers to dial."""
    wishes = asyncio.run(_open_wishes(load_settings(config)))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in wishes], indent=2, default=str))
    else:
        _show(wishes)


@app.command("done")
def done(wish: int = typer.Argument(help="Its id in the list."), config: Path = _CONFIG) -> None:
    """Note that a caller has been called back; the number is forgotten."""
    if not asyncio.run(_finish(load_settings(config), wish)):
        typer.echo(f"There is no open promise {wish}; `ivr callbacks list` shows them.", err=True)
        raise typer.Exit(2)


async def _open_wishes(settings: Settings) -> "Sequence[CallBack]":
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        return await store.call_backs()


async def _finish(settings: Settings, wish: int) -> bool:
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        return await store.finish_call_back(wish)


def _show(wishes: "Sequence[CallBack]") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not wishes:
        console.print("Nobody waits to be called back.")
        return
    table = Table("id", "number", "language", "queue", "asked at", "call")
    for each in wishes:
        asked_at = each.asked_at.astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(
            str(each.wish), each.number, each.language.value, each.queue, asked_at, each.call_id
        )
    console.print(table)
