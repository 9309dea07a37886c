"""Turn-taking on the in-memory line, in virtual time: stops, noises, backchannels, notices."""

import asyncio
from dataclasses import replace

import pytest

from ivr.domain import Expect, Happening, Keys, Listening, Prompt
from ivr.sim.dialog import STARTER, Rule
from ivr.sim.hearing import SimDetector

pytestmark = pytest.mark.looptime

GREETING = "您好，请问有什么可以帮您？"
BALANCE = "您的余额是一千二百元。"
LONG = "您的账单是三百元。还款日是下月三号。请问还要查什么？"
RULE = Rule("bill", ("账单",), (LONG, LONG), question="bill")


def noise(seconds: float) -> bytes:
    """A sound without words."""
    return b"\x01\x00" * round(seconds * 8000)


@pytest.fixture
def hotline(hotline):
    hotline.dialog.rules = (RULE, *STARTER)
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


# --- a false stop is mended ---------------------------------------------------------------


async def test_a_prompt_stopped_by_a_noise_goes_on_from_the_sentence_that_was_cut(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(2.4)  # in the second sentence
        call.caller.say(noise(0.9))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, LONG, "还款日是下月三号。请问还要查什么？"]
    assert hotline.seconds_of(call, LONG) < 3.2
    assert len(hotline.dialog.heard) == 1


async def test_a_long_noise_over_a_prompt_is_no_reason_to_apologise(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(0.5)
        call.caller.say(noise(2.5))
        await asyncio.sleep(9)
        await over(hotline, call)

    assert hotline.heard_by(call)[:3] == [GREETING, LONG, LONG][:2] + hotline.heard_by(call)[2:3]
    assert Happening.UNHEARD not in [said for _, _, said in hotline.dialog.heard]
    assert hotline.seconds_of(call, LONG) > len(LONG) * 0.2


async def test_whoever_speaks_up_a_third_time_without_words_is_asked(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        for _ in range(3):
            await asyncio.sleep(0.5)
            call.caller.say(noise(1.2))
            await asyncio.sleep(2.2)
        await asyncio.sleep(3)
        await over(hotline, call)

    assert hotline.dialog.heard[-1][2] is Happening.UNHEARD


async def test_words_behind_a_mended_stop_are_a_turn_of_their_own(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(0.5)
        call.caller.say(noise(0.9))
        await asyncio.sleep(3)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(5)
        await over(hotline, call)

    assert [turn for _, turn, _ in hotline.dialog.heard] == [1, 2]
    assert hotline.heard_by(call)[-1] == BALANCE


# --- a room full of voices ----------------------------------------------------------------


class InARoom(SimDetector):
    """Hears whether every sound is above the voices of the room."""

    has_risen = False

    def hear(self, frame):
        return replace(super().hear(frame), has_risen=self.has_risen)


class NearInARoom(InARoom):
    has_risen = True


@pytest.mark.parametrize(("detector", "is_stopped"), [(InARoom, False), (NearInARoom, True)])
async def test_in_a_room_full_of_voices_only_what_is_louder_stops_a_prompt(
    hotline, detector, is_stopped
):
    hotline.detector = detector

    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(1.0)
        call.caller.say(hotline.words("余额 多少", 0.6))
        await asyncio.sleep(12)
        await over(hotline, call)

    assert (hotline.seconds_of(call, LONG) < 1.6) is is_stopped
    assert (BALANCE in hotline.heard_by(call)) is is_stopped


class LateInARoom(NearInARoom):
    """Notices the caller only after a second."""

    seconds = 0.0

    def hear(self, frame):
        heard = super().hear(frame)
        self.seconds = self.seconds + 0.02 if heard.is_speech else 0.0
        return replace(
            heard, is_speech=self.seconds > 0.9, has_risen=None, risen_for_s=self.seconds
        )


async def test_the_first_word_of_a_caller_who_is_noticed_late_is_heard(hotline):
    hotline.detector = LateInARoom

    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(12)
        call.caller.say(hotline.words("余额 多少 多少 多少", 1.6))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert BALANCE in hotline.heard_by(call)


class InDoubtInARoom(NearInARoom):
    """Notices an instant of the first word, then nothing for a second."""

    seconds = 0.0

    def hear(self, frame):
        heard = super().hear(frame)
        self.seconds = self.seconds + 0.02 if heard.is_speech else 0.0
        is_noticed = 0 < self.seconds <= 0.1 or self.seconds > 1.3
        return replace(heard, is_speech=is_noticed, risen_for_s=self.seconds)


async def test_a_first_word_that_was_taken_for_the_room_is_heard_with_the_words_behind_it(hotline):
    hotline.detector = InDoubtInARoom

    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(12)
        call.caller.say(hotline.words("余额" + 7 * " 多少", 1.6))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert BALANCE in hotline.heard_by(call)


# --- backchannels -------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["嗯", "好", "对 对", "嗯 好的"])
async def test_a_backchannel_of_nearly_a_second_does_not_stop_a_prompt(hotline, word):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(1.0)
        call.caller.say(hotline.words(word, 0.8))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, LONG]
    assert hotline.seconds_of(call, LONG) == pytest.approx(len(LONG) * 0.2, abs=0.05)
    assert len(hotline.dialog.heard) == 1


async def test_a_backchannel_known_too_late_costs_no_answer(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(0.5)
        hotline.ear.hear_next("嗯")
        call.caller.say(noise(0.6))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert len(hotline.dialog.heard) == 1
    assert hotline.seconds_of(call, LONG) > len(LONG) * 0.2


async def test_a_word_stops_a_prompt_sooner_than_a_sound_does(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(1.0)
        before = hotline.seconds_of(call, LONG)
        call.caller.say(hotline.words("余额", 0.6))
        await asyncio.sleep(5)
        await over(hotline, call)

    assert hotline.seconds_of(call, LONG) - before <= 0.2
    assert hotline.heard_by(call)[-1] == BALANCE


async def test_our_own_words_coming_back_do_not_stop_us(hotline):
    async with hotline.running():
        call = await asked_for_the_bill(hotline)
        await asyncio.sleep(0.8)
        call.caller.say(hotline.words("账单", 0.6))
        await asyncio.sleep(8)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, LONG]
    assert hotline.seconds_of(call, LONG) == pytest.approx(len(LONG) * 0.2, abs=0.05)


async def test_a_yes_over_a_yes_no_question_is_its_answer(hotline):
    question = Rule("sure", ("确认",), (LONG, LONG), expect=Expect.YES_NO)
    hotline.dialog.rules = (question, *STARTER)

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words("确认"))
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(1.0)
        call.caller.say(hotline.words("对"))
        await asyncio.sleep(4)
        await over(hotline, call)

    assert [said.text for _, _, said in hotline.dialog.heard[:2]] == ["确认", "对"]
    assert hotline.seconds_of(call, LONG) < 2.0


# --- notices ------------------------------------------------------------------------------

NOTICE = "通话会被录音。"


async def in_a_notice(hotline):
    call = hotline.exchange.ring()
    await call.caller.until_hotline(silent_s=0.5)
    call.caller.say(hotline.words("协议"))
    await call.caller.until_hotline(audible=True)
    return call


async def test_what_is_said_over_a_notice_is_answered_after_it(hotline):
    async with hotline.running():
        call = await in_a_notice(hotline)
        await asyncio.sleep(0.1)
        call.caller.say(hotline.words("余额", 0.5))
        await asyncio.sleep(6)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, NOTICE, BALANCE]
    assert hotline.seconds_of(call, NOTICE) == pytest.approx(len(NOTICE) * 0.2, abs=0.05)
    kept = await hotline.store.turns("sim-1")
    assert [turn.text for turn in kept][-2:] == ["余额", BALANCE]
    assert kept[-1].silence_s == pytest.approx(0.05, abs=0.05)  # since the notice ended


async def test_who_still_speaks_when_a_notice_ends_is_heard_from_the_first_word(hotline):
    async with hotline.running():
        call = await in_a_notice(hotline)
        await asyncio.sleep(0.6)
        call.caller.say(hotline.words("我 要 查 余额", 2.0))
        await asyncio.sleep(7)
        await over(hotline, call)

    assert hotline.dialog.heard[-1][2].text == "我 要 查 余额"
    assert hotline.heard_by(call) == [GREETING, NOTICE, BALANCE]


async def test_keys_over_a_notice_are_taken_after_it(hotline):
    async with hotline.running():
        call = await in_a_notice(hotline)
        call.caller.press("4711")
        await asyncio.sleep(6)
        await over(hotline, call)

    assert hotline.dialog.heard[-1][2] == Keys("4711")
    assert hotline.seconds_of(call, NOTICE) == pytest.approx(len(NOTICE) * 0.2, abs=0.05)


@pytest.mark.parametrize("seconds", [0.1, 1.0])
async def test_a_noise_over_a_notice_is_not_answered(hotline, seconds):
    async with hotline.running():
        call = await in_a_notice(hotline)
        await asyncio.sleep(0.1)
        call.caller.say(noise(seconds))
        await asyncio.sleep(5)
        await over(hotline, call)

    assert hotline.heard_by(call) == [GREETING, NOTICE]
    assert len(hotline.dialog.heard) == 1


async def test_a_question_behind_a_notice_is_dropped_when_it_was_answered_already(hotline):
    async with hotline.running():
        hotline.dialog.open = noticed(hotline.dialog.open)
        call = hotline.exchange.ring()
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.1)
        call.caller.say(hotline.words("余额", 0.5))
        await asyncio.sleep(6)
        await over(hotline, call)

    assert hotline.heard_by(call) == [NOTICE, BALANCE]


async def test_a_question_behind_a_notice_is_still_asked_after_a_noise(hotline):
    async with hotline.running():
        hotline.dialog.open = noticed(hotline.dialog.open)
        call = hotline.exchange.ring()
        await call.caller.until_hotline(audible=True)
        await asyncio.sleep(0.1)
        call.caller.say(noise(0.5))
        await asyncio.sleep(6)
        await over(hotline, call)

    assert hotline.heard_by(call) == [NOTICE, GREETING]


def noticed(open_dialog):
    """A greeting with a notice before it."""

    async def open_with_notice(info, opening):
        reply = await open_dialog(info, opening)
        notice = Prompt(NOTICE, info.language, may_interrupt=False)
        listening = Listening(info.language)
        return replace(reply, prompts=(notice, *reply.prompts), listening=listening)

    return open_with_notice
