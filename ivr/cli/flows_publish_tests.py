"""The conversations beside the flows, held with what is about to be published.

Where the hotline runs, its Rasa has the model loaded by now and understands all texts of the
conversations at once; they are then rehearsed here, without a Rasa that would take ten seconds
to start and half a gigabyte beside the one that serves callers.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ivr.config import Settings
from ivr.errors import ConfigError, Place

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.dialog.conversations import ConversationTest
    from ivr.dialog.conversations_run import Held

_NICE: Final = 10
"""Calls on this machine come first."""


def hold_conversations(
    settings: Settings, files: Mapping[str, str], console: "Console", *, is_live: bool
) -> int:
    """Hold all conversations; gives how many there were. `is_live`: the hotline has the model.

    Raises ConfigError when one goes otherwise, after showing it; EngineError without Rasa.
    """
    from ivr.cli.conversations_shown import show_failure
    from ivr.dialog.conversations import load_conversations
    from ivr.dialog.snapshot import unpacked

    with unpacked(files) as folder:
        tests = [_ours(test, folder, settings) for test in load_conversations(folder)]
        if not tests:
            return 0
        os.nice(_NICE)
        hold = _rehearse if is_live else _hold
        held = asyncio.run(hold(settings, folder, tests))
    failed = [each for each in held if not each.passed]
    for each in failed:
        show_failure(console, each)
    if failed:
        problem = f"{len(failed)} of {len(held)} conversations go otherwise."
        raise ConfigError(problem, "Mend the flows or the tests; --no-test publishes all the same.")
    return len(held)


async def _rehearse(
    settings: Settings, folder: Path, tests: "list[ConversationTest]"
) -> "list[Held]":
    from ivr.dialog.compile import training_version
    from ivr.dialog.conversations_run import TEST_DAY, hold_all, texts_of
    from ivr.dialog.flows import load_flows
    from ivr.dialog.rehearsal import rehearsing, understood_by

    flows = load_flows(folder)
    model = training_version(flows)
    understood = await understood_by(settings.dialog.rasa_url, model, texts_of(tests))
    async with rehearsing(flows, understood, lambda: TEST_DAY) as trial:
        return await hold_all(trial, tests)


async def _hold(settings: Settings, folder: Path, tests: "list[ConversationTest]") -> "list[Held]":
    from ivr.dialog.conversations_run import TEST_DAY, hold_all
    from ivr.dialog.flows import load_flows
    from ivr.dialog.trial import on_trial

    async with on_trial(load_flows(folder), settings.state_dir, lambda: TEST_DAY) as trial:
        return await hold_all(trial, tests)


def _ours(test: "ConversationTest", folder: Path, settings: Settings) -> "ConversationTest":
    """A test with its place as ops know it."""
    file = settings.flows_dir / test.place.file.relative_to(folder)
    return replace(test, place=Place(file, test.place.line, test.place.column))
