"""Engines die or hang with callers on the line: the callers are served on, or reach a person."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from ivr.domain import Outcome, Speaker
from tests.e2e.hotline import HEARTBEAT_S, PATIENCE_S, START_S, Hotline, eventually, is_heard_by

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(START_S),
]

BACK_S = 120.0
"""Rasa starts in 10 s on a quiet machine; a busy one may take long."""
LEASE_S = 3 * HEARTBEAT_S


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Let a process hang: it holds its sockets and answers nothing."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def is_ready(hotline: Hotline) -> None:
    """Wait until every engine is healthy."""

    async def ready() -> bool:
        return bool((await hotline.page("readyz"))["ready"])

    await eventually(ready, bool, BACK_S)


@asynccontextmanager
async def served_by_rasa(hotline: Hotline) -> AsyncIterator[None]:
    """After the block: wait until all is well, and check that words are understood again."""
    yield
    await is_ready(hotline)
    async with asyncio.timeout(60), hotline.caller(extension="7003") as caller:
        await caller.audio.hears_silence(0.9)
        await caller.asks("hours")
        await caller.says("goodbye")
        await caller.is_hung_up_on()
    said = [turn for turn in await hotline.turns("7003") if turn.speaker is Speaker.CALLER]
    heard = {turn.intent: turn.confidence for turn in said}
    assert 0.5 < heard["opening_hours"] < 1.0  # the menu would be sure of itself, or lost
    await hotline.is_quiet()


async def reaches_a_person_by_the_menu(hotline: Hotline, pid: int, sign: signal.Signals) -> None:
    """Call, let Rasa fail in mid-call, hear the menu, press 0 and talk to an agent."""
    async with hotline.phone("6001") as agent, hotline.caller() as caller:
        await caller.audio.hears_silence(0.9)
        os.kill(pid, sign)
        await caller.says("long")
        await hotline.has_said("Sorry")  # the menu, or an apology for one slow answer
        assert caller.call.is_up

        caller.audio.press("0")

        talking = await asyncio.wait_for(agent.rings(), PATIENCE_S)
        await talking.answered()
        await caller.audio.hears_silence(0.5)
        await talking.hang_up()
        await caller.is_hung_up_on()
    await hotline.ended_as(Outcome.WITH_AGENT)


async def test_a_caller_reaches_a_person_when_rasa_dies(hotline: Hotline) -> None:
    async with served_by_rasa(hotline):
        await reaches_a_person_by_the_menu(hotline, hotline.child("bin/rasa"), signal.SIGKILL)


async def test_a_caller_reaches_a_person_when_rasa_hangs(hotline: Hotline) -> None:
    rasa = hotline.child("bin/rasa")
    async with served_by_rasa(hotline):
        try:
            await reaches_a_person_by_the_menu(hotline, rasa, signal.SIGSTOP)
        finally:
            os.kill(rasa, signal.SIGCONT)


async def test_asterisk_is_started_again_when_it_dies(hotline: Hotline) -> None:
    before = hotline.child("asterisk.conf")
    async with served_by_rasa(hotline):
        async with asyncio.timeout(60), hotline.caller() as caller:
            await caller.audio.hears_silence(0.9)
            os.kill(before, signal.SIGKILL)
            caller.call.close()  # nobody is there to say goodbye to
        await is_ready(hotline)
        await hotline.is_quiet()

    assert hotline.child("asterisk.conf") != before
    assert (await hotline.record()).outcome is not None


async def test_the_agents_are_rung_when_the_hotline_hangs_and_stay_when_it_is_back(
    hotline: Hotline,
) -> None:
    async with served_by_rasa(hotline), hotline.phone("6001") as agent, hotline.caller() as caller:
        await caller.audio.hears_silence(0.9)
        with stopped(hotline.running.pid):
            talking = await asyncio.wait_for(agent.rings(), LEASE_S + PATIENCE_S)
            await talking.answered()
        await is_ready(hotline)
        await talking.audio.hears_silence(0.3)
        await is_heard_by(caller, talking)
        await talking.hang_up()
        await asyncio.wait_for(caller.call.ended(), PATIENCE_S)
