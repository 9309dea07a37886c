"""Publishing reaches new calls whole, or changes nothing and says why."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.call.ear_state import EarState, Step
from ivr.call.offers import make_opener
from ivr.call.published import PublishingFailed, Request
from ivr.call.publishing import Publisher, Readers, first_to_serve
from ivr.call.publishing_offline import OfflinePublisher
from ivr.config import Settings
from ivr.dialog.snapshot import read_folder
from ivr.domain import Language
from ivr.errors import ConfigError
from ivr.sim.store import MemoryStore
from ivr.store import PublicationKind
from tests.unit.call.publisher_here import Here, edited, few_flows, publisher_here

WANG = Request("wang", "clearer wording")
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    settings = Settings(state_dir=tmp_path / "var", flows_dir=few_flows(tmp_path / "flows"))
    async with publisher_here(settings) as here:
        yield here


async def test_the_first_start_publishes_the_working_folder(here: Here) -> None:
    (made,) = await here.library.publications()

    assert (made.kind, made.by) == (PublicationKind.FIRST, "hotline")
    assert await here.version_of_next_call() == made.version


async def test_a_later_start_serves_what_was_published_and_not_the_folder(here: Here) -> None:
    done = await here.publisher.publish(edited(here.settings, "Welcome."), WANG)

    publication, version = await first_to_serve(here.library, here.settings)

    assert publication == done.publication
    assert version.flows.hotline.wording.greeting.en == "Welcome."


async def test_new_calls_get_what_was_published(here: Here) -> None:
    done = await here.publisher.publish(edited(here.settings, "Welcome."), WANG)

    assert await here.version_of_next_call() == done.publication.version
    assert (done.publication.by, done.publication.why) == ("wang", "clearer wording")


async def test_new_sentences_are_spoken_before_anybody_can_hear_them(here: Here) -> None:
    await here.publisher.prepare(edited(here.settings, "Welcome."))

    assert "Welcome." in here.voice.rendered
    assert await here.version_of_next_call() == here.publisher.serving.version


async def test_new_calls_are_heard_as_the_published_version_needs(here: Here) -> None:
    here.hearers.states = (EarState(Language.EN, Step.LEARNING, ("klarna",), BEGAN, 14.0),)

    done = await here.publisher.publish(edited(here.settings, "Welcome."), WANG)

    assert here.hearers.serving == done.publication.version
    assert done.ears == here.hearers.states


async def test_what_cannot_be_heard_changes_nothing_and_says_why(here: Here) -> None:
    before, heard = await here.version_of_next_call(), here.hearers.serving
    here.hearers.problem = "'XX' is no sound of this ear."

    with pytest.raises(PublishingFailed, match="is no sound"):
        await here.publisher.publish(edited(here.settings, "Welcome."), WANG)

    assert await here.version_of_next_call() == before
    assert here.hearers.serving == heard


async def test_what_rasa_refuses_changes_nothing_and_says_why(here: Here) -> None:
    before = await here.version_of_next_call()
    here.broken.append("Welcome")

    with pytest.raises(PublishingFailed, match="training failed"):
        await here.publisher.publish(edited(here.settings, "Welcome."), WANG)

    assert await here.version_of_next_call() == before
    assert len(await here.library.publications()) == 1


async def test_a_half_written_file_changes_nothing_and_is_named(here: Here) -> None:
    before = await here.version_of_next_call()
    files = dict(read_folder(here.settings.flows_dir))
    files["refund.yaml"] = files["refund.yaml"][: len(files["refund.yaml"]) // 2]

    with pytest.raises(PublishingFailed, match=r"refund\.yaml"):
        await here.publisher.publish(files, WANG)

    assert await here.version_of_next_call() == before


async def test_a_rule_that_makes_no_sense_is_found_before_the_swap(here: Here) -> None:
    files = dict(read_folder(here.settings.flows_dir))
    files["opening_hours.yaml"] += "\noffer_when: [payment failed within 3 moons]\n"

    with pytest.raises(PublishingFailed, match="3 moons"):
        await here.publisher.publish(files, WANG)


async def test_taking_back_serves_the_version_before(here: Here) -> None:
    before = here.publisher.serving.version
    await here.publisher.publish(edited(here.settings, "Welcome."), WANG)

    done = await here.publisher.roll_back("", Request("li", "figures fell"))

    assert await here.version_of_next_call() == before == done.publication.version
    kinds = [each.kind for each in await here.library.publications()]
    assert kinds == [
        PublicationKind.ROLLED_BACK,
        PublicationKind.PUBLISHED,
        PublicationKind.FIRST,
    ]


async def test_the_version_before_stays_ready_and_older_ones_go(here: Here) -> None:
    first = here.publisher.serving.version
    second = await here.publisher.publish(edited(here.settings, "Welcome."), WANG)
    assert set(here.dialog.calls) == {first, second.publication.version}

    third = await here.publisher.publish(edited(here.settings, "Good day."), WANG)

    assert set(here.dialog.calls) == {second.publication.version, third.publication.version}


async def test_what_another_machine_published_is_followed(here: Here) -> None:
    elsewhere = OfflineStand(here)
    version = await elsewhere.publish(edited(here.settings, "Welcome."))

    await here.publisher.look()

    assert await here.version_of_next_call() == version


async def test_what_cannot_be_followed_is_refused_and_tried_no_more(here: Here) -> None:
    before = await here.version_of_next_call()
    here.broken.append("Welcome")
    await OfflineStand(here).publish(edited(here.settings, "Welcome."))

    with pytest.raises(PublishingFailed):
        await here.publisher.look()
    await here.publisher.look()

    assert (await here.library.publications())[0].refused
    assert await here.version_of_next_call() == before


async def test_offers_follow_the_version(here: Here) -> None:
    serving = await first_to_serve(here.library, here.settings)
    opener = make_opener(here.settings, serving[1].flows, MemoryStore(), serving[1].name)
    readers = Readers(here.dialog, here.voice, opener, here.hearers)
    publisher = Publisher(here.library, here.settings, readers, serving)
    files = dict(read_folder(here.settings.flows_dir))
    for name in ("hotline.yaml", "opening_hours.yaml"):
        files[name] = files[name].replace("opening_hours", "office_hours")
    files["office_hours.yaml"] = files.pop("opening_hours.yaml")

    done = await publisher.publish(files, WANG)

    assert opener.flows_version == done.publication.version
    assert "office_hours" in opener.permissions
    assert "opening_hours" not in opener.permissions


async def test_published_flows_that_cannot_be_read_say_what_to_do(here: Here) -> None:
    await here.library.keep_flows("old", {"refund.yaml": "id: refund"})
    await here.library.publish("old", PublicationKind.PUBLISHED, "wang", "")

    with pytest.raises(ConfigError, match=r"refund\.yaml"):
        await first_to_serve(here.library, here.settings)


async def test_without_a_hotline_an_earlier_version_is_entered_for_the_next_start(
    here: Here,
) -> None:
    before = here.publisher.serving.version
    await here.publisher.publish(edited(here.settings, "Welcome."), WANG)

    await OfflinePublisher(here.library, here.settings).roll_back("", WANG)

    _, version = await first_to_serve(here.library, here.settings)
    assert version.name == before


@dataclass
class OfflineStand:
    """Another machine with the same store."""

    here: Here

    async def publish(self, files: Mapping[str, str]) -> str:
        await self.here.library.keep_flows("elsewhere", files)
        kind = PublicationKind.PUBLISHED
        return (await self.here.library.publish("elsewhere", kind, "li", "")).version
