"""One promise of published flows, three makers: in the process, SQLite, PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from ivr.errors import EngineRejected
from ivr.sim.library import MemoryLibrary
from ivr.store import FlowLibrary, PublicationKind
from ivr.store.library import SqlLibrary
from tests.contract.conftest import OpenSql

FILES = {"refund.yaml": "id: refund\n", "tests/refund.yaml": "冒号: 是\n"}
PUBLISHED, ROLLED_BACK = PublicationKind.PUBLISHED, PublicationKind.ROLLED_BACK


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def library(request: pytest.FixtureRequest, sql: OpenSql) -> AsyncIterator[FlowLibrary]:
    if request.param == "memory":
        yield MemoryLibrary()
        return
    async with sql(request.param) as store:
        yield SqlLibrary(store.database)


async def test_the_files_of_a_version_come_back_as_they_were(library: FlowLibrary) -> None:
    await library.keep_flows("v1", FILES)

    assert await library.flow_files("v1") == FILES
    assert await library.flow_files("v2") is None


async def test_a_version_that_is_known_stays_as_it_is(library: FlowLibrary) -> None:
    await library.keep_flows("v1", FILES)

    await library.keep_flows("v1", {"refund.yaml": "id: other\n"})

    assert await library.flow_files("v1") == FILES


async def test_a_publication_says_who_and_why_and_when(library: FlowLibrary) -> None:
    await library.keep_flows("v1", FILES)

    made = await library.publish("v1", PUBLISHED, "wang", "clearer refund wording")

    assert (made.version, made.by, made.why) == ("v1", "wang", "clearer refund wording")
    assert made.at.tzinfo is not None
    assert await library.publications() == [made]


async def test_only_versions_whose_files_are_kept_can_be_published(library: FlowLibrary) -> None:
    with pytest.raises(EngineRejected):
        await library.publish("never-kept", PUBLISHED, "wang", "")


async def test_the_newest_publication_is_served(library: FlowLibrary) -> None:
    for version in ("v1", "v2"):
        await library.keep_flows(version, FILES)
    assert await library.to_serve() is None

    await library.publish("v1", PUBLISHED, "wang", "")
    await library.publish("v2", PUBLISHED, "li", "")
    back = await library.publish("v1", ROLLED_BACK, "wang", "figures fell")

    assert await library.to_serve() == back
    assert [each.version for each in await library.publications()] == ["v1", "v2", "v1"]
    assert [each.version for each in await library.publications(limit=1)] == ["v1"]


async def test_a_refused_publication_is_not_served_and_says_why(library: FlowLibrary) -> None:
    await library.keep_flows("v1", FILES)
    good = await library.publish("v1", PUBLISHED, "wang", "")
    bad = await library.publish("v1", PUBLISHED, "li", "")

    await library.refuse(bad.number, "training failed")

    assert await library.to_serve() == good
    assert (await library.publications())[0].refused == "training failed"
