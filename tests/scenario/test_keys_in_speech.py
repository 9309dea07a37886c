"""Keys in the middle of a sentence: nothing that was said or keyed is lost."""

import asyncio

import pytest

from ivr.domain import Keys, Outcome, Speaker

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
SILENCE = bytes(320)


async def spoken_and_keyed(hotline, speech: bytes, keys: str, after_s: float):
    """Say something, and press keys that long after its beginning; gives the call."""
    async with hotline.running(), asyncio.timeout(60):
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(speech)
        await asyncio.sleep(after_s)
        for key in keys:
            call.caller.press(key)
            await asyncio.sleep(0.18)
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        await hotline.over()
    return call


def inputs(hotline) -> list[object]:
    """What the dialog was told at last, turn by turn: words as text, keys as they are."""
    told = {turn: said for _, turn, said in hotline.dialog.heard}
    return [getattr(said, "text", said) for said in told.values()]


async def test_a_stray_key_does_not_cut_a_sentence(hotline):
    call = await spoken_and_keyed(hotline, hotline.words("请 查 我的 余额"), "5", 0.4)

    assert inputs(hotline) == ["请 查 我的 余额"]
    assert hotline.heard_by(call) == [GREETING, "您的余额是一千二百元。"]


async def test_a_stray_key_is_noted_and_costs_no_time(hotline):
    await spoken_and_keyed(hotline, hotline.words("请 查 我的 余额"), "5", 0.4)

    kept = await hotline.store.turns("sim-1")
    assert [turn.text for turn in kept if turn.speaker is Speaker.CALLER] == [
        "请 查 我的 余额",
        "[5]",
    ]
    assert kept[-1].silence_s == pytest.approx(0.6, abs=0.03)


async def test_a_number_typed_while_speaking_answers_the_question_for_it(hotline):
    call = await spoken_and_keyed(hotline, hotline.words("你好 我的 订单 要 退款"), "4711", 0.3)

    assert inputs(hotline) == ["你好 我的 订单 要 退款", Keys("4711")]
    assert hotline.heard_by(call) == [GREETING, "收到，谢谢。"]


async def test_a_number_that_is_still_being_typed_is_waited_for(hotline):
    speech = hotline.words("退款")
    said_s = len(speech) / 16000

    await spoken_and_keyed(hotline, speech, "4711", said_s + 0.3)

    assert inputs(hotline) == ["退款", Keys("4711")]


async def test_half_a_number_typed_ahead_does_not_spoil_the_whole_one(hotline):
    async with hotline.running(), asyncio.timeout(60):
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("你好 我的 订单 要 退款"))
        await asyncio.sleep(0.3)
        call.caller.press("4")
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.press("4711")
        await call.caller.until_hotline(audible=True)
        call.caller.hang_up()
        await hotline.over()

    assert inputs(hotline)[-1] == Keys("4711")


async def test_zero_in_a_sentence_leads_to_a_person_at_once(hotline):
    async with hotline.running(), asyncio.timeout(60):
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("请 查 我的 余额") * 3)
        await asyncio.sleep(0.4)
        call.caller.press("0")
        record = await hotline.over()

    assert inputs(hotline) == [Keys("0")]
    assert record.outcome is Outcome.WITH_AGENT


async def test_a_noise_that_never_ends_does_not_keep_keys_waiting(hotline):
    noise = bytes([7, 1]) * (8000 * 20)

    async with hotline.running(), asyncio.timeout(60):
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(noise)
        await asyncio.sleep(0.5)
        call.caller.press("4711")
        await asyncio.sleep(hotline.settings.hearing.between_keys_s + 1.0)
        call.caller.hang_up()
        await hotline.over()

    assert inputs(hotline)[0] == Keys("4711")
