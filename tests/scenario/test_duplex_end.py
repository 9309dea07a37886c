"""When the caller has finished, on the in-memory line, in virtual time."""

import pytest

from ivr.config.settings import Hearing
from ivr.domain import Expect, Speaker
from ivr.sim.dialog import STARTER, Rule

pytestmark = pytest.mark.looptime

QUESTION = "要查余额吗？"
SURE = Rule("sure", ("确认",), (QUESTION, "Shall I look it up?"), expect=Expect.YES_NO)
DONE = Rule("done", ("是的", "perhaps"), ("好的，再见。", "Fine."))
SILENCE = bytes(320)


@pytest.fixture
def hotline(hotline):
    hotline.dialog.rules = (SURE, DONE, *STARTER)
    return hotline


async def said(hotline, *speech: bytes, asked: str = "") -> float | None:
    """Say something after a question; give the silence before the answer to it, in seconds."""
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        if asked:
            call.caller.say(hotline.words(asked))
            await call.caller.until_hotline(audible=True)
            await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(b"".join(speech))
        await call.caller.until_hotline(audible=True)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        await hotline.over()
    waits = [turn.silence_s for turn in await hotline.store.turns("sim-1")]
    return waits[-1]


async def test_a_yes_is_answered_after_a_quarter_of_a_second(hotline):
    silence_s = await said(hotline, hotline.words("是的"), asked="确认")

    assert silence_s == pytest.approx(0.25, abs=0.03)


async def test_a_full_number_is_answered_after_a_quarter_of_a_second(hotline):
    silence_s = await said(hotline, hotline.words("四 七 幺 三"), asked="退款")

    assert silence_s == pytest.approx(0.25, abs=0.03)


async def test_a_pause_of_a_second_inside_a_number_does_not_cut_it(hotline):
    pause = SILENCE * 55
    speech = (hotline.words("四 七"), pause, hotline.words("幺 三"))

    silence_s = await said(hotline, *speech, asked="退款")

    assert [words.text for _, _, words in hotline.dialog.heard] == ["退款", "四 七 幺 三"]
    assert silence_s == pytest.approx(0.25, abs=0.03)


async def test_a_pause_to_think_does_not_cut_free_speech(hotline):
    speech = (hotline.words("我 想 问"), SILENCE * 50, hotline.words("余额"))

    silence_s = await said(hotline, *speech)

    assert [words.text for _, _, words in hotline.dialog.heard] == ["我 想 问 余额"]
    assert silence_s == pytest.approx(0.6, abs=0.03)


async def test_a_sentence_that_never_goes_on_is_answered_all_the_same(hotline):
    silence_s = await said(hotline, hotline.words("我 想"))

    assert [words.text for _, _, words in hotline.dialog.heard] == ["我 想"]
    assert silence_s == pytest.approx(1.8, abs=0.03)


async def test_a_sentence_to_a_question_for_a_number_is_answered_as_free_speech(hotline):
    silence_s = await said(hotline, hotline.words("你好 帮忙 查 余额"), asked="退款")

    assert silence_s == pytest.approx(0.6, abs=0.03)


async def test_a_sentence_behind_a_no_is_not_cut_as_a_no_would_be(hotline):
    speech = (hotline.words("不是 你好 帮忙 查"), SILENCE * 25, hotline.words("余额"))

    await said(hotline, *speech, asked="确认")

    kept = [turn.text for turn in await hotline.store.turns("sim-1")]
    assert "不是 你好 帮忙 查 余额" in kept
    assert "不是 你好 帮忙 查" not in kept


@pytest.fixture
def impatient(hotline):
    """Waits for a tenth of what callers get."""
    shorter = Hearing(too_long_s=3.0, longest_s=9.0)
    hotline.settings = hotline.settings.model_copy(update={"hearing": shorter})
    return hotline


async def test_a_long_story_is_heard_to_its_end(impatient):
    story = "你好 帮忙 查 余额 " * 5

    await said(impatient, impatient.words(story, 7.0))

    assert [words.text.split() for _, _, words in impatient.dialog.heard] == [story.split()]


async def test_a_sound_without_words_is_not_listened_to_for_so_long(impatient):
    hotline = impatient
    noise = bytes([7, 1]) * (8000 * 8)
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(noise)
        await call.caller.until_hotline(audible=True)
        began_s = len(call.caller.heard) * 0.02
        call.caller.hang_up()
        await hotline.over()

    assert 3 < began_s < 9


async def waits_of(hotline, *turns: bytes) -> list[float | None]:
    """Say several things, each after the answer to the one before; give the silences."""
    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        for speech in turns:
            call.caller.say(speech)
            await call.caller.until_hotline(audible=True)
            await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        await hotline.over()
    kept = await hotline.store.turns("sim-1")
    return [turn.silence_s for turn in kept if turn.speaker is Speaker.HOTLINE][1:]


def with_pauses(hotline, words: str, frames: int) -> bytes:
    """Speak word by word, with so many frames of silence between."""
    return (SILENCE * frames).join(hotline.words(word, 0.3) for word in words.split())


async def test_a_caller_who_pauses_between_words_is_given_more_time(hotline):
    slow = with_pauses(hotline, "余额 余额 余额", 22)

    first_s, second_s, third_s = await waits_of(hotline, slow, slow, slow)

    assert 0.6 < first_s < second_s < third_s
    assert third_s > 0.75
    assert {turn for _, turn, _ in hotline.dialog.heard} == {1, 2, 3}


async def test_a_caller_who_hardly_pauses_is_answered_sooner(hotline):
    quick = with_pauses(hotline, "请 查 余额 余额 余额", 6)

    waits = await waits_of(hotline, quick, quick, quick)

    assert waits[-1] < 0.53


async def test_a_pause_that_cut_the_caller_off_is_learned_from(hotline):
    hotline.dialog.think_s = 0.8
    cut = with_pauses(hotline, "余额 余额", 38)  # 0.76 s

    waits = await waits_of(hotline, *[cut] * 5)

    said = [words.text for _, _, words in hotline.dialog.heard]
    assert said.count("余额 余额") == 5
    assert waits[-1] > 0.7
