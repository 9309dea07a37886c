"""Prompts that may be interrupted only after their first seconds, in virtual time."""

import asyncio

import pytest

from ivr.domain import Keys
from ivr.sim.dialog import STARTER, Rule

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
BALANCE = "您的余额是一千二百元。"
LONG = "您的账单是三百元。还款日是下月三号。请问还要查什么？"
WHOLE_S = len(LONG) * 0.2
PROTECTED_S = 2.0
RULE = Rule("bill", ("账单",), (LONG, LONG), question="bill", interruptible_after_s=PROTECTED_S)


@pytest.fixture
def hotline(hotline):
    hotline.dialog.rules = (RULE, *STARTER)
    return hotline


async def over_the_prompt(hotline, after_s: float, sound: bytes = b"", keys: str = ""):
    """Do something so long after the prompt's first sound; give the call when it is over."""
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("账单"))
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(after_s)
        call.caller.say(sound)
        call.caller.press(keys)
        await asyncio.sleep(7.5 - after_s)
        call.caller.hang_up()
        await hotline.over()
    return call


async def test_words_in_the_first_seconds_stop_the_prompt_as_soon_as_it_may_be_stopped(hotline):
    call = await over_the_prompt(hotline, 0.3, hotline.words("余额", 0.5))

    assert hotline.heard_by(call) == [GREETING, LONG, BALANCE]
    assert PROTECTED_S <= hotline.seconds_of(call, LONG) <= PROTECTED_S + 0.1
    assert hotline.dialog.heard[-1][2].text == "余额"


async def test_who_still_speaks_when_it_may_be_stopped_is_heard_from_the_first_word(hotline):
    call = await over_the_prompt(hotline, 1.2, hotline.words("我 要 查 余额", 2.0))

    assert hotline.dialog.heard[-1][2].text == "我 要 查 余额"
    assert PROTECTED_S <= hotline.seconds_of(call, LONG) <= PROTECTED_S + 0.1
    assert hotline.heard_by(call)[-1] == BALANCE


async def test_keys_in_the_first_seconds_count_as_soon_as_it_may_be_stopped(hotline):
    call = await over_the_prompt(hotline, 0.3, keys="4711")

    assert hotline.dialog.heard[-1][2] == Keys("4711")
    assert PROTECTED_S <= hotline.seconds_of(call, LONG) <= PROTECTED_S + 0.1


@pytest.mark.parametrize("word", ["嗯", "对 对", "账单"])
async def test_a_backchannel_or_our_own_word_in_the_first_seconds_stops_nothing(hotline, word):
    call = await over_the_prompt(hotline, 0.8, hotline.words(word, 0.6))

    assert hotline.heard_by(call) == [GREETING, LONG]
    assert hotline.seconds_of(call, LONG) == pytest.approx(WHOLE_S, abs=0.05)
    assert len(hotline.dialog.heard) == 1


@pytest.mark.parametrize("seconds", [0.1, 1.0])
async def test_a_noise_in_the_first_seconds_stops_nothing(hotline, seconds):
    call = await over_the_prompt(hotline, 0.3, b"\x01\x00" * round(seconds * 8000))

    assert hotline.heard_by(call) == [GREETING, LONG]
    assert hotline.seconds_of(call, LONG) == pytest.approx(WHOLE_S, abs=0.05)


async def test_after_the_first_seconds_it_is_interrupted_like_any_other(hotline):
    call = await over_the_prompt(hotline, 3.0, hotline.words("余额", 0.6))

    assert hotline.heard_by(call) == [GREETING, LONG, BALANCE]
    assert 3.0 <= hotline.seconds_of(call, LONG) <= 3.4


async def test_a_prompt_shorter_than_its_protection_is_a_notice(hotline):
    short = Rule("bill", ("账单",), ("三百元。", "300"), interruptible_after_s=5.0)
    hotline.dialog.rules = (short, *STARTER)

    call = await over_the_prompt(hotline, 0.2, hotline.words("余额", 0.4))

    assert hotline.heard_by(call) == [GREETING, "三百元。", BALANCE]
    assert hotline.seconds_of(call, "三百元。") == pytest.approx(0.8, abs=0.05)


async def test_what_is_left_of_a_prompt_that_was_stopped_is_not_protected_again(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("账单"))
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(2.4)
        call.caller.say(b"\x01\x00" * 7200)  # a noise that stops it: mended from sentence two
        await asyncio.sleep(2.2)
        call.caller.say(hotline.words("余额", 0.6))
        await asyncio.sleep(4)
        call.caller.hang_up()
        await hotline.over()

    rest = LONG[LONG.index("还款日") :]
    assert hotline.heard_by(call) == [GREETING, LONG, rest, BALANCE]
    assert hotline.seconds_of(call, rest) < PROTECTED_S
