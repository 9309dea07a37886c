"""What the agents' page shows of their phones."""

import asyncio
from datetime import UTC, datetime

import pytest

from ivr.domain import CallInfo, HandOver, Language
from ivr.telephony.agent_calls import MOST_KEPT, AgentCalls, Stage

pytestmark = pytest.mark.looptime

ASKED = HandOver("service", "asked")
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def info(call_id: str) -> CallInfo:
    return CallInfo(call_id, "", "", "95000", Language.ZH, NOON)


def test_the_newest_call_stands_first_and_old_ones_are_forgotten() -> None:
    calls = AgentCalls()

    for number in range(MOST_KEPT + 2):
        calls.rings("6001", info(str(number)), ASKED)

    assert [call.info.call_id for call in calls.of("6001")] == ["6", "5", "4", "3", "2"]
    assert calls.of("6002") == ()


def test_a_call_that_rings_a_phone_twice_goes_on_at_its_newest_place() -> None:
    calls = AgentCalls(lambda: NOON)
    calls.rings("6001", info("1"), ASKED)
    calls.moved("6001", "1", Stage.MISSED)
    calls.rings("6001", info("1"), ASKED)

    calls.moved("6001", "1", Stage.TALKING)

    assert [call.stage for call in calls.of("6001")] == [Stage.TALKING, Stage.MISSED]
    assert calls.of("6001")[0].since == NOON


def test_news_of_a_call_that_is_not_shown_any_more_changes_nothing() -> None:
    calls = AgentCalls()
    calls.rings("6001", info("1"), ASKED)
    before = calls.version("6001")

    calls.moved("6001", "2", Stage.ENDED)
    calls.moved("6002", "1", Stage.ENDED)

    assert calls.version("6001") == before
    assert calls.of("6002") == ()


async def test_who_waits_for_a_change_sleeps_through_those_of_other_phones() -> None:
    calls = AgentCalls()
    async with asyncio.TaskGroup() as tasks:
        waits = tasks.create_task(calls.changed("6001", 0))
        await asyncio.sleep(1)
        calls.rings("6002", info("1"), ASKED)
        await asyncio.sleep(1)
        assert not waits.done()

        calls.rings("6001", info("2"), ASKED)

    assert calls.version("6001") == 1
