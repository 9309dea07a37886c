"""What callers get when something of ours breaks, and when there is no room."""

import asyncio

import pytest

from ivr.domain import Outcome
from ivr.errors import EngineTimeout

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
BALANCE = "您的余额是一千二百元。"


async def test_one_engine_failure_costs_an_apology(hotline):
    hotline.dialog.failures[("sim-1", 1)] = EngineTimeout("dialog", "too slow")

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(8)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(4)
        call.caller.hang_up()
        await hotline.over()

    heard = hotline.heard_by(call)
    assert heard[1].startswith("对不起")
    assert heard[2] == BALANCE
    assert call.hand_overs == []


async def test_two_engine_failures_in_a_row_lead_to_a_person(hotline):
    hotline.dialog.failures[("sim-1", 1)] = EngineTimeout("dialog", "too slow")

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(8)
        hotline.dialog.failures[("sim-1", 1)] = EngineTimeout("dialog", "too slow")
        call.caller.say(hotline.words("余额"))
        record = await hotline.over()

    assert record.outcome is Outcome.WITH_AGENT
    assert call.hand_overs[0].reason == "engine_failed"


async def test_a_greeting_that_fails_leads_to_a_person(hotline):
    hotline.dialog.failures[("sim-1", 0)] = EngineTimeout("dialog", "too slow")

    async with hotline.running():
        call = hotline.exchange.ring()
        record = await hotline.over()

    assert record.outcome is Outcome.WITH_AGENT
    assert len(hotline.heard_by(call)) == 1


async def test_audio_that_breaks_gives_the_caller_to_the_dialplan(hotline):
    hotline.exchange.agent = None

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(audible=True)
        call.media.is_broken = True
        record = await hotline.over()

    assert call.fate == "declined"
    assert record.outcome is Outcome.NO_AGENT


async def test_a_broken_voice_still_reaches_a_person(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        hotline.voice.is_broken = True
        call.caller.say(hotline.words("余额"))
        record = await hotline.over()

    assert record.outcome is Outcome.WITH_AGENT


async def test_a_broken_store_never_costs_the_call(hotline):
    hotline.store.broken = True

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(4)
        call.caller.say(hotline.words("再见"))
        record = await hotline.over()

    assert record.outcome is Outcome.COMPLETED
    assert BALANCE in hotline.heard_by(call)


async def test_a_bug_in_one_call_ends_no_other(hotline, monkeypatch):
    async def broken(call_id):
        if call_id == "sim-1":
            raise RuntimeError("a bug")

    monkeypatch.setattr(hotline.dialog, "close", broken)
    async with hotline.running():
        first, second = hotline.exchange.ring(), hotline.exchange.ring("13800000002")
        await second.caller.until_hotline(audible=True)
        first.caller.hang_up()
        await asyncio.sleep(2)
        second.caller.say(hotline.words("再见"))
        record = await hotline.over()

    assert record.call_id == "sim-2"
    assert record.outcome is Outcome.COMPLETED


async def test_a_bug_in_the_store_costs_no_call(hotline, monkeypatch):
    async def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(hotline.store, "add_turn", broken)
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("再见"))
        record = await hotline.over()

    assert record.outcome is Outcome.COMPLETED


async def test_one_call_too_many_goes_to_the_queue_at_once(hotline):
    limits = hotline.settings.limits.model_copy(update={"max_calls": 1})
    hotline.settings = hotline.settings.model_copy(update={"limits": limits})

    async with hotline.running():
        first = hotline.exchange.ring()
        await first.caller.until_hotline(audible=True)
        second = hotline.exchange.ring("13800000002")
        await hotline.over(1)
        first.caller.hang_up()
        await hotline.over(2)

    assert second.fate == "declined"
    assert [r.outcome for r in hotline.records] == [Outcome.DECLINED, Outcome.CALLER_LEFT]


async def test_closing_the_hotline_waits_and_then_hands_calls_over(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(audible=True)

    assert call.fate == "declined"
    assert [record.outcome for record in hotline.records] == [Outcome.RELEASED]
