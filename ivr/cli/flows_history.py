"""`ivr flows history` and `ivr flows rollback`: what callers had, and having it again."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.flows_publish import BY, CONFIG, WHY, Wanted, put_before_callers, reason, who
from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import ConfigError, EngineError

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.store import FlowLibrary, Publication

_MOST = 10_000


def history(
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path, CONFIG] = DEFAULT_FILE,
) -> None:
    """Show what was published: when, by whom, why, and which version callers have now."""
    from rich.console import Console

    settings = load_settings(config)
    made, edited = asyncio.run(_history(settings, limit))
    if as_json:
        typer.echo(json.dumps([_as_values(each) for each in made], ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if not made:
        console.print("Nothing was published yet; the first `ivr run` publishes the flows.")
        return
    console.print(_table(made))
    if edited:
        shown = ", ".join(edited[:8]) + (" …" if len(edited) > 8 else "")
        console.print(f"Not published yet, in {settings.flows_dir}: {shown}", markup=False)


def rollback(
    to: Annotated[
        str, typer.Argument(help="A version, its first digits, or a publication's number.")
    ] = "",
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
    config: Annotated[Path, CONFIG] = DEFAULT_FILE,
) -> None:
    """Give callers an earlier version again: the one before, or the one that is named."""
    from rich.console import Console

    settings, console = load_settings(config), Console(highlight=False, soft_wrap=True)
    try:
        asyncio.run(_roll_back(settings, console, to, Wanted("", {}, who(by), reason(why))))
    except (ConfigError, EngineError) as error:
        console.print("[red]Nothing has changed for callers.[/red]")
        raise error from None


def earlier(made: "Sequence[Publication]", to: str) -> str:
    """Give the version that is meant; `made` is newest first.

    Without a word it is the last one that callers had before the present one. Raises ConfigError
    when there is none, when it was never served, or when callers have it already.
    """
    served = [each for each in made if not each.refused]
    if not served:
        raise ConfigError("nothing was published yet.", "Publish with `ivr flows publish`.")
    now = served[0].version
    if not to:
        before = next((each.version for each in served if each.version != now), None)
        if before is None:
            raise ConfigError("there is no version before the present one.")
        return before
    found = {each.version for each in served if to == str(each.number)}
    found = found or {each.version for each in served if each.version.startswith(to)}
    if len(found) != 1:
        problem = f"{to!r} fits {len(found)} versions that callers had."
        raise ConfigError(problem, "`ivr flows history` shows them.")
    (version,) = found
    if version == now:
        raise ConfigError(f"callers have version {version} already.")
    return version


async def _history(settings: Settings, limit: int) -> "tuple[Sequence[Publication], list[str]]":
    from ivr.store.library import SqlLibrary
    from ivr.store.sql import open_store

    async with open_store(settings.store) as store:
        library = SqlLibrary(store.database)
        return await library.publications(limit), await _edited(library, settings)


async def _edited(library: "FlowLibrary", settings: Settings) -> list[str]:
    """Name the files of the working folder that callers do not have as they are."""
    from ivr.dialog.snapshot import changed, read_folder

    now = await library.to_serve()
    if now is None or not settings.flows_dir.is_dir():
        return []
    return changed(await library.flow_files(now.version) or {}, read_folder(settings.flows_dir))


async def _roll_back(settings: Settings, console: "Console", to: str, wanted: Wanted) -> None:
    from dataclasses import replace

    from ivr.store.library import SqlLibrary
    from ivr.store.records import PublicationKind
    from ivr.store.sql import open_store

    async with open_store(settings.store) as store:
        library = SqlLibrary(store.database)
        name = earlier(await library.publications(_MOST), to)
        kind = PublicationKind.ROLLED_BACK
        await put_before_callers(settings, console, library, replace(wanted, name=name), kind)
    console.print(f"The folder {settings.flows_dir} is as you left it; only callers go back.")


def _as_values(each: "Publication") -> dict[str, str | int]:
    return {
        "number": each.number,
        "version": each.version,
        "kind": each.kind.value,
        "at": each.at.isoformat(timespec="seconds"),
        "by": each.by,
        "why": each.why,
        "refused": each.refused,
    }


def _table(made: "Sequence[Publication]") -> object:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="What callers had, newest first", title_justify="left")
    for column in ("no.", "version", "when", "by", "how", "why"):
        table.add_column(column)
    serving = next((each.number for each in made if not each.refused), None)
    for each in made:
        why = escape(each.why)
        if each.refused:
            why += f" [red](not served: {escape(each.refused)})[/red]"
        how = each.kind.value.replace("_", " ")
        if each.number == serving:
            how = f"[green]{how}, serving[/green]"
        at = each.at.astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(str(each.number), each.version, at, escape(each.by), how, why)
    return table
