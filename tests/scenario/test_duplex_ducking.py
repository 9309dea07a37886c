"""Speaking softly while it is open whether the caller interrupts, in virtual time."""

import asyncio

import pytest

from ivr.sim.dialog import STARTER, Rule
from ivr.sim.voice import is_ducked

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
BALANCE = "您的余额是一千二百元。"
LONG = "您的账单是三百元。还款日是下月三号。请问还要查什么？"
SILENCE = bytes(320)


@pytest.fixture
def hotline(hotline):
    hotline.dialog.rules = (Rule("bill", ("账单",), (LONG, LONG), question="bill"), *STARTER)
    return hotline


def noise(seconds: float) -> bytes:
    """A sound without words."""
    return b"\x01\x00" * round(seconds * 8000)


def softly(heard: list[bytes]) -> list[bool]:
    """Which of the frames that sound were played softly."""
    return [is_ducked(frame) for frame in heard if frame != SILENCE]


async def interrupted_with(hotline, sound: bytes) -> tuple[list[bytes], int]:
    """Make a sound a second into a long prompt; give all that was heard and where it began."""
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("账单"))
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(1.0)
        began = len(call.caller.heard)
        call.caller.say(sound)
        await asyncio.sleep(9)
        call.caller.hang_up()
        await hotline.over()
    return call.caller.heard, began


async def test_the_prompt_is_soft_within_40_ms_of_an_onset(hotline):
    heard, began = await interrupted_with(hotline, noise(0.2))

    onset_frames = round(hotline.settings.hearing.onset_s / 0.02)
    first = next(at for at, frame in enumerate(heard) if frame != SILENCE and is_ducked(frame))
    assert first - began - onset_frames <= 2


async def test_a_cough_makes_the_prompt_soft_and_costs_no_word_of_it(hotline):
    heard, _ = await interrupted_with(hotline, noise(0.2))

    assert hotline.voice.heard(heard)[-1] == (LONG, pytest.approx(len(LONG) * 0.2, abs=0.001))
    assert 0.3 <= sum(softly(heard)) * 0.02 <= 0.6
    assert not softly(heard)[-1]


async def test_a_backchannel_is_listened_to_softly(hotline):
    heard, _ = await interrupted_with(hotline, hotline.words("嗯", 0.6))

    assert hotline.voice.heard(heard)[-1] == (LONG, pytest.approx(len(LONG) * 0.2, abs=0.001))
    assert sum(softly(heard)) * 0.02 >= 0.5


async def test_the_answer_to_an_interruption_is_as_loud_as_ever(hotline):
    heard, _ = await interrupted_with(hotline, hotline.words("余额", 0.6))

    assert [text for text, _ in hotline.voice.heard(heard)] == [GREETING, LONG, BALANCE]
    answer = [frame for frame in heard if frame != SILENCE][-50:]
    assert not any(map(is_ducked, answer))


async def test_a_prompt_that_is_never_spoken_over_is_never_soft(hotline):
    heard, _ = await interrupted_with(hotline, b"")

    assert not any(softly(heard))
