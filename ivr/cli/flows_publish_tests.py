"""The conversations beside the flows, held with what is about to be published.

Where the hotline runs, its Rasa has the model loaded by now and understands all texts of the
conversations at once; they are then rehearsed here, without a Rasa that would take ten seconds
to start and half a gigabyte beside the one that serves callers.
"""

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ivr.cli.counted import counted
from ivr.config import Settings
from ivr.errors import ConfigError, Place

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.dialog.conversations import ConversationTest
    from ivr.dialog.conversations_run import Held

_NICE: Final = 10
"""Calls on this machine come first."""


@dataclass(frozen=True)
class Chosen:
    """The conversations that are held, and how many there are."""

    tests: "Sequence[ConversationTest]"
    of: int

    def told(self) -> str:
        """Say plainly which are not held; empty where all are."""
        if len(self.tests) == self.of:
            return ""
        held = f"{len(self.tests)} of {counted(self.of, 'conversation')} held"
        which = ", those that name what has changed" if self.tests else ""
        return f"{held}{which}; --test holds all."


def choose(settings: Settings, files: Mapping[str, str], changed: Collection[str] | None) -> Chosen:
    """Choose all conversations, or those that concern changed files. Raises ConfigError."""
    from ivr.dialog.conversations import concerning, load_conversations
    from ivr.dialog.snapshot import unpacked

    with unpacked(files) as folder:
        tests = [_ours(test, folder, settings) for test in load_conversations(folder)]
    return Chosen(tests if changed is None else concerning(tests, changed), len(tests))


def hold_conversations(
    settings: Settings,
    files: Mapping[str, str],
    tests: "Sequence[ConversationTest]",
    console: "Console",
    *,
    is_live: bool,
) -> None:
    """Hold conversations. `is_live`: the hotline has the model.

    Raises ConfigError when one goes otherwise, after showing it; EngineError without Rasa.
    """
    from ivr.cli.conversations_shown import show_failure
    from ivr.dialog.snapshot import unpacked

    os.nice(_NICE)
    hold = _rehearse if is_live else _hold
    with unpacked(files) as folder:
        held = asyncio.run(hold(settings, folder, tests))
    failed = [each for each in held if not each.passed]
    for each in failed:
        show_failure(console, each)
    if failed:
        problem = f"{len(failed)} of {counted(len(held), 'conversation')} go otherwise."
        raise ConfigError(problem, "Mend the flows or the tests; --no-test publishes all the same.")


async def _rehearse(
    settings: Settings, folder: Path, tests: "Sequence[ConversationTest]"
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


async def _hold(
    settings: Settings, folder: Path, tests: "Sequence[ConversationTest]"
) -> "list[Held]":
    from ivr.dialog.conversations_run import TEST_DAY, hold_all
    from ivr.dialog.flows import load_flows
    from ivr.dialog.trial import on_trial

    async with on_trial(load_flows(folder), settings.state_dir, lambda: TEST_DAY) as trial:
        return await hold_all(trial, tests)


def _ours(test: "ConversationTest", folder: Path, settings: Settings) -> "ConversationTest":
    """A test with its place as ops know it."""
    file = settings.flows_dir / test.place.file.relative_to(folder)
    return replace(test, place=Place(file, test.place.line, test.place.column))
