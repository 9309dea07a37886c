"""The hotline itself ends, by force or as asked, with callers on the line."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from ivr.bench.processes import family
from ivr.config import Settings
from ivr.domain import Outcome
from ivr.errors import EngineTimeout
from tests.e2e.hotline import (
    HEARTBEAT_S,
    PATIENCE_S,
    START_S,
    eventually,
    is_heard_by,
    running,
    settings_for,
)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(START_S),
]

LEASE_S = 3 * HEARTBEAT_S
DRAIN_S = 90.0
"""Enough for the late caller to hear the apology and to be put through."""
STOP_S = 60.0
"""Asterisk, Rasa and the voice are ended politely, one after the other."""


def still_alive(pids: Iterable[int], settings: Settings) -> list[int]:
    """Give those of the processes that still run and are of this hotline."""
    found = []
    for pid in pids:
        with suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            where = Path(f"/proc/{pid}/cwd").readlink()
            if str(settings.state_dir).encode() in command or settings.state_dir in where.parents:
                found.append(pid)
    return found


@asynccontextmanager
async def nothing_left_behind(settings: Settings, pids: set[int]) -> AsyncIterator[None]:
    """End by force what a hotline that was killed has left, should a test fail half-way."""
    try:
        yield
    finally:
        for pid in still_alive(pids, settings):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


async def test_callers_of_a_killed_hotline_reach_an_agent_and_its_records_are_kept(
    tmp_path: Path,
) -> None:
    settings = settings_for(tmp_path)
    pids: set[int] = set()
    async with nothing_left_behind(settings, pids):
        async with running(settings) as first:
            pids |= family(first.running.pid)
            async with first.phone("6001") as agent, first.caller() as caller:
                await caller.audio.hears_silence(0.9)
                await caller.asks("hours")
                first.running.process.kill()
                talking = await asyncio.wait_for(agent.rings(), LEASE_S + PATIENCE_S)
                await talking.answered()
                await talking.audio.hears_silence(0.3)
                await is_heard_by(caller, talking)
                await talking.hang_up()
                await asyncio.wait_for(caller.call.ended(), PATIENCE_S)

        async with running(settings) as second:
            pids |= family(second.running.pid)
            await second.is_quiet()
            kept = {turn.intent for turn in await second.turns()}
            async with second.caller(extension="7002") as caller:
                await caller.audio.hears_silence(0.9)
                await caller.asks("hours")
                await caller.says("goodbye")
                await caller.is_hung_up_on()
            await second.ended_as(Outcome.COMPLETED, "7002")
            log = second.log

        assert "opening_hours" in kept
        assert "Rasa died" not in log
        assert still_alive(pids, settings) == []


async def test_a_hotline_that_is_asked_to_end_lets_its_calls_end_first(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, DRAIN_S)
    async with running(settings) as hotline:
        pids = family(hotline.running.pid)
        async with nothing_left_behind(settings, pids):
            async with hotline.caller() as caller, hotline.phone("6001") as agent:
                await caller.audio.hears_silence(0.9)

                hotline.running.process.terminate()
                await eventually(hotline.status, lambda told: not told["taking_calls"])
                async with hotline.phone("7002") as late:
                    dialled = await late.dial("95001")
                    talking = await asyncio.wait_for(agent.rings(), PATIENCE_S)
                    await talking.answered()
                    await asyncio.wait_for(dialled.answered(), PATIENCE_S)
                await caller.says("goodbye")
                await caller.is_hung_up_on()

            status = await asyncio.wait_for(hotline.running.process.wait(), DRAIN_S + STOP_S)
            await hotline.ended_as(Outcome.COMPLETED)

            assert status == 0
            assert still_alive(pids, settings) == []


async def test_two_who_talk_are_not_parted_when_the_hotline_ends(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings) as hotline:
        pids = family(hotline.running.pid)
        async with nothing_left_behind(settings, pids):
            # Asterisk ends after the call, so nobody is left to sign off from.
            with suppress(EngineTimeout):
                async with hotline.phone("6001") as agent, hotline.caller() as caller:
                    caller.audio.press("0")
                    talking = await asyncio.wait_for(agent.rings(), PATIENCE_S)
                    await talking.answered()

                    hotline.running.process.terminate()
                    status = await asyncio.wait_for(hotline.running.process.wait(), STOP_S)

                    assert status == 0
                    await talking.audio.hears_silence(0.3)
                    await is_heard_by(caller, talking)

            async def alive() -> list[int]:
                return still_alive(pids, settings)

            await eventually(alive, lambda pids: not pids)
