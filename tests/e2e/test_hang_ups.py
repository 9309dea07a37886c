"""Whoever hangs up and whenever: no call, channel, bridge or file handle is left behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from ivr.domain import Language
from ivr.sim.caller import Caller, calling
from ivr.sim.callers import caller_lines
from ivr.sim.phone import Phone
from tests.e2e.hotline import START_S, Hotline, eventually

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(START_S),
]

SPARE_FILES = 3
"""Connections that pools of HTTP and of the store may open and keep between two counts."""

Moment = Callable[[Caller, Phone], Awaitable[object]]


async def at_once(_caller: Caller, _agent: Phone) -> None:
    """Hang up as soon as the call is answered."""


async def in_the_greeting(caller: Caller, _agent: Phone) -> None:
    await caller.audio.hears_sound(0.3)


async def while_the_caller_speaks(caller: Caller, _agent: Phone) -> None:
    await caller.hears_a_prompt()
    begun_s = caller.audio.say(caller_lines(caller.language)["hours"].pcm)
    await caller.audio.reaches(begun_s + 0.8)


async def while_the_hotline_thinks(caller: Caller, _agent: Phone) -> None:
    await caller.hears_a_prompt()
    await caller.says("hours")
    await caller.audio.reaches(caller.audio.now_s + 0.62)  # the pause that ends an utterance


async def in_the_answer(caller: Caller, _agent: Phone) -> None:
    await caller.hears_a_prompt()
    await caller.says("hours")
    await caller.audio.hears_sound(0.5)


async def while_an_agent_is_sought(caller: Caller, _agent: Phone) -> None:
    await caller.audio.hears_sound(0.06)
    caller.audio.press("0")
    await caller.hears_a_prompt()


async def while_talking_to_an_agent(caller: Caller, agent: Phone) -> None:
    await caller.audio.hears_sound(0.06)
    caller.audio.press("0")
    talking = await agent.rings()
    await talking.answered()
    await caller.audio.hears_silence(0.5)


MOMENTS = (
    at_once,
    in_the_greeting,
    while_the_caller_speaks,
    while_the_hotline_thinks,
    in_the_answer,
    while_an_agent_is_sought,
    while_talking_to_an_agent,
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def usual(hotline: Hotline) -> AsyncIterator[int]:
    """How many files the hotline has open between calls, when its pools have filled."""
    async with asyncio.timeout(60), hotline.caller() as caller:
        await caller.audio.hears_silence(0.6)
        await caller.says("hours")
        await caller.audio.hears_sound(0.1)
    await hotline.is_quiet()
    yield hotline.open_files()


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
async def test_nothing_is_left_when_the_caller_hangs_up(
    hotline: Hotline, usual: int, moment: Moment
) -> None:
    async with (
        asyncio.timeout(60),
        hotline.phone("6001") as agent,
        hotline.phone("7001") as handset,
        calling(handset, "95001", Language.EN) as caller,
    ):
        await moment(caller, agent)

    await nothing_is_left(hotline, usual)


@pytest.mark.parametrize("after_s", [0.04, 0.08, 0.12])
async def test_nothing_is_left_when_the_caller_gives_up_before_the_answer(
    hotline: Hotline, usual: int, after_s: float
) -> None:
    async with asyncio.timeout(60), hotline.phone("7001") as handset:
        dialled = await handset.dial("95001")
        await asyncio.sleep(after_s)
        await dialled.hang_up()

    await nothing_is_left(hotline, usual)


async def nothing_is_left(hotline: Hotline, usual: int) -> None:
    await hotline.is_quiet()

    async def files() -> int:
        return hotline.open_files()

    await eventually(files, lambda count: count <= usual + SPARE_FILES)
