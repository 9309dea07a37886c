"""`ivr flows history` and `ivr flows rollback`: what callers had, and having it again."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli import flows_publish as publishing
from ivr.cli.ears_shown import ears_told, shortened
from ivr.cli.flows_publish import BY, CONFIG, JSON, WHY
from ivr.cli.hotline_door import Told, asked
from ivr.cli.publishing_steps import Steps
from ivr.config import load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import ConfigError

if TYPE_CHECKING:
    from ivr.call.publishing_offline import OfflinePublisher


def history(
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1, max=10_000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path, CONFIG] = DEFAULT_FILE,
) -> None:
    """Show what was published: when, by whom, why, what callers have, and how far the ear is."""
    from rich.console import Console

    from ivr.dialog.snapshot import changed, digests, read_folder

    settings = load_settings(config)
    told = publishing.history(settings, limit)
    made = told["publications"]
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if not made:
        console.print("Nothing was published yet; the first `ivr run` publishes the flows.")
        return
    console.print(_table(made))
    for line, style in ears_told(told.get("ears", [])):
        console.print(line, style=style, markup=False, soft_wrap=True)
    try:
        edited = changed(told["served"], digests(read_folder(settings.flows_dir)))
    except ConfigError as error:  # the folder is being edited; history is history
        console.print(str(error), style="yellow", markup=False)
        return
    if edited:
        shown = shortened(edited)
        console.print(f"Not as callers have it in {settings.flows_dir}: {shown}", markup=False)


def rollback(
    to: Annotated[
        str, typer.Argument(help="A version, its first digits, or a publication's number.")
    ] = "",
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
    as_json: Annotated[bool, JSON] = False,
    config: Annotated[Path, CONFIG] = DEFAULT_FILE,
) -> None:
    """Give callers an earlier version again: the one before, or the one that is named."""
    from rich.console import Console

    settings = load_settings(config)
    console = Console(highlight=False, soft_wrap=True, stderr=as_json)
    steps = Steps(console)
    wanted = {"to": to, "by": publishing.who(by), "why": publishing.reason(why)}

    async def offline(publisher: "OfflinePublisher") -> Told:
        from ivr.call.published import Request
        from ivr.web.flows import told_of

        return told_of(await publisher.roll_back(to, Request(wanted["by"], wanted["why"])))

    with publishing.nothing_else_changes(console), steps.step("swapped") as step:
        told, is_live = asked(settings, "/flows/rollback", wanted, offline)
        step.parts.update(told.get("took_s", {}))
    publishing.say_done(console, told, is_live)
    console.print(f"The folder {settings.flows_dir} is as you left it; only callers go back.")
    if as_json:
        typer.echo(json.dumps({**told, "is_live": is_live, **steps.as_values()}, indent=2))


def _table(made: list[Told]) -> object:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="What callers had, newest first", title_justify="left")
    for column in ("no.", "version", "when", "by", "how", "why"):
        table.add_column(column)
    serving = next((each["number"] for each in made if not each["refused"]), None)
    for each in made:
        why = escape(each["why"])
        if each["refused"]:
            why += f" [red](not served: {escape(each['refused'])})[/red]"
        how = each["kind"].replace("_", " ")
        if each["number"] == serving:
            how = f"[green]{how}, serving[/green]"
        at = datetime.fromisoformat(each["at"]).astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(str(each["number"]), each["version"], at, escape(each["by"]), how, why)
    return table
