"""`ivr events …`: what happened to callers elsewhere."""

import asyncio
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import ConfigError, Place

if TYPE_CHECKING:
    from ivr.store.incoming import Given

app = typer.Typer(name="events", help="What happened to callers elsewhere.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Events make questions likely before a caller asks; see docs/ops/offers.md."""


@app.command("import")
def import_events(
    file: Annotated[Path, typer.Argument(help="CSV, or JSON lines (.jsonl, .ndjson).")],
    skip_bad: Annotated[bool, typer.Option(help="Leave out what makes no sense.")] = False,
    config: Annotated[Path, typer.Option(help="The settings file.")] = DEFAULT_FILE,
) -> None:
    """Keep the events of a file; known ones (same source_id) change nothing."""
    kept, known, bad = asyncio.run(_import(load_settings(config), file, skip_bad))
    typer.echo(f"{kept} kept, {known} known before, {bad} left out")


async def _import(settings: Settings, file: Path, skip_bad: bool) -> tuple[int, int, int]:
    from ivr.store.incoming import EventError, read_event
    from ivr.store.sql import open_store

    kept = known = bad = 0
    async with open_store(settings.store) as store:
        for line, given in _lines(file):
            try:
                event = read_event(given, store.key_of)
            except EventError as error:
                if not skip_bad:
                    remedy = "Mend it, or leave such lines out with --skip-bad."
                    raise ConfigError(f"{error}.", remedy, Place(file, line)) from None
                bad += 1
                continue
            if await store.add_event(event):
                kept += 1
            else:
                known += 1
    return kept, known, bad


def _lines(file: Path) -> "Iterator[tuple[int, Given]]":
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            if file.suffix in {".jsonl", ".ndjson", ".json"}:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield number, _object(line)
            else:
                rows = csv.DictReader(lines)
                for row in rows:
                    named = {name: value for name, value in row.items() if name and value}
                    yield rows.line_num, named
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        remedy = "Give a UTF-8 CSV file with a head line, or JSON lines (.jsonl)."
        raise ConfigError(f"cannot be read: {error}.", remedy, Place(file)) from error


def _object(line: str) -> "Given":
    try:
        value = json.loads(line)
    except ValueError:
        return {}  # refused as an event without fields, with its line
    return value if isinstance(value, dict) else {}
