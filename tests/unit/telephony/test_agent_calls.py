"""What agents see of their phones and queues."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.config.telephony import AgentPhone
from ivr.domain import CallInfo, HandOver, Language
from ivr.telephony.agent_calls import MOST_KEPT, AgentCall, AgentCalls, Stage, Waiting

pytestmark = pytest.mark.looptime

ASKED, URGENT = HandOver("service", "asked"), HandOver("service", "upset", is_urgent=True)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
AGENT, OTHER = (AgentPhone(extension=each, name=each) for each in ("6001", "6002"))


def info(call_id: str) -> CallInfo:
    return CallInfo(call_id, "", "", "95000", Language.ZH, NOON)


def of_before(call_id: str) -> AgentCall:
    return AgentCall(info(call_id), HandOver("", ""), Stage.ENDED, NOON)


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

    first, second = calls.of("6001")
    assert (first.stage, second.stage) == (Stage.TALKING, Stage.MISSED)
    assert first.since == NOON
    assert first.number != second.number


def test_a_change_touches_the_version_of_one_call_only() -> None:
    calls = AgentCalls()
    calls.rings("6001", info("1"), ASKED)
    calls.rings("6001", info("2"), ASKED)
    known = calls.version(AGENT)

    calls.moved("6001", "1", Stage.MISSED)

    changed = [call.info.call_id for call in calls.of("6001") if call.version > known]
    assert changed == ["1"]


def test_news_of_a_call_that_is_not_shown_any_more_changes_nothing() -> None:
    calls = AgentCalls()
    calls.rings("6001", info("1"), ASKED)
    before = calls.version(AGENT)

    calls.moved("6001", "2", Stage.ENDED)
    calls.moved("6002", "1", Stage.ENDED)

    assert calls.version(AGENT) == before
    assert calls.of("6002") == ()


async def test_who_waits_for_a_change_sleeps_through_those_of_other_phones() -> None:
    calls = AgentCalls()
    known = calls.version(AGENT)
    async with asyncio.TaskGroup() as tasks:
        waits = tasks.create_task(calls.changed(AGENT, known))
        await asyncio.sleep(1)
        calls.rings("6002", info("1"), ASKED)
        await asyncio.sleep(1)
        assert not waits.done()

        calls.rings("6001", info("2"), ASKED)

    assert calls.version(AGENT) > known


def test_a_version_of_an_earlier_run_is_not_known() -> None:
    earlier = AgentCalls(lambda: NOON)
    earlier.rings("6001", info("1"), ASKED)

    later = AgentCalls(lambda: NOON + timedelta(minutes=1))

    assert later.knows(later.version(AGENT))
    assert not later.knows(earlier.version(AGENT))
    assert not later.knows(later.version(AGENT) + 1)


# --- who waits


def test_who_waits_stands_in_the_order_of_being_served() -> None:
    calls = AgentCalls()

    calls.waits(Waiting(info("1"), ASKED, 10.0))
    calls.waits(Waiting(info("2"), URGENT, 20.0))
    calls.waits(Waiting(info("3"), replace(ASKED, queue="sales"), 5.0))
    calls.waits(Waiting(info("4"), ASKED, 7.0))

    assert [each.info.call_id for each in calls.waiting(["service"])] == ["2", "4", "1"]


def test_agents_learn_of_who_waits_in_their_own_queues_only() -> None:
    calls = AgentCalls()
    in_sales = AgentPhone(extension="6003", name="Sales", queues=("sales",))
    known, known_in_sales = calls.version(AGENT), calls.version(in_sales)

    calls.waits(Waiting(info("1"), ASKED, 0.0))

    assert calls.version(AGENT) == calls.version(OTHER) > known
    assert calls.version(in_sales) == known_in_sales
    assert calls.waiting(in_sales.queues) == []


def test_saying_again_that_somebody_waits_or_does_not_is_no_news() -> None:
    calls = AgentCalls()
    calls.waits(Waiting(info("1"), ASKED, 0.0))
    known = calls.version(AGENT)

    calls.waits(Waiting(info("1"), ASKED, 3.0))
    assert calls.version(AGENT) == known

    calls.waits_no_longer("1")
    gone = calls.version(AGENT)
    calls.waits_no_longer("1")
    assert calls.version(AGENT) == gone > known


# --- after a restart


def test_calls_of_before_the_restart_stand_behind_those_of_now() -> None:
    calls = AgentCalls()
    calls.rings("6001", info("9"), ASKED)

    calls.restore("6001", [of_before(each) for each in ("9", "8", "7", "6", "5", "4")])

    assert [call.info.call_id for call in calls.of("6001")] == ["9", "8", "7", "6", "5"]
    assert calls.of("6001")[0].stage is Stage.RINGING
    assert len({call.number for call in calls.of("6001")}) == MOST_KEPT


def test_calls_are_restored_once() -> None:
    calls = AgentCalls()
    calls.restore("6001", [of_before("1")])

    calls.restore("6001", [of_before("2")])

    assert [call.info.call_id for call in calls.of("6001")] == ["1"]
    assert not calls.is_restored("6002")
