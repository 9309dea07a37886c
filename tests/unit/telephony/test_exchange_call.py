"""One caller on Asterisk, with its answers as given: what is asked of it, and what is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from ivr import metrics
from ivr.config.telephony import AgentPhone, Telephony
from ivr.domain import CallInfo, HandOver, Language
from ivr.errors import EngineTimeout
from ivr.telephony import ari_operations as ops
from ivr.telephony.ari import Ari, Refused
from ivr.telephony.ari_models import Channel, Endpoint, StasisEnd
from ivr.telephony.channel_watch import Watches
from ivr.telephony.exchange_call import AsteriskCall
from ivr.telephony.media_doors import MediaDoor
from ivr.telephony.ringing import Desk
from ivr.telephony.scope import task_scope

pytestmark = pytest.mark.looptime

CALL = "1732170000.12"
ASKED = HandOver("service", "asked")
AGENTS = ("6001", "6002")


class Asterisk:
    """Does what it is asked at once, and remembers it; each phone answers when it is rung."""

    access = SimpleNamespace(deadline_s=1.0)

    def __init__(self, watches: Watches) -> None:
        self.watches = watches
        self.asked: list[str] = []
        self.timeouts: list[str] = []
        self.busy: dict[str, str] = {}
        self.gone_at_once: set[str] = set()
        self.late: list[str] = []
        """Timeouts that are set only after a second; each of them once."""
        self.failing: list[str] = []
        """Timeouts that cannot be set; each of them once."""

    async def endpoint(self, extension: str) -> Endpoint:
        channels = (self.busy[extension],) if extension in self.busy else ()
        return Endpoint(resource=extension, state="online", channel_ids=channels)

    async def create(self, name: str, leg: str, _caller: str, _variables: object) -> None:
        self.busy[name.removeprefix("PJSIP/")] = leg
        self.watches.add(leg).started.set()

    async def dial(self, leg: str, _caller: str, _ring_s: float) -> None:
        self.watches.add(leg).answered.set()

    async def subscribe(self, channel: str) -> None:
        del channel

    async def unsubscribe(self, channel: str) -> None:
        del channel

    async def create_bridge(self, _bridge: str) -> None:
        self.asked.append("bridge")

    async def destroy_bridge(self, _bridge: str) -> None:
        self.asked.append("no bridge")

    async def start_music(self, _bridge: str) -> None:
        self.asked.append("music")

    async def stop_music(self, _bridge: str) -> None:
        self.asked.append("no music")

    async def join(self, _bridge: str, leg: str) -> None:
        extension = next(each for each, held in self.busy.items() if held == leg)
        if extension in self.gone_at_once:
            self.watches.add(leg).lose(16)
            raise Refused(ops.ADD_CHANNEL, 400, "Bad Request")
        self.asked.append(f"join {extension}")

    async def hang_up(self, channel: str) -> None:
        self.busy = {each: held for each, held in self.busy.items() if held != channel}
        self.asked.append("hang up caller" if channel == CALL else "hang up agent")

    async def continue_in_dialplan(self, channel: str) -> None:
        self.asked.append("continue")
        leg = Channel(id=channel, name=channel, state="Up")
        self.watches.tell(StasisEnd(channel=leg))

    async def set_variable(self, _channel: str, name: str, value: str) -> None:
        assert name == "TIMEOUT(absolute)"
        if value in self.late:
            self.late.remove(value)
            await asyncio.sleep(1)
        if value in self.failing:
            self.failing.remove(value)
            raise EngineTimeout("asterisk", "no answer")
        self.timeouts.append(value)


@asynccontextmanager
async def a_call() -> AsyncIterator[tuple[AsteriskCall, Asterisk]]:
    """Have a call that is attended to, on an exchange with two agents."""
    watches = Watches()
    asterisk = Asterisk(watches)
    telephony = Telephony(agents=tuple(AgentPhone(extension=each, name=each) for each in AGENTS))
    info = CallInfo(CALL, "", "", "95000", Language.ZH, datetime(2026, 1, 5, tzinfo=UTC))
    async with task_scope() as tasks:
        desk = Desk(cast("Ari", asterisk), telephony, cast("MediaDoor", None), watches, tasks)
        call = AsteriskCall(info, watches.add(CALL), desk)

        async def attend() -> None:
            await call.attend()
            call.freed.set()

        tasks.create_task(attend())
        yield call, asterisk


async def test_a_caller_who_was_given_back_is_not_hung_up() -> None:
    lost = metrics.CALLS_RELEASED.labels("lease_lost")._value
    before = lost.get()
    async with a_call() as (call, asterisk):
        await call.decline()

        await call.hang_up()

    assert "continue" in asterisk.asked
    assert "hang up caller" not in asterisk.asked
    assert lost.get() == before


async def test_a_caller_who_went_to_the_agents_while_we_hung_is_counted_and_not_hung_up() -> None:
    lost = metrics.CALLS_RELEASED.labels("lease_lost")._value
    before = lost.get()
    async with a_call() as (call, asterisk):
        await asterisk.continue_in_dialplan(CALL)  # as the dialplan does when the lease runs out

        await call.hang_up()

    assert "hang up caller" not in asterisk.asked
    assert lost.get() == before + 1


async def test_an_agent_who_hangs_up_at_once_is_followed_by_the_next() -> None:
    async with a_call() as (call, asterisk):
        asterisk.gone_at_once = {"6001"}

        agent = await call.transfer(ASKED)

    assert agent.extension == "6002"
    assert [each for each in asterisk.asked if each != "hang up agent"] == [
        *("bridge", "music", "no music"),  # the first has answered, and is gone
        *("music", "no music"),
        "join 6002",
    ]


async def test_a_lease_that_cannot_be_ended_does_not_part_two_who_talk() -> None:
    async with a_call() as (call, asterisk):
        asterisk.failing = ["0"]
        await call.transfer(ASKED)

        await call.renew_lease(15)  # the next heartbeat

    assert asterisk.timeouts == ["0"]
    assert "hang up agent" not in asterisk.asked


async def test_a_renewal_on_its_way_does_not_come_behind_the_end_of_the_lease() -> None:
    async with a_call() as (call, asterisk), asyncio.TaskGroup() as keeping:
        asterisk.late = ["15"]
        keeping.create_task(call.renew_lease(15))
        await asyncio.sleep(0.5)

        await call.transfer(ASKED)

    assert asterisk.timeouts == ["15", "0"]


async def test_a_caller_whom_an_agent_has_just_taken_stays_with_them() -> None:
    async with a_call() as (call, asterisk):
        await call.transfer(ASKED)

        await call.decline()

    assert "continue" not in asterisk.asked
