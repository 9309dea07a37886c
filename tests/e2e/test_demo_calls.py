"""The demonstration's calls come out right, and are kept as the phones had them."""

import asyncio
import json
import sys
import wave

import numpy as np
import pytest
from numpy.typing import NDArray

from ivr.analytics.caller_ear import measure
from ivr.demo.calls import CALLS, DemoCall
from ivr.domain import SAMPLE_RATE_HZ, CallRecord, Language, Opening
from ivr.sim.caller import calling
from ivr.store.records import KeptCall
from tests.e2e.hotline import PATIENCE_S, START_S, Hotline, eventually
from tests.spoken import spoken

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(START_S),
]

Samples = NDArray[np.int16]

# Smoke only: `ivr bench` measures. A machine at work on other things must not fail these.
FIRST_WORD_S, ANSWER_S = 1.5, 3.0

PIECE, SEARCHED = SAMPLE_RATE_HZ // 2, SAMPLE_RATE_HZ
AUDIBLE = 300.0  # root mean square; -41 dBFS
IN_STEP_S = 0.2
"""A phone on a busy machine hears up to 0.1 s late and notes what it hears where it heard it."""


def as_record(kept: KeptCall) -> CallRecord:
    """Give a kept call as the demonstration judges it."""
    assert kept.ended_at is not None
    assert kept.outcome is not None
    opening = kept.opening.opening if kept.opening else Opening()
    names = (kept.call_id, kept.caller_key, kept.dialled, kept.language)
    times = (kept.arrived_at, kept.answered_at, kept.ended_at)
    return CallRecord(*names, *times, kept.outcome, kept.question, opening, kept.agent)


async def sides(hotline: Hotline, call_id: str) -> tuple[Samples, Samples]:
    """Read a call's recording once it is finished: caller, hotline."""
    file = hotline.settings.recording.directory / f"{call_id}.wav"
    await eventually(lambda: asyncio.to_thread(file.exists), bool)
    with wave.open(str(file)) as read:
        assert (read.getnchannels(), read.getframerate(), read.getsampwidth()) == (2, 8000, 2)
        both = np.frombuffer(read.readframes(read.getnframes()), "<i2").reshape(-1, 2)
    return both[:, 0], both[:, 1]


def lags_s(recorded: Samples, at_the_phone: Samples) -> dict[float, float]:
    """Give by how much each audible piece of a recording is behind the phone; alike or fail.

    Keys are seconds of the phone's time line.
    """
    found = {
        at / SAMPLE_RATE_HZ: piece
        for at in range(0, len(at_the_phone), PIECE)
        if (piece := _matched(recorded, at_the_phone, at))
    }
    likeness = [alike for _, alike in found.values()]
    assert np.median(likeness) > 0.8, "the recording is not what the phone said and heard"
    return {at_s: lag for at_s, (lag, alike) in found.items() if alike > 0.8}


def _matched(recorded: Samples, phone: Samples, at: int) -> tuple[float, float] | None:
    """Find a piece in the recording nearby; gives its lag and how alike both are, 0 to 1."""
    piece = phone[at : at + PIECE].astype(np.float64)
    start = max(0, at - SEARCHED)
    there = recorded[start : at + PIECE + SEARCHED].astype(np.float64)
    if len(there) < len(piece) or np.sqrt(np.mean(piece**2)) < AUDIBLE:
        return None
    energies = np.convolve(there**2, np.ones(len(piece)), "valid") * np.sum(piece**2)
    alike = np.correlate(there, piece, "valid") / np.sqrt(np.maximum(energies, 1.0))
    best = int(np.argmax(alike))
    return (start + best - at) / SAMPLE_RATE_HZ, float(alike[best])


def out_of_step_s(left: dict[float, float], right: dict[float, float]) -> float:
    """Give the most by which anything said is off against what was heard nearest to it.

    Neighbours are compared: while a phone sends key presses it sends no audio, and a recording
    of Asterisk stands still meanwhile; both sides are early afterwards, but equally so.
    """
    return max(
        abs(late - right[min(right, key=lambda each: abs(each - at_s))])
        for at_s, late in left.items()
    )


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
async def test_the_call_comes_out_right(hotline: Hotline, call: DemoCall) -> None:
    async with (
        asyncio.timeout(90),
        hotline.phone("6001") as agent,
        hotline.phone("7001") as handset,
        calling(handset, call.number, call.language) as caller,
    ):
        await call.play(caller, agent)
    said, heard = caller.audio.said_pcm(), caller.audio.heard_pcm()
    record, turns = await hotline.record(), await hotline.turns()
    left, right = await sides(hotline, record.call_id)

    assert call.faults(as_record(record), turns) == []
    assert out_of_step_s(lags_s(left, said), lags_s(right, heard)) < IN_STEP_S
    report = measure(said, heard)
    assert report.first_word_s is not None
    assert report.first_word_s < FIRST_WORD_S
    assert all(wait < ANSWER_S for wait in report.silence_s), report.silence_s
    await hotline.is_quiet()


async def test_the_recording_stays_in_step_while_caller_and_agent_talk(hotline: Hotline) -> None:
    async with asyncio.timeout(60), hotline.phone("6001") as agent, hotline.caller() as caller:
        caller.audio.press("0")
        talking = await agent.rings()
        await talking.answered()
        joined_s = await caller.audio.hears_silence(0.5)
        talking.audio.say(spoken("good morning, this is the bank, how are you today?", Language.EN))
        await talking.audio.said_all()
        await caller.says("balance")
        await talking.hang_up()
        await caller.is_hung_up_on()
    said, heard = caller.audio.said_pcm(), caller.audio.heard_pcm()
    left, right = await sides(hotline, (await hotline.record()).call_id)

    talk = slice(int(joined_s * SAMPLE_RATE_HZ), None)
    with_agent = lags_s(right[talk], heard[talk])
    assert len(with_agent) >= 3
    assert out_of_step_s(lags_s(left[talk], said[talk]), with_agent) < IN_STEP_S


async def test_a_call_can_be_read_on_the_command_line(hotline: Hotline) -> None:
    async with asyncio.timeout(60), hotline.caller() as caller:
        await caller.audio.hears_silence(0.6)
        await caller.says("goodbye")
        await caller.is_hung_up_on()
    call_id = (await eventually(hotline.record, lambda call: call.ear is not None)).call_id

    shown = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ivr", "calls", "show", call_id, "--json"),
        *("--config", str(hotline.running.config)),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await asyncio.wait_for(shown.communicate(), 2 * PATIENCE_S)

    told = json.loads(output)
    assert told["outcome"] == "completed"
    assert told["turns"][0]["speaker"] == "hotline"
    assert "goodbye" in [turn["intent"] for turn in told["turns"]]
    assert told["ear"]["prompts"] >= 2, "the greeting and the farewell"
    assert all(wait < ANSWER_S for wait in told["ear"]["silence_s"])
