"""Lines and callers as they should not be, in virtual time: the call goes on, the log says why."""

import asyncio

import pytest

from ivr.domain import Happening, Keys, Outcome
from ivr.sim.dialog import STARTER, Rule

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
BALANCE = "您的余额是一千二百元。"
LONG = "您的账单是三百元。还款日是下月三号。请问还要查什么？"
SILENCE = bytes(320)


@pytest.fixture
def hotline(hotline):
    hotline.dialog.rules = (Rule("bill", ("账单",), (LONG, LONG), question="bill"), *STARTER)
    return hotline


def frames(pcm: bytes) -> list[bytes]:
    return [pcm[at : at + 320] for at in range(0, len(pcm), 320)]


async def goodbye(hotline, call) -> None:
    """Say goodbye: whoever is on this line can still use it."""
    call.caller.say(hotline.words("再见"))
    await hotline.over()


async def asked(hotline, speech: bytes):
    """Say something after the greeting, hear the answer, say goodbye."""
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(speech)
        await asyncio.sleep(5)
        await goodbye(hotline, call)
    return call


# --- audio ----------------------------------------------------------------------------------


async def test_frames_out_of_order_cost_no_turn(hotline):
    spoken = frames(hotline.words("余额"))
    swapped = [frame for at in range(0, len(spoken), 2) for frame in reversed(spoken[at : at + 2])]

    call = await asked(hotline, b"".join(swapped))

    assert BALANCE in hotline.heard_by(call)
    assert hotline.records[-1].outcome is Outcome.COMPLETED


async def test_frames_that_are_lost_now_and_then_cost_no_turn(hotline):
    spoken = frames(hotline.words("余额"))

    call = await asked(hotline, b"".join(f if at % 5 else SILENCE for at, f in enumerate(spoken)))

    assert len(hotline.dialog.heard) == 2
    assert hotline.records[-1].outcome is Outcome.COMPLETED
    assert hotline.heard_by(call)[0] == GREETING


async def test_audio_that_stops_in_the_middle_of_a_word_ends_the_turn(hotline):
    call = await asked(hotline, hotline.words("余额")[: 320 * 10])

    assert hotline.records[-1].outcome is Outcome.COMPLETED
    assert len(hotline.heard_by(call)) >= 2


# --- callers --------------------------------------------------------------------------------


async def test_a_caller_who_never_speaks_is_asked_again_and_the_call_goes_on(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await asyncio.sleep(20)
        await goodbye(hotline, call)

    assert [said for _, _, said in hotline.dialog.heard].count(Happening.SILENCE) >= 2
    assert hotline.records[-1].outcome is Outcome.COMPLETED


async def test_a_caller_who_never_stops_is_answered_in_the_middle(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("余额 " * 60, 110.0))
        await asyncio.sleep(120)
        await goodbye(hotline, call)

    assert hotline.heard_by(call)[1] == BALANCE
    assert hotline.records[-1].outcome is Outcome.COMPLETED


async def test_a_caller_who_only_presses_keys_gets_through(hotline):
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        for _ in range(3):
            call.caller.press("9")
            await asyncio.sleep(6)
        call.caller.press("0")
        record = await hotline.over()

    assert [said for _, _, said in hotline.dialog.heard][:3] == [Keys("9")] * 3
    assert record.outcome is Outcome.WITH_AGENT


# --- our own voice, and no reference to know it by ------------------------------------------


async def interrupted(hotline, sound: bytes):
    """Speak over a long prompt on a line with echo and without a reference."""
    async with hotline.running():
        call = hotline.exchange.ring()
        call.media.tells_what_it_plays = False
        await call.caller.until_hotline(silent_s=0.5)
        call.media.echo = 0.1
        call.caller.say(hotline.words("账单"))
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(1.5)
        call.caller.say(sound)
        await asyncio.sleep(5)
        call.caller.hang_up()
        await hotline.over()
    return call


async def test_without_a_reference_our_echo_does_not_stop_us(hotline):
    call = await interrupted(hotline, b"")

    assert hotline.heard_by(call) == [GREETING, LONG]
    assert hotline.seconds_of(call, LONG) == pytest.approx(len(LONG) * 0.2, abs=0.05)


async def test_without_a_reference_words_still_stop_us(hotline):
    call = await interrupted(hotline, hotline.words("余额", 0.6))

    assert hotline.heard_by(call) == [GREETING, LONG, BALANCE]


async def test_a_missing_reference_is_told_in_the_log_once(hotline, capsys):
    await interrupted(hotline, b"")

    lines = "".join(capsys.readouterr()).splitlines()
    told = [line for line in lines if "echo_reference_missing" in line]
    assert len(told) == 1
    assert "sim-1" in told[0]


async def test_a_line_that_tells_what_it_plays_is_not_suspected(hotline, capsys):
    await asked(hotline, hotline.words("账单"))

    assert "echo_reference_missing" not in "".join(capsys.readouterr())
