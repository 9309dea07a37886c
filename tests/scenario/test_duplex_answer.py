"""Answers that are there in time, on the in-memory line, in virtual time."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from ivr.domain import Expect, Keys, Outcome, Prompt
from ivr.errors import EngineTimeout
from ivr.sim.dialog import STARTER, Rule

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
BALANCE = "您的余额是一千二百元。"
FILLER = "请稍等，我查一下。"
NOTICE = "通话会被录音。"
SILENCE = bytes(320)


async def asked(hotline, *speech: bytes):
    """A caller who has begun to ask something after the greeting."""
    call = hotline.exchange.ring()
    await call.caller.until_hotline(silent_s=0.5)
    call.caller.say(b"".join(speech))
    return call


async def over(hotline, call):
    call.caller.hang_up()
    await hotline.over()


def questions(hotline):
    return [(turn, said.text) for _, turn, said in hotline.dialog.heard]


# --- answering ahead ----------------------------------------------------------------------


async def test_thinking_time_is_spent_inside_the_pause(hotline):
    hotline.dialog.think_s = hotline.voice.first_s = 0.15

    async with hotline.running():
        call = await asked(hotline, hotline.words("余额"))
        await asyncio.sleep(4)
        await over(hotline, call)

    kept = await hotline.store.turns("sim-1")
    assert questions(hotline) == [(1, "余额")]
    assert [turn.text for turn in kept] == [GREETING, "余额", BALANCE]
    assert kept[1].intent == "balance"
    assert kept[2].silence_s == pytest.approx(0.6, abs=0.03)


async def test_final_words_that_differ_are_asked_under_the_same_turn(hotline):
    hotline.dialog.think_s = 0.1

    async with hotline.running():
        call = await asked(hotline, hotline.words("余额"), SILENCE * 18, hotline.words("营业"))
        await asyncio.sleep(5)
        await over(hotline, call)

    kept = await hotline.store.turns("sim-1")
    assert questions(hotline) == [(1, "余额"), (1, "余额 营业")]
    assert [turn.text for turn in kept] == [GREETING, "余额 营业", BALANCE]


async def test_words_in_doubt_are_not_answered_as_if_they_were_certain(hotline):
    hotline.ear.is_doubtful = True

    async with hotline.running():
        call = await asked(hotline, hotline.words("余额"))
        await asyncio.sleep(4)
        await over(hotline, call)

    turns = [(turn, said.is_doubtful) for _, turn, said in hotline.dialog.heard]
    assert turns == [(1, False), (1, True)]


async def test_a_turn_asked_ahead_counts_once(hotline):
    async with hotline.running():
        call = await asked(hotline, hotline.words("余额"))
        await asyncio.sleep(4)
        call.caller.say(hotline.words("营业"))
        await asyncio.sleep(4)
        await over(hotline, call)

    assert questions(hotline) == [(1, "余额"), (2, "营业")]
    numbers = [turn.number for turn in await hotline.store.turns("sim-1")]
    assert numbers == [1, 2, 3, 4, 5]


async def test_a_failure_ahead_is_the_answers_failure(hotline):
    hotline.dialog.failures[("sim-1", 1)] = EngineTimeout("dialog", "too slow")

    async with hotline.running():
        call = await asked(hotline, hotline.words("余额"))
        await asyncio.sleep(2.5)
        await over(hotline, call)

    assert questions(hotline) == [(1, "余额")]
    assert hotline.heard_by(call)[1].startswith("对不起")


@pytest.mark.parametrize("after_s", [0.85, 0.95, 1.05, 1.2])
async def test_hanging_up_while_the_dialog_is_asked_ahead_ends_everything(hotline, after_s):
    async with hotline.running():
        call = await asked(hotline, hotline.words("余额"))
        hotline.dialog.think_s = 5.0
        await asyncio.sleep(after_s)
        call.caller.hang_up()
        began_s = asyncio.get_running_loop().time()
        await hotline.over()

        assert asyncio.get_running_loop().time() - began_s < 0.5


async def promised(hotline, *speech: bytes):
    """A caller says, with pauses that may be the end, what is to be noted; gives what was noted."""
    note = Rule("promise", ("还款",), ("好的，记下了。", "Noted."), writes=True)
    hotline.dialog.rules = (note, *STARTER)
    async with hotline.running():
        call = await asked(hotline, *speech)
        await asyncio.sleep(5)
        await over(hotline, call)
    return hotline.dialog.written


async def test_what_writes_waits_for_the_final_words(hotline):
    written = await promised(hotline, hotline.words("还款"))

    kept = await hotline.store.turns("sim-1")
    assert questions(hotline) == [(1, "还款"), (1, "还款")]
    assert written == ["还款"]
    assert kept[-1].text == "好的，记下了。"


async def test_what_the_caller_might_have_meant_is_never_written(hotline):
    written = await promised(hotline, hotline.words("还款"), SILENCE * 18, hotline.words("营业"))

    assert written == ["还款 营业"]


# --- a filler for slow answers ------------------------------------------------------------


async def slow(hotline, *speech: bytes, think_s: float):
    call = await asked(hotline, *speech)
    hotline.dialog.think_s = think_s
    return call


async def test_a_slow_answer_is_bridged_once_and_then_comes(hotline):
    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=4.0)
        await asyncio.sleep(9)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, FILLER, BALANCE]
    assert hotline.seconds_of(call, FILLER) == pytest.approx(len(FILLER) * 0.2, abs=0.05)
    assert questions(hotline) == [(1, "余额")]
    kept = [turn.text for turn in await hotline.store.turns("sim-1")]
    assert kept == [GREETING, "余额", BALANCE]


async def test_a_slow_ear_is_bridged_as_a_slow_dialog_is(hotline):
    hotline.ear.delay_s = 1.5

    async with hotline.running():
        call = await asked(hotline, hotline.words("余额"))
        await asyncio.sleep(7)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, FILLER, BALANCE]
    assert questions(hotline) == [(1, "余额")]
    assert hotline.seconds_of(call, FILLER) == pytest.approx(len(FILLER) * 0.2, abs=0.05)


async def test_a_noise_is_not_asked_to_wait_for_a_slow_ear(hotline):
    hotline.ear.delay_s = 1.5

    async with hotline.running():
        call = await asked(hotline, b"\x01\x00" * 8000)
        await asyncio.sleep(5)
        await over(hotline, call)

    assert FILLER not in hotline.heard_by(call)


async def test_an_answer_within_six_tenths_of_a_second_needs_no_filler(hotline):
    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=0.85)  # 0.36 of it in the pause
        await asyncio.sleep(5)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, BALANCE]


async def test_an_answer_that_comes_into_the_filler_waits_for_its_end(hotline):
    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=1.2)
        await asyncio.sleep(7)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, FILLER, BALANCE]
    assert hotline.seconds_of(call, FILLER) == pytest.approx(len(FILLER) * 0.2, abs=0.05)


async def test_what_is_said_into_a_filler_joins_the_question(hotline):
    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=3.0)
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.5)
        hotline.dialog.think_s = 0.1
        call.caller.say(hotline.words("定期 账户", 0.8))
        await asyncio.sleep(5)
        await over(hotline, call)

    assert questions(hotline) == [(1, "余额"), (1, "余额 定期 账户")]
    assert hotline.heard_by(call) == [GREETING, FILLER, BALANCE]
    assert hotline.seconds_of(call, FILLER) < 1.0
    kept = await hotline.store.turns("sim-1")
    assert [turn.text for turn in kept] == [GREETING, "余额 定期 账户", BALANCE]
    assert kept[1].ended_s - kept[1].started_s > 2.0  # from "余额" on


async def test_a_noise_into_a_filler_costs_no_answer(hotline):
    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=2.0)
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.5)
        hotline.dialog.think_s = 0.1
        call.caller.say(b"\x01\x00" * 8000)
        await asyncio.sleep(5)
        await over(hotline, call)

    assert hotline.heard_by(call)[-1] == BALANCE
    assert set(questions(hotline)) == {(1, "余额")}


async def test_a_cough_into_a_filler_changes_nothing(hotline):
    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=3.0)
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.5)
        call.caller.say(b"\x01\x00" * 960)
        await asyncio.sleep(6)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, FILLER, BALANCE]
    assert questions(hotline) == [(1, "余额")]
    kept = await hotline.store.turns("sim-1")
    assert [(turn.number, turn.text) for turn in kept][1:] == [(2, "余额"), (3, BALANCE)]


async def test_keys_into_a_filler_replace_the_question(hotline):
    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=3.0)
        await call.caller.until_hotline(audible=True)
        hotline.dialog.think_s = 0.0
        call.caller.press("0")
        await hotline.over()

    assert hotline.dialog.heard[-1] == ("sim-1", 1, Keys("0"))
    assert len(call.hand_overs) == 1


async def test_a_failure_behind_a_filler_is_apologised_for(hotline):
    hotline.dialog.failures[("sim-1", 1)] = EngineTimeout("dialog", "too slow")

    async with hotline.running():
        call = await slow(hotline, hotline.words("余额"), think_s=2.0)
        await asyncio.sleep(5)
        await over(hotline, call)

    assert hotline.heard_by(call)[1] == FILLER
    assert hotline.heard_by(call)[2].startswith("对不起")


# --- rendered ahead -----------------------------------------------------------------------


async def test_a_whole_answer_to_a_closed_question_is_asked_ahead_at_once(hotline):
    sure = Rule("sure", ("确认",), ("要查余额吗？", "Balance?"), expect=Expect.YES_NO)
    hotline.dialog.rules = (sure, Rule("done", ("是的",), ("好的，再见。", "Fine.")), *STARTER)

    async with hotline.running():
        call = await asked(hotline, hotline.words("确认"))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        hotline.dialog.think_s = hotline.voice.first_s = 0.09
        call.caller.say(hotline.words("是的"))
        await asyncio.sleep(4)
        await over(hotline, call)

    kept = await hotline.store.turns("sim-1")
    assert kept[-1].text == "好的，再见。"
    assert kept[-1].silence_s == pytest.approx(0.25, abs=0.03)  # thinking and rendering cost none


async def greeted_with_a_notice(hotline):
    """A call whose greeting begins with what cannot be interrupted."""
    open_plainly = hotline.dialog.open

    async def open_with_notice(info, opening):
        reply = await open_plainly(info, opening)
        notice = Prompt(NOTICE, info.language, may_interrupt=False)
        return replace(reply, prompts=(notice, *reply.prompts))

    hotline.dialog.open = open_with_notice
    call = hotline.exchange.ring()
    await call.caller.until_hotline(audible=True)
    return call


async def test_what_comes_behind_a_notice_is_rendered_while_the_notice_is_heard(hotline):
    hotline.voice.first_s = 0.5

    async with hotline.running():
        call = await greeted_with_a_notice(hotline)
        await asyncio.sleep(5)
        await over(hotline, call)

    assert hotline.heard_by(call) == [NOTICE, GREETING]
    sounds = [at for at, frame in enumerate(call.caller.heard) if frame != SILENCE]
    assert max(after - before for before, after in pairwise(sounds)) * 0.02 < 0.1


async def test_a_voice_that_breaks_while_it_renders_ahead_is_met_when_it_is_needed(hotline):
    async with hotline.running():
        call = await greeted_with_a_notice(hotline)
        hotline.voice.is_broken = True
        record = await hotline.over()

    assert record.outcome is Outcome.WITH_AGENT
    assert hotline.heard_by(call)[0] == NOTICE
