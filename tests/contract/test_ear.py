"""What every ear keeps: Vosk's and the scripted one of the scenarios."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from ivr.asr import Ear, Recognizer
from ivr.asr.models import SHIPPED, open_vosk_model
from ivr.asr.vosk import VoskRecognizer
from ivr.domain import Expect, Language, Listening
from ivr.errors import EngineTimeout, EngineUnavailable
from ivr.sim.ear import ScriptedRecognizer
from tests.spoken import spoken

EN = Listening(Language.EN)
BALANCE = "what is my balance"


@dataclass(frozen=True)
class Maker:
    """A recogniser for English, one that is too slow for its deadline, and a voice for both."""

    recognizer: Recognizer
    slow: Recognizer
    speak: Callable[[str], bytes]


@cache
def _model():
    return open_vosk_model("vosk-hotline-en-8k", SHIPPED)


@pytest.fixture(scope="module")
def vosk_makers() -> Iterator[tuple[VoskRecognizer, VoskRecognizer]]:
    models = {Language.EN: _model()}
    made = VoskRecognizer(models, deadline_s=30), VoskRecognizer(models, deadline_s=1e-6)
    yield made
    for recognizer in made:
        recognizer.close()


@pytest.fixture(params=["vosk", "scripted"])
async def maker(request: pytest.FixtureRequest) -> AsyncIterator[Maker]:
    if request.param == "vosk":
        recognizer, slow = request.getfixturevalue("vosk_makers")
        yield Maker(recognizer, slow, lambda text: spoken(text, Language.EN))
    else:
        scripted = ScriptedRecognizer([Language.EN], deadline_s=30)
        slow = ScriptedRecognizer([Language.EN], delay_s=1, deadline_s=0.001)
        yield Maker(scripted, slow, scripted.speak)


async def hear(ear: Ear, pcm: bytes, piece: int = 320) -> str:
    for at in range(0, len(pcm), piece):
        ear.feed(pcm[at : at + piece])
    return (await ear.finish()).text


async def test_a_sentence_is_heard_with_times_and_confidence(maker: Maker) -> None:
    ear, pcm = maker.recognizer.listen(EN), maker.speak(BALANCE)
    ear.feed(pcm)

    heard = await ear.finish()

    assert heard.text == BALANCE
    assert heard.language is Language.EN
    assert 0.5 < heard.confidence <= 1
    assert [word.text for word in heard.words] == BALANCE.split()
    times = [time for word in heard.words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= len(pcm) / 16000


@pytest.mark.parametrize("piece", [1, 161, 320, 999, 100_000])
async def test_audio_may_come_in_pieces_of_any_length(maker: Maker, piece: int) -> None:
    assert await hear(maker.recognizer.listen(EN), maker.speak("one two"), piece) == "one two"


async def test_the_partial_tells_the_words_so_far(maker: Maker) -> None:
    ear = maker.recognizer.listen(EN)
    assert ear.partial == ""

    ear.feed(maker.speak(BALANCE))
    async with asyncio.timeout(30):
        while ear.partial != BALANCE:  # noqa: ASYNC110  # the promise has no event for it
            await asyncio.sleep(0.002)

    assert (await ear.finish()).text == BALANCE


@pytest.mark.parametrize("expect", Expect)
async def test_silence_and_no_audio_at_all_are_an_empty_text(maker: Maker, expect: Expect) -> None:
    for pcm in (b"", bytes(2), bytes(48000)):
        ear = maker.recognizer.listen(Listening(Language.EN, expect))
        ear.feed(pcm)

        heard = await ear.finish()

        assert (heard.text, heard.confidence, heard.words) == ("", 0.0, ())


async def test_loud_noise_is_not_taken_for_a_sentence(maker: Maker) -> None:
    noise = np.random.default_rng(1).normal(0, 6000, 24000).clip(-32768, 32767).astype("<i2")

    assert len((await hear(maker.recognizer.listen(EN), noise.tobytes())).split()) <= 1


async def test_two_calls_do_not_hear_each_other(maker: Maker) -> None:
    first, second = maker.recognizer.listen(EN), maker.recognizer.listen(EN)
    one, two = maker.speak("yes please"), maker.speak("goodbye")
    for at in range(0, max(len(one), len(two)), 320):
        first.feed(one[at : at + 320])
        second.feed(two[at : at + 320])

    heard = await asyncio.gather(first.finish(), second.finish())

    assert [utterance.text for utterance in heard] == ["yes please", "goodbye"]


async def test_many_ears_at_once_each_hear_their_own(maker: Maker) -> None:
    ears = [maker.recognizer.listen(EN) for _ in range(20)]
    for at, ear in enumerate(ears):
        ear.feed(maker.speak("yes please" if at % 2 else "goodbye"))

    heard = await asyncio.gather(*(ear.finish() for ear in ears))

    assert [utterance.text for utterance in heard] == ["goodbye", "yes please"] * 10


async def test_dropping_is_harmless_at_any_time(maker: Maker) -> None:
    ear = maker.recognizer.listen(EN)
    ear.feed(maker.speak("yes please"))
    await ear.finish()

    ear.drop()
    ear.drop()

    assert await hear(maker.recognizer.listen(EN), maker.speak("goodbye")) == "goodbye"


async def test_a_dropped_ear_takes_no_audio_and_gives_no_words(maker: Maker) -> None:
    ear = maker.recognizer.listen(EN)
    ear.drop()

    ear.feed(maker.speak("yes please"))

    with pytest.raises(EngineUnavailable):
        await ear.finish()


async def test_an_utterance_can_be_finished_once(maker: Maker) -> None:
    ear = maker.recognizer.listen(EN)
    await ear.finish()

    with pytest.raises(EngineUnavailable):
        await ear.finish()


async def test_a_late_engine_is_a_timeout_and_not_an_empty_text(maker: Maker) -> None:
    ear = maker.slow.listen(EN)
    ear.feed(maker.speak(BALANCE))

    with pytest.raises(EngineTimeout):
        await ear.finish()


async def test_a_language_without_a_model_is_refused(maker: Maker) -> None:
    with pytest.raises(EngineUnavailable, match="zh"):
        maker.recognizer.listen(Listening(Language.ZH))


async def test_it_is_healthy(maker: Maker) -> None:
    assert await maker.recognizer.is_healthy()
