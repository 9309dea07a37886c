"""A call ends on the version it began with; a version goes when its last call has ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from ivr.dialog import Dialog
from ivr.dialog.version import Version
from ivr.dialog.versions import VersionedDialog
from ivr.domain import Keys, Opening, OpeningKind
from ivr.errors import EngineRejected, EngineUnavailable
from ivr.sim.dialog import ScriptedDialog
from tests.contract.dialog_promise import a_call
from tests.unit.dialog.talk import starter_flows


@dataclass
class Minds:
    """Makes scripted minds and keeps a list of those that are there."""

    alive: list[str] = field(default_factory=list[str])
    broken: set[str] = field(default_factory=set[str])

    @asynccontextmanager
    async def of(self, version: Version) -> AsyncIterator[Dialog]:
        self.alive.append(version.name)
        try:
            if version.name in self.broken:
                raise EngineUnavailable("dialog", "training failed")
            yield ScriptedDialog()
        finally:
            self.alive.remove(version.name)


A, B = (Version(name, starter_flows()) for name in "ab")


@pytest.fixture
def minds() -> Minds:
    return Minds()


@pytest.fixture
async def dialog(minds: Minds) -> VersionedDialog:
    dialog = VersionedDialog(minds.of)
    await dialog.prepare(A)
    dialog.serve("a")
    return dialog


async def test_a_call_ends_on_the_version_it_began_with(dialog: VersionedDialog) -> None:
    await dialog.open(a_call("old"), Opening())
    await dialog.prepare(B)
    dialog.serve("b")
    await dialog.tidy()

    old = await dialog.reply("old", 1, Keys("1"))
    new = await dialog.open(a_call("new"), Opening())

    assert (old.flows_version, new.flows_version) == ("a", "b")


async def test_a_version_goes_with_its_last_call(dialog: VersionedDialog, minds: Minds) -> None:
    await dialog.open(a_call("one"), Opening())
    await dialog.open(a_call("two"), Opening())
    await dialog.prepare(B)
    dialog.serve("b")
    await dialog.close("one")
    assert minds.alive == ["a", "b"]

    await dialog.close("two")

    assert minds.alive == ["b"]


async def test_the_current_version_stays_without_calls(
    dialog: VersionedDialog, minds: Minds
) -> None:
    await dialog.open(a_call("one"), Opening())

    await dialog.close("one")
    await dialog.tidy()

    assert minds.alive == ["a"]


async def test_a_version_that_cannot_be_prepared_changes_nothing(
    dialog: VersionedDialog, minds: Minds
) -> None:
    minds.broken = {"b"}

    with pytest.raises(EngineUnavailable):
        await dialog.prepare(B)

    assert minds.alive == ["a"]
    assert (await dialog.open(a_call("next"), Opening())).flows_version == "a"


async def test_a_guess_about_a_question_that_is_gone_is_not_offered(
    dialog: VersionedDialog,
) -> None:
    reply = await dialog.open(a_call("guessed"), Opening(OpeningKind.OFFER, ("was_removed",)))
    plain = await dialog.open(a_call("plain"), Opening())

    assert reply.prompts == plain.prompts


async def test_a_call_that_is_over_is_forgotten(dialog: VersionedDialog) -> None:
    await dialog.open(a_call("one"), Opening())
    await dialog.close("one")
    await dialog.close("one")

    with pytest.raises(EngineRejected):
        await dialog.reply("one", 1, Keys("1"))
    assert dialog.calls == {"a": 0}


async def test_at_the_end_all_versions_go(dialog: VersionedDialog, minds: Minds) -> None:
    await dialog.open(a_call("one"), Opening())
    await dialog.prepare(B)

    await dialog.aclose()

    assert minds.alive == []
    assert not await dialog.is_healthy()
