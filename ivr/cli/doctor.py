"""`ivr doctor`: what is there, what is missing, and the remedy."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ivr.config.load import DEFAULT_FILE, load_settings
from ivr.config.settings import Settings
from ivr.errors import ConfigError

if TYPE_CHECKING:
    from ivr.cli.checks import Finding

_MARKS = {"there": "[green]✓[/]", "optional": "[yellow]○[/]", "missing": "[red]✗[/]"}


def doctor(
    config: Path = typer.Option(DEFAULT_FILE, help="The settings to check with."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead of a table."),
) -> None:
    """Tell what is there, what is missing, and the remedy; exit status 1 if a part is missing."""
    findings = list(examine(config))
    if as_json:
        print(json.dumps([dataclasses.asdict(each) for each in findings], ensure_ascii=False))
    else:
        _show(findings)
    if any(each.state == "missing" for each in findings):
        raise typer.Exit(1)


def examine(config: Path) -> "Iterator[Finding]":
    """Look at every part; with settings that cannot be read, the defaults are looked at."""
    from ivr.cli import checks

    try:
        settings = load_settings(config)
        yield checks.there("settings", str(config))
    except ConfigError as error:
        settings = Settings()
        yield checks.missing("settings", str(error), "Mend the file at that place")
    for check in checks.EVERY:
        yield from check(settings)


def _show(findings: "list[Finding]") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("", "part", "what was found", "remedy", box=None, pad_edge=False)
    for each in findings:
        cells = (each.part, each.detail, each.remedy)
        table.add_row(_MARKS[each.state], *(escape(cell) for cell in cells))
    console = Console()
    console.print(table)
    count = sum(each.state == "missing" for each in findings)
    console.print(f"{count} to mend." if count else "Everything is there.")
