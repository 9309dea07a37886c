"""`ivr db …`: the tables, forgetting in time, and forgetting one caller."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE

app = typer.Typer(name="db", help="Look after the kept calls.", no_args_is_help=True)

_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")
_NUMBER = typer.Argument("", help="The caller's number; asked for, unseen, when left out.")
_YES = typer.Option(False, "--yes", help="Do not ask whether it is meant.")


@app.command()
def upgrade(config: Path = _CONFIG) -> None:
    """Bring the tables to this version of the product; `ivr run` does it by itself."""
    version = asyncio.run(_upgrade(load_settings(config)))
    typer.echo(f"The tables are at version {version}.")


@app.command()
def purge(config: Path = _CONFIG) -> None:
    """Delete what is past its time now; a running hotline does it every six hours."""
    for what, count in asyncio.run(_purge(load_settings(config))).items():
        typer.echo(f"{count:8} {what.replace('_', '-')}")


@app.command()
def forget(number: str = _NUMBER, yes: bool = _YES, config: Path = _CONFIG) -> None:
    """Delete all that is kept about one caller: calls, words, guesses, recordings."""
    settings = load_settings(config)
    wanted = number or typer.prompt("Number of the caller", hide_input=True)
    if not yes:
        typer.confirm("Delete everything about this caller for good?", abort=True)
    calls, files = asyncio.run(_forget(settings, wanted))
    typer.echo(f"Deleted {calls} calls and {files} files.")
    if calls == 0:
        typer.echo("Was the number given as the trunk gives it, with or without country code?")


async def _upgrade(settings: Settings) -> str:
    from ivr.store.database import open_database
    from ivr.store.upgrade import upgrade as upgrade_tables

    database = open_database(settings.store)
    try:
        return await upgrade_tables(database)
    finally:
        await database.close()


async def _purge(settings: Settings) -> dict[str, int]:
    from ivr.store.retention import purge as purge_now
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        now = datetime.now(UTC)
        return asdict(await purge_now(store.database, settings.store, settings.recording, now))


async def _forget(settings: Settings, number: str) -> tuple[int, int]:
    from ivr.store.retention import delete_recordings_of
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        calls = await store.forget_caller(store.key_of(number))
    return len(calls), delete_recordings_of(settings.recording.directory, calls)
