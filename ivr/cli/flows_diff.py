"""`ivr flows diff`: what changes for callers from one version of the flows to another."""

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import IvrError

if TYPE_CHECKING:
    from ivr.dialog.conversations import ConversationTest
    from ivr.dialog.flows import FlowSet
    from ivr.dialog.transcripts import Transcript
    from ivr.dialog.ways import Ways


def diff(  # noqa: PLR0913, PLR0917  # each is an option of the command
    before: Annotated[
        str, typer.Argument(help="A folder or a version; left out: what callers have.")
    ] = "",
    after: Annotated[
        str, typer.Argument(help="A folder or a version; left out: the folder of the flows.")
    ] = "",
    only_files: Annotated[
        bool, typer.Option("--only-files", help="Compare the files alone; takes no second.")
    ] = False,
    calls: Annotated[
        int, typer.Option(min=0, help="Look at so many kept calls, newest first.")
    ] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Annotated[Path, typer.Option("--config", help="The settings file.")] = DEFAULT_FILE,
) -> None:
    """Say what changes for callers: sentences, rules, and what is understood otherwise."""
    from rich.console import Console

    from ivr import log
    from ivr.cli.differences_shown import as_values, show
    from ivr.cli.flow_versions import folder_of, version_of
    from ivr.dialog.differences import differences

    settings = load_settings(config)
    log.configure("ERROR")
    console = Console(highlight=False, stderr=as_json)
    with ExitStack() as stack:
        old = stack.enter_context(version_of(settings, before))
        newer = version_of(settings, after) if after else folder_of(settings.flows_dir)
        new = stack.enter_context(newer)
        found = differences(old.flows, new.flows)
        ways, problem = None, ""
        if not only_files and old.flows.version != new.flows.version:
            with console.status("Teaching both versions, and holding conversations with them …"):
                tests = _tests(old.folder, new.folder)
                ways, problem = asyncio.run(_ways(settings, old.flows, new.flows, tests, calls))
        if as_json:
            told = as_values(old.name, new.name, found, ways, problem)
            typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            show(console, old.name, new.name, found, ways, problem)


def _tests(old: Path, new: Path) -> "list[ConversationTest]":
    """The conversation tests of both, those of the newer version where they have one name."""
    from ivr.dialog.conversations import load_conversations

    named = {test.name: test for folder in (old, new) for test in load_conversations(folder)}
    return list(named.values())


async def _ways(
    settings: Settings,
    old: "FlowSet",
    new: "FlowSet",
    tests: "list[ConversationTest]",
    calls: int,
) -> "tuple[Ways, str]":
    """What goes another way, and why kept calls could not be looked at."""
    from ivr.dialog.conversations_run import TEST_DAY
    from ivr.dialog.ways import ways

    try:
        transcripts, problem = await _transcripts(settings, calls), ""
    except IvrError as error:  # the files can be compared all the same
        transcripts, problem = [], str(error)
    return await ways(old, new, tests, transcripts, lambda: TEST_DAY), problem


async def _transcripts(settings: Settings, calls: int) -> "list[Transcript]":
    """The words of kept calls, newest first; none where no calls are kept yet.

    Raises ConfigError and EngineError where they cannot be read.
    """
    from ivr.dialog.transcripts import transcript
    from ivr.domain import Speaker
    from ivr.store import CallFilter
    from ivr.store.sql import open_store

    found = []
    if not calls or not _was_ever_kept(settings):
        return []
    async with open_store(settings.store, may_upgrade=False) as store:
        for call in await store.calls(CallFilter(limit=calls)):
            turns = await store.turns(call.call_id)
            said = [(turn.number, turn.text) for turn in turns if turn.speaker is Speaker.CALLER]
            language = turns[0].language if turns else call.language
            opening = call.opening.opening if call.opening else None
            is_known = bool(call.caller_key)
            found.append(transcript(call.call_id, language, said, opening, is_known=is_known))
    return [each for each in found if each is not None]


def _was_ever_kept(settings: Settings) -> bool:
    """Whether there is a database; looking for calls in none would make one."""
    from ivr.store.database import file_of

    file = file_of(settings.store)
    return file is None or file.exists()
