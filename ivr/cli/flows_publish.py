"""`ivr flows publish`: check, teach and swap; what fails leaves the old version serving."""

import getpass
import json
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.counted import counted
from ivr.cli.ears_shown import ears_told, shortened
from ivr.cli.flows_publish_tests import Chosen, choose, hold_conversations
from ivr.cli.hotline_door import Told, asked
from ivr.cli.publishing_steps import Steps, begun
from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import ConfigError, EngineError

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.call.publishing_offline import OfflinePublisher
    from ivr.dialog.check import Finding

CONFIG = typer.Option("--config", help="The settings file.")
WHY = typer.Option("--why", help="Why, in a few words, for the history; asked for when left out.")
BY = typer.Option("--by", help="Who does it; default: the user of this machine.")
JSON = typer.Option("--json", help="Print what was done, and the seconds of each step, as JSON.")


def publish(  # noqa: PLR0913, PLR0917  # each is an option of the command
    why: Annotated[str, WHY] = "",
    by: Annotated[str, BY] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    test: Annotated[
        bool | None, typer.Option("--test/--no-test", help="Hold the conversations of tests/.")
    ] = None,
    as_json: Annotated[bool, JSON] = False,
    config: Annotated[Path, CONFIG] = DEFAULT_FILE,
) -> None:
    """Check, teach, test, swap: new calls have the flows, calls in progress keep theirs.

    A running hotline makes the flows ready while they are checked here. The conversations of
    flows/tests are held when examples, slots or rules have changed; where only words, thresholds
    or voice settings have, those that name what has changed, and all with --test.
    """
    from rich.console import Console

    from ivr.dialog.snapshot import read_folder

    settings = load_settings(config)
    console = Console(highlight=False, soft_wrap=True, stderr=as_json)
    by, why, steps = who(by), reason(why), Steps(console)
    with nothing_else_changes(console):
        with steps.step("compared with what callers have"):
            files = read_folder(settings.flows_dir)
            served, is_live = _asked_for_history(settings, 1)
            names = _what_changes(served, files, console)
        if not names:
            if as_json:
                nothing = {"publication": None, "changed": names, **steps.as_values()}
                typer.echo(json.dumps(nothing, indent=2))
            return
        ready = begun(lambda: prepare(settings, files)) if is_live else None
        with steps.step("checked"):
            _require_sound(_findings(settings, files), strict, console)
        with steps.step("taught, loaded and spoken once") as step:
            prepared = ready.result() if ready else prepare(settings, files)
            step.parts.update(prepared["took_s"])
        tests = _tests(settings, files, names, test, prepared["is_taught"], is_live)
        if tests.told():
            console.print(tests.told(), style="yellow")
        if tests.tests:
            with steps.step("tested"):
                hold_conversations(settings, files, tests.tests, console, is_live=is_live)
        with steps.step("swapped"):
            told, is_live = _publish(settings, files, by, why)
    say_done(console, told, is_live)
    if as_json:
        conversations = {"held": len(tests.tests), "of": tests.of}
        done = {**told, "is_live": is_live, "changed": names, "conversations": conversations}
        done |= steps.as_values()
        typer.echo(json.dumps(done, ensure_ascii=False, indent=2))


def who(by: str) -> str:
    """Give who publishes: a name that was given, or the user of this machine."""
    return (by or getpass.getuser())[:100]


def reason(why: str) -> str:
    """Give why; asks a person at a terminal. Raises ConfigError for a script without --why."""
    if not why and sys.stdin.isatty():
        why = typer.prompt("Why (a few words for the history)")
    if not why.strip():
        raise ConfigError("nobody will know why.", "Say it with --why 'a few words'.")
    return why.strip()[:1000]


@contextmanager
def nothing_else_changes(console: "Console") -> Iterator[None]:
    """Say, when it fails, that callers have what they had."""
    try:
        yield
    except (ConfigError, EngineError):
        console.print("[red]Nothing has changed for callers.[/red]")
        raise


def say_done(console: "Console", told: Told, is_live: bool) -> None:
    """Say what callers have now, or when they will."""
    made = told["publication"]
    name = f"version {made['version']} (publication {made['number']}, by {made['by']})"
    if is_live:
        console.print(f"New calls have {name}.", style="green", markup=False)
    else:
        console.print(
            f"The next start serves {name}: no hotline runs here. Hotlines on other machines "
            "follow within seconds.",
            markup=False,
        )
    for line, style in ears_told(told.get("ears", [])):
        console.print(line, style=style, markup=False, soft_wrap=True)


def history(settings: Settings, limit: int) -> Told:
    """Give publications, newest first, and digests of the files that callers have."""
    return _asked_for_history(settings, limit)[0]


def _asked_for_history(settings: Settings, limit: int) -> tuple[Told, bool]:
    """The same, and whether a hotline runs here."""

    async def offline(publisher: "OfflinePublisher") -> Told:
        from ivr.dialog.snapshot import digests
        from ivr.web.flows import as_values

        made = await publisher.history(limit)
        served = digests(await publisher.files())
        return {"publications": [as_values(each) for each in made], "served": served}

    return asked(settings, "/flows/history", {"limit": limit}, offline)


def prepare(settings: Settings, files: Mapping[str, str]) -> Told:
    """Have all made ready that callers would wait for; gives `ivr.call.published.Prepared`."""

    async def offline(publisher: "OfflinePublisher") -> Told:
        return asdict(await publisher.prepare(files))

    return asked(settings, "/flows/prepare", {"files": dict(files)}, offline)[0]


def _publish(settings: Settings, files: Mapping[str, str], by: str, why: str) -> tuple[Told, bool]:
    async def offline(publisher: "OfflinePublisher") -> Told:
        from ivr.call.published import Request
        from ivr.web.flows import told_of

        return told_of(await publisher.publish(files, Request(by, why)))

    wanted = {"files": dict(files), "by": by, "why": why}
    return asked(settings, "/flows/publish", wanted, offline)


def _tests(  # noqa: PLR0913, PLR0917  # the two words of the command, and what they depend on
    settings: Settings,
    files: Mapping[str, str],
    names: Collection[str],
    wanted: bool | None,
    is_taught: bool,
    is_live: bool,
) -> Chosen:
    """Choose the conversations to hold: all where callers are understood otherwise.

    Where only words have changed, those about them, which takes a moment; none where Rasa would
    have to be started for that.
    """
    if wanted or (wanted is None and is_taught):
        return choose(settings, files, None)
    return choose(settings, files, names if wanted is None and is_live else ())


def _what_changes(told: Told, files: Mapping[str, str], console: "Console") -> list[str]:
    """Name the files that change, and say so."""
    from ivr.dialog.snapshot import changed, digests

    names = changed(told["served"], digests(files))
    if not names:
        now = told["publications"][0]["version"]
        console.print(f"Nothing to publish: callers have version {now} already.")
    elif told["served"]:
        console.print(f"Changed: {shortened(names)}", markup=False)
    return names


def _findings(settings: Settings, files: Mapping[str, str]) -> "list[Finding]":
    """Check the very files that are published; places are told as ops know them."""
    from ivr.dialog.check import check
    from ivr.dialog.compile import has_encoder
    from ivr.dialog.snapshot import unpacked
    from ivr.predict.rules import parse_rule

    def told(finding: "Finding", folder: Path) -> "Finding":
        def ours(text: str) -> str:
            return text.replace(str(folder), str(settings.flows_dir))

        place = replace(finding.place, file=Path(ours(str(finding.place.file))))
        return replace(finding, place=place, problem=ours(finding.problem))

    queues = frozenset(settings.telephony.queues)
    with unpacked(files) as folder:
        # No ears: words that they do not know are learned once this is published.
        findings = check(folder, queues, {}, parse_rule, has_encoder=has_encoder())
        return [told(finding, folder) for finding in findings]


def _require_sound(findings: "list[Finding]", strict: bool, console: "Console") -> None:
    """Print what keeps the flows from being published; raises ConfigError when something does."""
    stopping = [finding for finding in findings if finding.is_error or strict]
    for finding in stopping:
        console.print(str(finding), style="red", markup=False)
    if stopping:
        count = counted(len(stopping), "mistake")
        raise ConfigError(f"the flows have {count}.", "Mend what is told, and publish again.")
    if findings:
        told = f"{counted(len(findings), 'warning')}; `ivr flows check` tells more."
        console.print(told, style="yellow")
