"""Real Rasa: flows are published while callers talk, and nobody notices but the next one."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.call.offers import make_opener
from ivr.call.published import PublishingFailed, Request
from ivr.call.publishing import Publisher, Readers, first_to_serve
from ivr.dialog.make import running_dialog
from ivr.dialog.snapshot import read_folder
from ivr.dialog.versions import VersionedDialog
from ivr.domain import Opening
from ivr.errors import EngineError
from ivr.sim.lab import lab_settings
from ivr.sim.library import MemoryLibrary
from ivr.sim.store import MemoryStore
from tests.contract.dialog_promise import a_call, words
from tests.integration.lender import key_of
from tests.needs import ROOT, path
from tests.unit.call.publisher_here import Hearers

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

CALLERS = 6
WANG = Request("wang", "try it")
ASKED = "what are your opening hours"
TAUGHT = f"may i drop by with umbrella {os.getpid()}"
"""Never said before, so that Rasa has to be trained."""


class NoVoice:
    async def render_ahead(self, *_: object) -> int:
        return 0


@dataclass
class Here:
    publisher: Publisher
    dialog: VersionedDialog
    files: Mapping[str, str]

    def edited(self, file: str, old: str, new: str) -> Mapping[str, str]:
        assert old in self.files[file]
        return {**self.files, file: self.files[file].replace(old, new, 1)}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    environment = path(".venv-rasa")
    lab = lab_settings(tmp_path / "var")
    patient = lab.dialog.model_copy(update={"deadline_s": 10.0})  # a busy machine drops no turn
    settings = lab.model_copy(update={"flows_dir": ROOT / "flows", "dialog": patient})
    library = MemoryLibrary()
    serving = await first_to_serve(library, settings)
    async with running_dialog(settings, key_of, serving[1], environment) as dialog:
        opener = make_opener(settings, serving[1].flows, MemoryStore(), serving[1].name)
        hearers = Hearers()
        await hearers.prepare(serving[1])
        hearers.serve(serving[1].name)
        readers = Readers(dialog, NoVoice(), opener, hearers)
        publisher = Publisher(library, settings, readers, serving)
        yield Here(publisher, dialog, read_folder(settings.flows_dir))


@dataclass
class Talk:
    """Callers who ask the same again and again, call after call, until it is over."""

    dialog: VersionedDialog
    over: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[str] = field(default_factory=list[str])
    answers: Counter[str] = field(default_factory=Counter[str])
    strayed: int = 0
    """Turns that were answered by another version than the call's greeting."""
    took_s: list[float] = field(default_factory=list[float])
    """Seconds of every turn."""

    async def hold(self, caller: int) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            call = a_call(f"load-{caller}-{number}")
            try:
                began = await self.dialog.open(call, Opening())
                for turn in range(1, 4):
                    asked = time.monotonic()
                    reply = await self.dialog.reply(call.call_id, turn, words(ASKED))
                    self.took_s.append(time.monotonic() - asked)
                    self.strayed += reply.flows_version != began.flows_version
                    self.answers[reply.intent] += 1
                    await asyncio.sleep(0.2)  # callers think
            except EngineError as error:
                self.failures.append(str(error))
            await self.dialog.close(call.call_id)


async def said(dialog: VersionedDialog, call_id: str, turn: int, text: str = ASKED) -> str:
    reply = await dialog.reply(call_id, turn, words(text))
    return " ".join(prompt.text for prompt in reply.prompts)


async def test_flows_are_swapped_under_load_and_no_turn_is_dropped(here: Here) -> None:
    publisher, dialog, talk = here.publisher, here.dialog, Talk(here.dialog)
    first = publisher.serving.version
    reworded = here.edited("opening_hours.yaml", "I am here all day.", "Day and night I am here.")
    more = f"- {ASKED}\n    - {TAUGHT}"
    taught = here.edited("opening_hours.yaml", f"- {ASKED}", more)

    async with asyncio.TaskGroup() as callers:
        for caller in range(CALLERS):
            callers.create_task(talk.hold(caller))
        await dialog.open(a_call("old"), Opening())
        old_words = await said(dialog, "old", 1)

        with_words = (await publisher.publish(reworded, WANG)).publication
        await dialog.open(a_call("reworded"), Opening())
        new_words = await said(dialog, "reworded", 1)
        old_words_again = await said(dialog, "old", 2)

        with_examples = (await publisher.publish(taught, WANG)).publication
        await dialog.open(a_call("taught"), Opening())
        understood = await dialog.reply("taught", 1, words(TAUGHT))

        with pytest.raises(PublishingFailed, match=r"refund\.yaml"):
            await publisher.publish({**here.files, "refund.yaml": "id: refu"}, WANG)
        after_a_failure = publisher.serving

        back = (await publisher.roll_back("1", WANG)).publication
        old_words_at_last = await said(dialog, "old", 3)
        talk.over.set()

    assert talk.failures == []
    assert talk.strayed == 0
    assert set(talk.answers) == {"opening_hours"}
    for told in (old_words, old_words_again, old_words_at_last):
        assert "I am here all day." in told
    assert "Day and night I am here." in new_words
    assert (understood.intent, understood.flows_version) == ("opening_hours", with_examples.version)
    assert after_a_failure == with_examples
    assert back.version == first
    assert len({first, with_words.version, with_examples.version}) == 3
