"""The product's ear with its own models: sentences, expected answers, bad audio, long audio, load.

Speech is synthesised by espeak-ng and sent through 8 kHz µ-law: kinder than real callers (see
models/*/README.md for those figures), good enough to notice when something breaks.
"""

import asyncio
import resource
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr import metrics
from ivr.asr.models import SHIPPED, open_vosk_model
from ivr.asr.vosk import VoskRecognizer, _decoder
from ivr.asr.worker_ear import MOST_WAITING_S
from ivr.domain import Expect, Language, Listening, Utterance
from ivr.errors import ConfigError, EngineUnavailable
from tests.spoken import spoken

EN, ZH = Language.EN, Language.ZH

SENTENCES = {
    EN: """
        what is my balance; when is my next payment due; how much do i have to pay;
        my payment failed; i lost my card; i did not receive the verification code;
        i want to change my phone number; what are the fees; what are your opening hours;
        i want to make a complaint; please repeat that; thank you goodbye;
        i want to speak to a person; why was my payment declined; can you increase my limit;
        i want a refund; my payment is overdue; can i postpone my payment; what is my credit limit;
        how do i reset my pin; cancel my card please
    """,
    ZH: """
        我想查询余额; 我要还多少钱; 我想提前还款; 我的还款失败了; 我的卡丢了; 我要挂失;
        我没有收到验证码; 我要更换手机号码; 手续费是多少; 你们的营业时间; 我要投诉; 请再说一遍;
        请说慢一点; 谢谢再见; 转人工; 为什么扣款失败; 我要退款; 我逾期了怎么办; 我的额度是多少;
        忘记密码怎么办; 取消订单
    """,
}


@pytest.fixture(scope="module")
def recognizer() -> Iterator[VoskRecognizer]:
    models = {lang: open_vosk_model(f"vosk-hotline-{lang}-8k", SHIPPED) for lang in Language}
    made = VoskRecognizer(models, deadline_s=30)
    yield made
    made.close()


async def hear(recognizer: VoskRecognizer, pcm: bytes, listening: Listening) -> Utterance:
    ear = recognizer.listen(listening)
    ear.feed(pcm)
    return await ear.finish()


@pytest.mark.parametrize(
    ("language", "said", "behind"),
    [(EN, "what are the fees", "i lost my card"), (ZH, "我要退款", "我的卡丢了")],
)
async def test_who_talks_far_behind_the_caller_is_not_heard(
    recognizer: VoskRecognizer, language: Language, said: str, behind: str
) -> None:
    caller, other = (np.frombuffer(spoken(text, language), "<i2") for text in (said, behind))
    pause = np.zeros(4000, "<i2")
    room = np.concatenate([caller, pause, other // 16]).astype("<i2")  # 24 dB down
    near = np.concatenate([caller, pause, other]).astype("<i2")
    words = [
        (await hear(recognizer, pcm.tobytes(), Listening(language))).text.replace(" ", "")
        for pcm in (room, near)
    ]
    said, behind = said.replace(" ", ""), behind.replace(" ", "")
    assert words == [said, said + behind]


async def test_what_a_room_full_of_voices_makes_of_a_sentence_is_not_believed(
    recognizer: VoskRecognizer,
) -> None:
    sentences = [text.strip() for text in SENTENCES[ZH].split(";")][:12]
    heard = [
        await hear(recognizer, in_babble(text, sentences), Listening(ZH)) for text in sentences
    ]

    misheard = [
        utterance
        for utterance, text in zip(heard, sentences, strict=True)
        if utterance.text and utterance.text.replace(" ", "") != text
    ]

    believed = [each.text for each in misheard if not each.is_doubtful]
    assert len(misheard) >= 6  # or the room is too quiet to tell anything
    assert len(believed) <= 2, believed  # 2026-11: none; 5 where the room's level is not asked


def in_babble(text: str, others: list[str]) -> bytes:
    """Give a Mandarin sentence with six voices all through it, together 8 dB below it."""
    caller = np.frombuffer(spoken(text, ZH), "<i2").astype(float)
    room = np.zeros(len(caller))
    for at, voice in enumerate(("m3", "f2", "m5", "klatt", "f5", "m7")):
        said = others[(others.index(text) + 1 + at) % len(others)]
        other = np.frombuffer(spoken(said, ZH, f"cmn+{voice}"), "<i2").astype(float)[2400:-2400]
        room += np.resize(np.roll(other / np.std(other), 1500 * at), len(caller))
    loud = np.std(caller[np.abs(caller) > 0.05 * np.abs(caller).max()])
    both = caller + room / np.std(room) * loud * 10 ** (-8 / 20)
    return np.clip(both, -32768, 32767).astype("<i2").tobytes()


async def answer(
    recognizer: VoskRecognizer, said: str, language: Language, expect: Expect, **listening: object
) -> str:
    pcm = spoken(said, language)
    return (await hear(recognizer, pcm, Listening(language, expect, **listening))).text


@pytest.mark.parametrize("language", Language)
async def test_the_hotlines_sentences_are_understood(
    recognizer: VoskRecognizer, language: Language
) -> None:
    sentences = [text.strip() for text in SENTENCES[language].split(";")]

    heard = [await answer(recognizer, text, language, Expect.FREE) for text in sentences]

    right = [
        a.replace(" ", "") == b.replace(" ", "") for a, b in zip(heard, sentences, strict=True)
    ]
    assert sum(right) >= 0.8 * len(sentences), heard  # 2026-11: 20 of 21 and 19 of 21


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (EN, "yes"),
        (EN, "no thanks"),
        (EN, "that is correct"),
        (EN, "not now"),
        (ZH, "是的"),
        (ZH, "不用了"),
        (ZH, "对"),
        (ZH, "不是"),
    ],
)
async def test_yes_and_no_are_understood_in_many_forms(
    recognizer: VoskRecognizer, language: Language, said: str
) -> None:
    heard = await answer(recognizer, said, language, Expect.YES_NO)

    assert heard.replace(" ", "") == said.replace(" ", "")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (EN, "one two three four five six seven eight"),
        (EN, "oh seven double three nine"),
        (EN, "four, four, four"),
        (ZH, "一 二 三 四"),
        (ZH, "九 八 七 六 零"),
    ],
)
async def test_digits_are_understood(
    recognizer: VoskRecognizer, language: Language, said: str
) -> None:
    heard = await answer(recognizer, said, language, Expect.DIGITS)

    assert heard == said.replace(",", "")


@pytest.mark.parametrize(
    ("language", "said", "expect"),
    [
        (EN, "the third of march", Expect.DATE),
        (ZH, "三月五号", Expect.DATE),
        (EN, "two hundred and fifty dollars", Expect.AMOUNT),
        (ZH, "两千五百元", Expect.AMOUNT),
        (EN, "speak to a person", Expect.MENU),
        (ZH, "转人工", Expect.MENU),
    ],
)
async def test_dates_amounts_and_choices_are_understood(
    recognizer: VoskRecognizer, language: Language, said: str, expect: Expect
) -> None:
    heard = await answer(recognizer, said, language, expect)

    assert heard.replace(" ", "") == said.replace(" ", "")


@pytest.mark.parametrize("expect", [Expect.YES_NO, Expect.DIGITS, Expect.MENU])
async def test_a_caller_may_say_something_else_than_was_asked(
    recognizer: VoskRecognizer, expect: Expect
) -> None:
    assert (await answer(recognizer, "i lost my card", EN, expect)) == "i lost my card"


@pytest.mark.parametrize("expect", [Expect.YES_NO, Expect.DIGITS, Expect.AMOUNT, Expect.DATE])
@pytest.mark.parametrize("language", Language)
def test_a_story_is_not_squeezed_into_the_words_of_an_answer(
    recognizer: VoskRecognizer, language: Language, expect: Expect
) -> None:
    story = spoken(SENTENCES[language].replace(";", " "), language)[: 5 * 16000]
    decoder = _decoder(recognizer._models[language], Listening(language, expect))

    for start in range(0, len(story), 1600):
        decoder.accept(story[start : start + 1600])
        decoder.partial()

    heard = decoder.heard()
    assert heard.closed is not None
    assert heard.closed.unknown_share == 1.0
    assert len(heard.free.known) > 3


async def test_phrases_of_a_question_may_hold_words_the_model_does_not_know(
    recognizer: VoskRecognizer,
) -> None:
    phrases = ("check my balance", "xylophone lessons", "", "emoji 😀", "转账")

    heard = await answer(recognizer, "check my balance", EN, Expect.MENU, phrases=phrases)

    assert heard == "check my balance"


# --- bad audio ---------------------------------------------------------------------------


def mixed(text: str, gain: float, noise: float) -> bytes:
    voice = np.frombuffer(spoken(text, EN), "<i2").astype(np.float64)
    added = np.random.default_rng(7).normal(0, noise, len(voice))
    return np.clip(voice * gain + added, -32768, 32767).astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("gain", "noise"), [(20, 0), (0.03, 0), (1, 150)], ids=["clipped", "very quiet", "line noise"]
)
async def test_a_clear_sentence_survives_a_bad_line(
    recognizer: VoskRecognizer, gain: float, noise: float
) -> None:
    heard = await hear(recognizer, mixed("what is my balance", gain, noise), Listening(EN))

    assert "balance" in heard.text


@pytest.mark.parametrize("expect", Expect)
@pytest.mark.parametrize("language", Language)
async def test_sounds_without_words_never_break_it(
    recognizer: VoskRecognizer, language: Language, expect: Expect
) -> None:
    rng = np.random.default_rng(3)
    time_s = np.arange(16000) / 8000
    sounds = {
        "noise": rng.normal(0, 8000, 16000),
        "full scale": np.tile([32767, -32768], 8000),
        "tone": 12000 * np.sin(2 * np.pi * 440 * time_s),
        "key": 9000 * (np.sin(2 * np.pi * 770 * time_s) + np.sin(2 * np.pi * 1336 * time_s)),
        "offset": np.full(16000, 20000),
        "click": np.eye(1, 16000, 800)[0] * 32767,
    }

    heard = {
        name: await hear(
            recognizer, s.clip(-32768, 32767).astype("<i2").tobytes(), Listening(language, expect)
        )
        for name, s in sounds.items()
    }

    assert {name: len(u.text.split()) for name, u in heard.items() if len(u.text.split()) > 2} == {}
    assert all("[unk]" not in u.text and 0 <= u.confidence <= 1 for u in heard.values())


# --- long audio and load -----------------------------------------------------------------


async def test_a_ten_minute_monologue_is_heard_to_its_end(recognizer: VoskRecognizer) -> None:
    sentence = spoken("what is my balance", EN)
    repeats = 600 * 16000 // len(sentence)
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ear = recognizer.listen(Listening(EN))

    for _ in range(repeats):
        ear.feed(sentence)
        while ear.waiting_s > 5:  # noqa: ASYNC110  # faster than life, as nobody feeds it
            await asyncio.sleep(0.01)
    heard = await ear.finish()

    grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mb
    assert heard.text.count("balance") >= 0.95 * repeats
    assert heard.words[-1].end_s == pytest.approx(repeats * len(sentence) / 16000, abs=2)
    assert grown_mb < 60


async def test_a_flood_drops_the_oldest_audio_and_counts_it(recognizer: VoskRecognizer) -> None:
    flood = bytes(60 * 16000) + spoken("i lost my card", EN)
    before = metrics.FRAMES_DROPPED._value.get()
    ear = recognizer.listen(Listening(EN))

    ear.feed(flood)
    most_s = ear.waiting_s
    heard = await ear.finish()

    assert most_s <= MOST_WAITING_S
    assert heard.text == "i lost my card"
    dropped_s = (metrics.FRAMES_DROPPED._value.get() - before) * 0.02
    assert dropped_s == pytest.approx(len(flood) / 16000 - MOST_WAITING_S, abs=0.1)


async def test_forty_ears_leave_the_event_loop_free(recognizer: VoskRecognizer) -> None:
    """Frames of 40 calls at full speed: no feeding may hold the loop."""
    pcm = spoken("i want to change my phone number", EN)
    ears = [recognizer.listen(Listening(EN)) for _ in range(40)]
    took_s = []
    for at in range(0, len(pcm), 320):
        for ear in ears:
            began = time.thread_time()
            ear.feed(pcm[at : at + 320])
            took_s.append(time.thread_time() - began)
        await asyncio.sleep(0)

    heard = await asyncio.gather(*(ear.finish() for ear in ears))

    assert {utterance.text for utterance in heard} == {"i want to change my phone number"}
    # CPU of the loop's own thread, but for moments when Python collects its garbage there;
    # 2026-11: 0.3 ms.
    assert np.percentile(took_s, 99.9) < 0.005


async def test_dropped_ears_leave_no_work_behind(recognizer: VoskRecognizer) -> None:
    for _ in range(200):
        ear = recognizer.listen(Listening(EN, Expect.YES_NO))
        ear.feed(spoken("yes please", EN))
        ear.drop()

    assert await recognizer.is_healthy()
    assert await answer(recognizer, "yes please", EN, Expect.YES_NO) == "yes please"


# --- models ------------------------------------------------------------------------------


async def test_a_16_khz_model_gets_resampled_audio(tmp_path: Path) -> None:
    # Our own model, told to expect 16 kHz: the same band and frames, so it still understands.
    shutil.copytree(SHIPPED / "vosk-hotline-en-8k", tmp_path / "wide")
    (tmp_path / "wide/SHA256SUMS").unlink()
    conf = tmp_path / "wide/conf/mfcc.conf"
    conf.write_text(conf.read_text().replace("=8000", "=16000"))
    recognizer = VoskRecognizer({EN: open_vosk_model("wide", tmp_path)})

    heard = await answer(recognizer, "what is my balance", EN, Expect.FREE)

    recognizer.close()
    assert heard == "what is my balance"


async def test_a_closed_recogniser_is_unavailable() -> None:
    recognizer = VoskRecognizer({EN: open_vosk_model("vosk-hotline-en-8k", SHIPPED)})
    ear = recognizer.listen(Listening(EN))
    recognizer.close()

    assert not await recognizer.is_healthy()
    with pytest.raises(EngineUnavailable):
        recognizer.listen(Listening(EN))
    with pytest.raises(EngineUnavailable):
        await ear.finish()


def test_a_model_that_vosk_refuses_is_a_setting_to_mend(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "vosk-hotline-en-8k", tmp_path / "bad")
    (tmp_path / "bad/SHA256SUMS").unlink()
    weights = tmp_path / "bad/am/final.mdl"
    weights.write_bytes(weights.read_bytes()[:3_000_000])

    with pytest.raises(ConfigError, match="ivr models verify bad"):
        VoskRecognizer({EN: open_vosk_model("bad", tmp_path)})


def test_a_model_leaves_memory_with_the_last_recognizer_that_has_it(tmp_path: Path) -> None:
    shipped = open_vosk_model("vosk-hotline-en-8k", SHIPPED)
    taught = tmp_path / "taught"
    shutil.copytree(shipped.path, taught)
    first = VoskRecognizer({EN: shipped})

    second = first.with_models({EN: open_vosk_model("taught", tmp_path)})
    both = first.in_memory
    third = second.with_models({EN: shipped})
    del second
    left = third.in_memory
    first.close()

    assert both == {shipped.path, taught}
    assert left == {shipped.path}
