"""Whole calls on the in-memory line, in virtual time."""

import asyncio

import pytest

from ivr.domain import Happening, Keys, Language, Outcome, Speaker, Utterance

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
BALANCE = "您的余额是一千二百元。"
SILENCE = bytes(320)


def cough(seconds: float = 0.12) -> bytes:
    """A sound without words."""
    return b"\x01\x00" * round(seconds * 8000)


async def test_a_caller_asks_two_things_and_says_goodbye(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额"))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("营业 时间"))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("再见"))
        record = await hotline.over()

    assert hotline.heard_by(call) == [GREETING, BALANCE, "每天早上九点到晚上六点。", "再见。"]
    assert record.outcome is Outcome.COMPLETED
    assert record.question == "opening_hours"
    assert call.fate == "hung_up"


async def test_every_turn_is_kept_with_the_wait_before_it(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额"))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        record = await hotline.over()

    kept = await hotline.store.turns(record.call_id)
    assert [(turn.speaker, turn.text) for turn in kept] == [
        (Speaker.HOTLINE, GREETING),
        (Speaker.CALLER, "余额"),
        (Speaker.HOTLINE, BALANCE),
    ]
    assert kept[1].intent == "balance"
    assert kept[2].silence_s == pytest.approx(0.6, abs=0.1)  # the pause that ends free speech
    assert record.outcome is Outcome.CALLER_LEFT


async def test_speech_over_a_prompt_stops_it_and_is_answered(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.4)
        call.caller.say(hotline.words("余额", 0.8))
        await call.caller.until_hotline(silent_s=0.1)
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        await hotline.over()

    assert hotline.heard_by(call) == [GREETING, BALANCE]
    assert hotline.seconds_of(call, GREETING) < 0.9  # of 2.6 s
    assert (await hotline.store.turns("sim-1"))[0].interrupted


async def test_a_cough_over_a_prompt_does_not_stop_it(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.4)
        call.caller.say(cough())
        await call.caller.until_hotline(silent_s=1.0)
        call.caller.hang_up()
        await hotline.over()

    assert hotline.seconds_of(call, GREETING) == pytest.approx(2.6, abs=0.05)
    assert hotline.dialog.heard == []


async def test_a_cough_in_the_callers_turn_is_not_answered(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(cough())
        await asyncio.sleep(2)
        call.caller.say(hotline.words("余额"))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        await hotline.over()

    assert hotline.heard_by(call) == [GREETING, BALANCE]


async def test_a_caller_who_talks_on_is_answered_once_and_whole(hotline):
    hotline.dialog.think_s = 0.59

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("你好 帮忙") + SILENCE * 35 + hotline.words("余额"))
        await asyncio.sleep(4)
        await call.caller.until_hotline(silent_s=1.0)
        call.caller.hang_up()
        await hotline.over()

    asked = [(turn, said.text) for _, turn, said in hotline.dialog.heard]
    assert asked == [(1, "你好 帮忙"), (1, "你好 帮忙 余额")]
    assert hotline.heard_by(call) == [GREETING, BALANCE]
    kept = await hotline.store.turns("sim-1")
    assert [turn.text for turn in kept] == [GREETING, "你好 帮忙 余额", BALANCE]
    assert kept[1].ended_s - kept[1].started_s == pytest.approx(0.8 + 0.7 + 0.55, abs=0.1)


async def test_a_key_over_a_prompt_stops_it_and_all_keys_reach_the_dialog(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("退款"))
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.3)
        call.caller.press("4711")
        await asyncio.sleep(0.3)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        await hotline.over()

    assert hotline.dialog.heard[-1] == ("sim-1", 2, Keys("4711"))
    assert "收到，谢谢。" in hotline.heard_by(call)
    kept = await hotline.store.turns("sim-1")
    assert "[4 keys]" in [turn.text for turn in kept]


async def test_an_unfinished_number_is_taken_after_a_wait(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("退款"))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.3)
        call.caller.press("47")
        await asyncio.sleep(hotline.settings.hearing.between_keys_s + 0.5)
        call.caller.hang_up()
        await hotline.over()

    assert hotline.dialog.heard[-1][2] == Keys("47")


async def test_two_hundred_keys_end_the_call_no_more_than_one(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.press("7" * 200)
        await asyncio.sleep(20)
        call.caller.say(hotline.words("余额"))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=1.0)
        call.caller.hang_up()
        await hotline.over()

    assert BALANCE in hotline.heard_by(call)


async def test_a_silent_caller_is_helped_along(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await asyncio.sleep(12)
        call.caller.hang_up()
        await hotline.over()

    assert hotline.dialog.heard[0][2] is Happening.SILENCE
    assert len(hotline.heard_by(call)) >= 2


async def test_a_legal_notice_cannot_be_cut(hotline):
    notice = "通话会被录音。"
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("协议"))
        await call.caller.until_hotline(audible=True)
        call.caller.press("1")
        call.caller.say(hotline.words("余额", 0.6))
        await asyncio.sleep(5)
        call.caller.hang_up()
        await hotline.over()

    assert hotline.seconds_of(call, notice) == pytest.approx(len(notice) * 0.2, abs=0.05)


async def test_a_monologue_of_ten_minutes_is_answered_and_the_call_goes_on(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额", 600.0))
        await asyncio.sleep(610)
        call.caller.hang_up()
        record = await hotline.over()

    assert BALANCE in hotline.heard_by(call)
    assert record.outcome is Outcome.CALLER_LEFT


async def test_a_person_is_rung_and_briefed(hotline):
    async with hotline.running():
        call = hotline.exchange.ring(dialled="95001", language=Language.EN)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("a person please"))
        record = await hotline.over()

    assert record.outcome is Outcome.WITH_AGENT
    assert record.agent == "6001"
    assert len(call.hand_overs) == 1
    assert call.hand_overs[0].queue in hotline.settings.telephony.queues
    assert "Said: a person please" in call.hand_overs[0].brief


async def test_an_agent_is_never_told_a_card_number(hotline):
    async with hotline.running():
        call = hotline.exchange.ring(dialled="95001", language=Language.EN)
        await call.caller.until_hotline(silent_s=0.5)
        card = "six two two eight four eight zero four zero two five six four eight nine"
        call.caller.say(hotline.words(f"{card} a person please", 8.0))
        await hotline.over()

    assert call.hand_overs
    assert not any("six two two" in line for line in call.hand_overs[0].brief)


async def test_when_no_agent_answers_the_dialog_goes_on(hotline):
    hotline.exchange.agent = None

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("人工"))
        await asyncio.sleep(8)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(4)
        call.caller.say(hotline.words("再见"))
        record = await hotline.over()

    heard = hotline.heard_by(call)
    promised = await hotline.store.call_backs()
    assert [(wish.call_id, wish.queue) for wish in promised] == [("sim-1", "service")]
    assert "现在没有空闲的人工，我们会回电给您。" in heard
    assert BALANCE in heard
    assert record.outcome is Outcome.COMPLETED


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.06, 0.3, 2.9, 3.3, 3.7, 4.0, 4.5, 6.0])
@pytest.mark.parametrize("word", ["余额", "人工", "再见"])
async def test_hanging_up_at_any_moment_leaves_nothing_behind(hotline, after_s, word):
    hotline.dialog.think_s = 0.1
    async with hotline.running():
        call = hotline.exchange.ring()
        loop = asyncio.get_running_loop()
        loop.call_later(3.0, call.caller.say, hotline.words(word))
        await asyncio.sleep(after_s)
        call.caller.hang_up()
        record = await hotline.over()
        await asyncio.sleep(0)
        tasks = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}

    assert record.call_id == "sim-1"
    assert not {name for name in tasks if "Conversation" in name or "CallSession" in name}
    assert hotline.dialog.closed == ["sim-1"]


async def test_words_are_never_in_what_is_logged(hotline, capsys):
    async with hotline.running():
        call = hotline.exchange.ring(caller="13912345678")
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(3)
        call.caller.hang_up()
        await hotline.over()

    output = capsys.readouterr()
    assert "余额" not in output.err + output.out
    assert "13912345678" not in output.err + output.out


def test_an_utterance_hides_its_words_when_printed():
    assert "余额" not in repr(Utterance("余额", Language.ZH, 0.9))
