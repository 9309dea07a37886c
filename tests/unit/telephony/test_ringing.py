"""Callers of one queue and the phones of its agents, with Asterisk's answers as given."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from ivr.config.telephony import AgentPhone, Queue, Telephony
from ivr.domain import CallInfo, HandOver, Language
from ivr.errors import AgentUnavailable, CallGone
from ivr.telephony.agent_calls import Stage
from ivr.telephony.ari import Ari
from ivr.telephony.ari_models import Endpoint
from ivr.telephony.channel_watch import ChannelWatch, Watches
from ivr.telephony.media_doors import MediaDoor
from ivr.telephony.ringing import AsteriskAgent, Desk, Ringing

pytestmark = pytest.mark.looptime

ASKED, URGENT = HandOver("service", "asked"), HandOver("service", "upset", is_urgent=True)
RINGS_S = 3.0


class Phones:
    """What Asterisk tells of phones that answer after `RINGS_S`, or decline."""

    access = SimpleNamespace(deadline_s=1.0)

    def __init__(self, watches: Watches, *extensions: str) -> None:
        self.watches = watches
        self.registered = set(extensions)
        self.declining: set[str] = set()
        self.busy: dict[str, str] = {}
        self.dialled: list[str] = []

    async def endpoint(self, extension: str) -> Endpoint:
        channels = (self.busy[extension],) if extension in self.busy else ()
        state = "online" if extension in self.registered else "offline"
        return Endpoint(resource=extension, state=state, channel_ids=channels)

    async def create(self, name: str, leg: str, _caller: str, _variables: object) -> None:
        self.busy[name.removeprefix("PJSIP/")] = leg
        self.watches.add(leg).started.set()

    async def subscribe(self, leg: str) -> None:
        del leg

    async def dial(self, leg: str, _caller: str, _ring_s: float) -> None:
        extension = next(each for each, held in self.busy.items() if held == leg)
        self.dialled.append(extension)
        await asyncio.sleep(RINGS_S)
        watch = self.watches.add(leg)
        if extension in self.declining:
            watch.lose(21)
        else:
            watch.answered.set()

    async def hang_up(self, leg: str) -> None:
        self.busy = {each: held for each, held in self.busy.items() if held != leg}


class House:
    """A desk, its phones, and callers who arrive."""

    def __init__(self, *extensions: str, wait_s: float = 60.0) -> None:
        watches = Watches()
        self.phones = Phones(watches, *extensions)
        agents = tuple(AgentPhone(extension=each, name=each) for each in extensions)
        telephony = Telephony(agents=agents, queues={"service": Queue(wait_s=wait_s)})
        ari, door = cast("Ari", self.phones), cast("MediaDoor", None)
        self.desk = Desk(ari, telephony, door, watches, cast("asyncio.TaskGroup", None))
        self.callers: list[ChannelWatch] = []

    async def asks(self, hand_over: HandOver = ASKED) -> AsteriskAgent:
        call_id = str(len(self.callers) + 1)
        caller = ChannelWatch(call_id)
        self.callers.append(caller)
        info = CallInfo(call_id, "", "", "95000", Language.ZH, datetime(2026, 1, 5, tzinfo=UTC))
        ringing = Ringing(info, caller, self.desk)
        return await ringing.first_who_answers(hand_over, _connected)

    def stages(self, extension: str) -> list[Stage]:
        return [call.stage for call in self.desk.agent_calls.of(extension)]

    def waiting(self) -> list[str]:
        return [each.info.call_id for each in self.desk.agent_calls.waiting(["service"])]

    async def ends(self, agent: AsteriskAgent) -> None:
        await self.phones.hang_up(agent.leg)
        self.desk.line.look_again()


async def _connected(leg: str) -> None:
    """Put every agent through."""
    del leg


async def test_two_callers_do_not_ring_one_phone() -> None:
    house = House("6001", "6002")

    first, second = await asyncio.gather(house.asks(), house.asks())

    assert {first.extension, second.extension} == {"6001", "6002"}


async def test_a_caller_waits_for_an_agent_who_is_in_a_call() -> None:
    house = House("6001")
    talking = await house.asks()

    async with asyncio.TaskGroup() as tasks:
        waits = tasks.create_task(house.asks())
        await asyncio.sleep(20)
        assert not waits.done()
        await house.ends(talking)

    assert waits.result().extension == "6001"
    assert house.phones.dialled == ["6001", "6001"]


async def test_an_urgent_caller_is_put_through_before_one_who_waits_longer() -> None:
    house = House("6001")
    talking = await house.asks()

    async with asyncio.TaskGroup() as tasks:
        ordinary = tasks.create_task(house.asks())
        await asyncio.sleep(5)
        urgent = tasks.create_task(house.asks(URGENT))
        await asyncio.sleep(5)
        await house.ends(talking)
        agent = await urgent
        assert not ordinary.done()
        await house.ends(agent)

    assert ordinary.result().extension == "6001"


async def test_who_waited_long_enough_is_back_with_us() -> None:
    house = House("6001", wait_s=10.0)
    await house.asks()

    with pytest.raises(AgentUnavailable) as refused:
        await house.asks(URGENT)

    assert refused.value.reason == "busy"
    assert house.desk.line.waiting == 0


async def test_who_was_declined_by_everybody_does_not_wait() -> None:
    house = House("6001", "6002")
    house.phones.declining = {"6001", "6002"}

    with pytest.raises(AgentUnavailable) as refused:
        await house.asks()

    assert refused.value.reason == "declined"
    assert sorted(house.phones.dialled) == ["6001", "6002"]


async def test_an_agent_who_logs_in_meanwhile_takes_the_waiting_caller() -> None:
    house = House("6001", "6002")
    house.phones.registered = {"6001"}
    await house.asks()

    async with asyncio.TaskGroup() as tasks:
        waits = tasks.create_task(house.asks())
        await asyncio.sleep(5)
        house.phones.registered = {"6001", "6002"}

    assert waits.result().extension == "6002"


async def test_a_caller_who_leaves_holds_nobody_up() -> None:
    house = House("6001")
    talking = await house.asks()

    async with asyncio.TaskGroup() as tasks:
        leaves = tasks.create_task(house.asks(URGENT))
        stays = tasks.create_task(house.asks())
        await asyncio.sleep(5)
        leaves.cancel()
        await house.ends(talking)

    assert stays.result().extension == "6001"


async def test_an_agents_screen_shows_the_call_from_the_first_ring_to_the_answer() -> None:
    house = House("6001")
    calls = house.desk.agent_calls

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(house.asks(URGENT))
        await asyncio.sleep(RINGS_S / 2)
        (ringing,) = calls.of("6001")
        assert (ringing.stage, ringing.told, ringing.info.call_id) == (Stage.RINGING, URGENT, "1")

    assert [call.stage for call in calls.of("6001")] == [Stage.TALKING]


async def test_the_screen_of_an_agent_who_declined_says_that_the_call_was_missed() -> None:
    house = House("6001", "6002")
    house.phones.declining = {"6001"}

    await house.asks()

    stages = {
        each: [call.stage for call in house.desk.agent_calls.of(each)]
        for each in house.desk.rung_at
    }
    assert stages == {"6001": [Stage.MISSED], "6002": [Stage.TALKING]}


async def test_the_screen_tells_that_the_caller_hung_up_while_it_rang() -> None:
    house = House("6001")

    async with asyncio.TaskGroup() as tasks:
        asks = tasks.create_task(_gives_up(house))
        await asyncio.sleep(RINGS_S / 2)
        house.callers[0].lose()
        await asks

    assert house.stages("6001") == [Stage.CALLER_LEFT]


async def test_a_session_that_ends_with_its_caller_is_not_blamed_on_the_agent() -> None:
    house = House("6001")

    async with asyncio.TaskGroup() as tasks:
        asks = tasks.create_task(house.asks())
        await asyncio.sleep(RINGS_S / 2)
        house.callers[0].lose()
        asks.cancel()

    assert house.stages("6001") == [Stage.CALLER_LEFT]


async def test_a_call_that_the_hotline_takes_back_is_not_blamed_on_the_agent() -> None:
    house = House("6001", wait_s=RINGS_S / 2)

    with pytest.raises(AgentUnavailable):
        await house.asks()

    assert house.stages("6001") == [Stage.WITHDRAWN]


async def _gives_up(house: House) -> None:
    with pytest.raises(CallGone):
        await house.asks()


# --- who waits


async def test_the_screen_shows_who_waits_until_a_phone_rings_for_them() -> None:
    house = House("6001")
    talking = await house.asks()
    assert house.waiting() == []

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(house.asks())
        tasks.create_task(house.asks(URGENT))
        await asyncio.sleep(5)
        assert house.waiting() == ["3", "2"]
        await house.ends(talking)
        await asyncio.sleep(RINGS_S / 2)
        assert house.waiting() == ["2"]
        await asyncio.sleep(RINGS_S)
        await house.phones.hang_up(house.phones.busy["6001"])

    assert house.waiting() == []


async def test_who_leaves_or_waited_long_enough_is_not_shown_as_waiting() -> None:
    house = House("6001", wait_s=10.0)
    await house.asks()

    async with asyncio.TaskGroup() as tasks:
        leaves = tasks.create_task(house.asks())
        await asyncio.sleep(1)
        leaves.cancel()
    assert house.waiting() == []

    with pytest.raises(AgentUnavailable):
        await house.asks()
    assert house.waiting() == []
