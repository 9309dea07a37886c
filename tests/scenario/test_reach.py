"""How much of a reply the caller has heard, told to the dialog; in virtual time."""

import asyncio

import pytest

from ivr.domain import Reach
from ivr.sim.dialog import STARTER, Rule

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
LONG = "您的账单是三百元。还款日是下月三号。请问还要查什么？"
TAIL = "还款日是下月三号。请问还要查什么？"
BILL = Rule("bill", ("账单",), (LONG, LONG), question="bill")


@pytest.fixture
def hotline(hotline):
    hotline.dialog.rules = (BILL, *STARTER)
    return hotline


async def asked_for_the_bill(hotline):
    call = hotline.exchange.ring()
    await call.caller.until_hotline(silent_s=0.5)
    call.caller.say(hotline.words("账单"))
    await call.caller.until_hotline(audible=True)
    return call


async def over(hotline, call):
    call.caller.hang_up()
    await hotline.over()


async def test_repeat_goes_on_from_the_sentence_that_was_not_heard(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(2.4)  # in the second sentence
        call.caller.say(hotline.words("重复"))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, LONG, TAIL]
    assert hotline.dialog.reached[0] == Reach()
    cut = hotline.dialog.reached[1]
    assert (cut.unheard, cut.letters) == (1, len(LONG) - len(TAIL))
    assert cut.heard_s == pytest.approx(2.6, abs=0.4)


async def test_who_speaks_after_the_last_word_has_heard_it_all(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("重复"))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert hotline.dialog.reached == [Reach(), Reach()]
    assert hotline.heard_by(call) == [GREETING, LONG, LONG]


async def test_a_prompt_cut_twice_counts_what_was_heard_of_the_whole(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(2.4)
        call.caller.say(b"\x01\x00" * 7200)  # a noise that is mended
        await asyncio.sleep(4.6)  # in the third sentence
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(6)
        await over(hotline, call)

    assert hotline.dialog.reached[1].letters == LONG.index("请问还要查什么")


async def test_a_key_over_a_prompt_tells_how_far_it_was_heard(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(0.3)
        call.caller.press("*")
        await asyncio.sleep(6)
        await over(hotline, call)

    assert hotline.dialog.reached[1].unheard == 1
    assert hotline.dialog.reached[1].letters == 0


@pytest.mark.parametrize(("keys", "entry"), [("*3", "*3"), ("*", "*")])
async def test_a_star_command_is_one_entry_at_the_phone(hotline, keys, entry):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        for key in keys:
            call.caller.press(key)
            await asyncio.sleep(0.3)
        await asyncio.sleep(3)
        await over(hotline, call)

    assert [said.digits for _, _, said in hotline.dialog.heard] == [entry]
