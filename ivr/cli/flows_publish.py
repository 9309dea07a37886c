"""`ivr flows publish`: check, teach and swap; what fails leaves the old version serving."""

import asyncio
import getpass
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.hotline_door import NoHotline, ask_hotline
from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import ConfigError, EngineError

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.dialog.check import Finding
    from ivr.store import FlowLibrary, Publication, PublicationKind

CONFIG = typer.Option("--config", help="The settings file.")
WHY = typer.Option("--why", help="Why, in a few words, for the history; asked for when left out.")
BY = typer.Option("--by", help="Who publishes; default: the user of this machine.")


@dataclass(frozen=True)
class Wanted:
    """What is to be published, as it was read in one go."""

    name: str
    files: Mapping[str, str]
    by: str
    why: str


def publish(
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    config: Annotated[Path, CONFIG] = DEFAULT_FILE,
) -> None:
    """Bring the flows before callers: check, teach, swap. Calls in progress keep their version."""
    from rich.console import Console

    from ivr.dialog.snapshot import fingerprint, read_folder

    settings, console = load_settings(config), Console(highlight=False, soft_wrap=True)
    files = read_folder(settings.flows_dir)
    wanted = Wanted(fingerprint(files), files, who(by), reason(why))
    try:
        asyncio.run(_publish(settings, console, wanted, strict))
    except (ConfigError, EngineError) as error:
        console.print("[red]Nothing has changed for callers.[/red]")
        raise error from None


def who(by: str) -> str:
    """Give who publishes: a name that was given, or the user of this machine."""
    return (by or getpass.getuser())[:128]


def reason(why: str) -> str:
    """Give why; asks a person at a terminal. Raises ConfigError for a script without --why."""
    if not why and sys.stdin.isatty():
        why = typer.prompt("Why (a few words for the history)")
    if not why.strip():
        raise ConfigError("nobody will know why.", "Say it with --why 'a few words'.")
    return why.strip()[:1000]


async def _publish(settings: Settings, console: "Console", wanted: Wanted, strict: bool) -> None:
    from ivr.store.library import SqlLibrary
    from ivr.store.records import PublicationKind
    from ivr.store.sql import open_store

    with _step(console, "checked"):
        _require_sound(_findings(settings, wanted), strict, console)
    async with open_store(settings.store) as store:
        library = SqlLibrary(store.database)
        if await _says_what_changes(library, wanted, console):
            return
        await library.keep_flows(wanted.name, wanted.files)
        with _step(console, "taught, loaded and spoken once"):
            if not await asyncio.to_thread(_prepared_by_hotline, settings, wanted.name):
                await _teach_here(settings, wanted)
        await put_before_callers(settings, console, library, wanted, PublicationKind.PUBLISHED)


async def _says_what_changes(library: "FlowLibrary", wanted: Wanted, console: "Console") -> bool:
    """Name the files that change; whether there are none."""
    from ivr.dialog.snapshot import changed

    now = await library.to_serve()
    if now is None:
        return False
    names = changed(await library.flow_files(now.version) or {}, wanted.files)
    if not names:
        console.print(f"Nothing to publish: callers have version {now.version} already.")
        return True
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    console.print(f"Changed since version {now.version}: {shown}", markup=False)
    return False


def _findings(settings: Settings, wanted: Wanted) -> "list[Finding]":
    """Check the very files that are published; places are told as ops know them."""
    from ivr.cli.flows import vocabularies
    from ivr.dialog.check import check
    from ivr.dialog.snapshot import unpacked
    from ivr.predict.rules import parse_rule

    def told(finding: "Finding", folder: Path) -> "Finding":
        def ours(text: str) -> str:
            return text.replace(str(folder), str(settings.flows_dir))

        place = replace(finding.place, file=Path(ours(str(finding.place.file))))
        return replace(finding, place=place, problem=ours(finding.problem))

    queues = frozenset(settings.telephony.queues)
    with unpacked(wanted.files) as folder:
        findings = check(folder, queues, vocabularies(settings), parse_rule)
        return [told(finding, folder) for finding in findings]


def _require_sound(findings: "list[Finding]", strict: bool, console: "Console") -> None:
    """Print what keeps the flows from being published; raises ConfigError when something does."""
    stopping = [finding for finding in findings if finding.is_error or strict]
    for finding in stopping:
        console.print(str(finding), style="red", markup=False)
    if stopping:
        count = f"{len(stopping)} mistake{'s' if len(stopping) > 1 else ''}"
        raise ConfigError(f"the flows have {count}.", "Mend them and publish again.")
    if findings:
        console.print(f"{len(findings)} warnings; `ivr flows check` tells them.", style="yellow")


def _prepared_by_hotline(settings: Settings, name: str) -> bool:
    try:
        ask_hotline(settings, "/flows/prepare", {"version": name})
    except NoHotline:
        return False
    return True


async def _teach_here(settings: Settings, wanted: Wanted) -> None:
    """Without a hotline that could do it: so that the next start does not have to."""
    from ivr.call.publishing import unpacked_in
    from ivr.dialog.server import train
    from ivr.dialog.snapshot import load_version

    version = load_version(wanted.name, wanted.files, unpacked_in(settings))
    await train(version.flows, settings.state_dir)


async def put_before_callers(
    settings: Settings,
    console: "Console",
    library: "FlowLibrary",
    wanted: Wanted,
    kind: "PublicationKind",
) -> None:
    """Enter it into the history and have the hotline send new calls there.

    Raises EngineError when the hotline refuses; the entry then says so.
    """
    made = await library.publish(wanted.name, kind, wanted.by, wanted.why)
    try:
        with _step(console, "swapped"):
            await asyncio.to_thread(ask_hotline, settings, "/flows/serve", {"number": made.number})
    except NoHotline:
        console.print(
            f"Publication {made.number}, version {made.version}: no hotline runs here; the next "
            "start serves it, and hotlines on other machines follow within seconds."
        )
    except (ConfigError, EngineError) as error:
        await library.refuse(made.number, str(error))
        raise
    else:
        console.print(f"[green]New calls have version {made.version}[/green] {_told(made)}")


def _told(made: "Publication") -> str:
    return f"(publication {made.number}, by {made.by}). Take it back with `ivr flows rollback`."


@contextmanager
def _step(console: "Console", what: str) -> Iterator[None]:
    """Say that a step was done, and how long it took."""
    began = time.monotonic()
    with console.status(f"being {what} …"):
        yield
    console.print(f"  {what} in {time.monotonic() - began:.1f} s")
