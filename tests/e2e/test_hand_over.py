"""A caller wants a person: who is rung, what they are told, and what comes of it."""

import asyncio

import pytest

from ivr.domain import Language, Outcome
from ivr.sim.caller import Caller
from ivr.sim.phone import Line, Phone
from ivr.sim.phone_call import PhoneCall
from ivr.sim.phone_line import Pickup
from ivr.telephony.hand_over import brief
from tests.e2e.hotline import PATIENCE_S, RING_S, START_S, Hotline
from tests.line_ends import pitch_hz, tone

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(START_S),
]

CALLER_HZ, AGENT_HZ = 800, 1200
CALL_BACK = "Shall we call you back?"


async def rings(agent: Phone, within_s: float = PATIENCE_S) -> PhoneCall:
    """Wait until an agent's phone rings."""
    return await asyncio.wait_for(agent.rings(), within_s)


async def hear_each_other(caller: Caller, agent: PhoneCall) -> None:
    """Check that each hears the tone of the other."""
    await caller.audio.hears_silence(0.5)  # the music has stopped
    caller.audio.say(tone(CALLER_HZ, 2))
    agent.audio.say(tone(AGENT_HZ, 2))
    await asyncio.gather(
        asyncio.wait_for(caller.audio.hears_sound(0.5), PATIENCE_S),
        asyncio.wait_for(agent.audio.hears_sound(0.5), PATIENCE_S),
    )
    assert pitch_hz(caller.audio.heard_pcm()[-4000:]) == pytest.approx(AGENT_HZ, abs=40)
    assert pitch_hz(agent.audio.heard_pcm()[-4000:]) == pytest.approx(CALLER_HZ, abs=40)


@pytest.mark.parametrize("language", list(Language))
async def test_both_hear_each_other_and_the_agent_knows_why(
    hotline: Hotline, language: Language
) -> None:
    async with (
        asyncio.timeout(60),
        hotline.phone("6001") as agent,
        hotline.caller(language) as caller,
    ):
        caller.audio.press("0")
        talking = await rings(agent)
        on_page = (await hotline.agent_calls("6001"))[0]
        await talking.answered()
        assert talking.invite
        headers = dict(talking.invite.headers)
        await hear_each_other(caller, talking)
        await talking.hang_up()
        await caller.is_hung_up_on()

    assert {"About: not known yet", f"Language: {language}"} <= set(brief(headers))
    assert headers["X-Hotline-Language"] == language
    assert headers["X-Hotline-Call"] == (await hotline.kept()).call_id
    assert on_page["brief"] == list(brief(headers))
    await hotline.ended_as(Outcome.WITH_AGENT)
    await hotline.is_quiet()
    afterwards = (await hotline.agent_calls("6001"))[0]
    assert on_page["stage"] in {"ringing", "talking"}  # the phone may have been faster than we
    assert afterwards["stage"] == "ended"
    assert [turn["speaker"] for turn in afterwards["turns"]][:1] == ["hotline"]


async def test_a_caller_who_hangs_up_frees_the_agent(hotline: Hotline) -> None:
    async with asyncio.timeout(60), hotline.phone("6001") as agent, hotline.caller() as caller:
        caller.audio.press("0")
        talking = await rings(agent)
        await talking.answered()
        await caller.audio.hears_silence(0.5)

        await caller.hangs_up()

        await asyncio.wait_for(talking.ended(), PATIENCE_S)
    await hotline.ended_as(Outcome.WITH_AGENT)
    await hotline.is_quiet()


@pytest.mark.parametrize("pickup", [Pickup.BUSY, Pickup.DECLINE, Pickup.RING])
async def test_a_caller_whom_no_agent_takes_is_offered_to_be_called(
    hotline: Hotline, pickup: Pickup
) -> None:
    async with (
        asyncio.timeout(60),
        hotline.phone("6001", Line(pickup=pickup)),
        hotline.caller() as caller,
    ):
        caller.audio.press("0")

        await hotline.has_said(CALL_BACK)
        await caller.asks("yes")
        turns = await hotline.has_said("we will call you back soon")

    assert turns[-1].intent == "yes"
    await hotline.is_quiet()


async def test_a_caller_is_offered_to_be_called_when_nobody_is_on_duty(hotline: Hotline) -> None:
    async with asyncio.timeout(60), hotline.caller() as caller:
        caller.audio.press("0")

        await hotline.has_said(CALL_BACK)
        await caller.says("no")
        await caller.is_hung_up_on()

    await hotline.is_quiet()


async def test_a_phone_stops_ringing_when_the_caller_hangs_up(hotline: Hotline) -> None:
    async with (
        asyncio.timeout(60),
        hotline.phone("6001", Line(pickup=Pickup.RING)) as agent,
        hotline.caller() as caller,
    ):
        caller.audio.press("0")
        ringing = await rings(agent)

        await caller.hangs_up()

        await asyncio.wait_for(ringing.ended(), RING_S - 0.5)
        assert ringing.status == 487
    await hotline.ended_as(Outcome.CALLER_LEFT)
    await hotline.is_quiet()


async def test_the_free_one_of_two_agents_is_rung(hotline: Hotline) -> None:
    async with (
        asyncio.timeout(90),
        hotline.phone("6001") as first,
        hotline.phone("6002") as second,
        hotline.caller(extension="7001") as caller,
        hotline.caller(extension="7002") as other,
    ):
        caller.audio.press("0")
        ringing = [asyncio.ensure_future(rings(agent)) for agent in (first, second)]
        done, waiting = await asyncio.wait(ringing, return_when=asyncio.FIRST_COMPLETED)
        assert len(done) == 1

        other.audio.press("0")
        with_other = await waiting.pop()

        await with_other.answered()
        await hear_each_other(other, with_other)
        assert done.pop().result().is_up
        assert caller.call.is_up
    await hotline.is_quiet()


async def test_the_next_agent_is_rung_when_one_does_not_answer(hotline: Hotline) -> None:
    async with (
        asyncio.timeout(60),
        hotline.phone("6001", Line(pickup=Pickup.RING)) as first,
        hotline.phone("6002", Line(pickup=Pickup.RING)) as second,
        hotline.caller() as caller,
    ):
        caller.audio.press("0")
        ringing = [asyncio.ensure_future(rings(agent)) for agent in (first, second)]
        await asyncio.wait(ringing, return_when=asyncio.FIRST_COMPLETED)

        calls = await asyncio.gather(*ringing)

        later = max(calls, key=lambda call: call.rang_at or 0.0)
        later.answer()
        await hear_each_other(caller, later)
    await hotline.ended_as(Outcome.WITH_AGENT)
    await hotline.is_quiet()
