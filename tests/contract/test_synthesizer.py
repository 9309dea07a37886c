"""The promise of `ivr.tts.Synthesizer`, held by every engine, bare and as the hotline uses it."""

import asyncio
import importlib.util
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
import pytest

from ivr.config import Settings
from ivr.config.settings import SpeechEngine, Tts
from ivr.domain import Language, Prompt
from ivr.errors import EngineRejected, EngineTimeout, EngineUnavailable
from ivr.tts import Synthesizer
from ivr.tts.closing import closing
from ivr.tts.make import Voice, worker_synthesizer
from ivr.tts.process import WorkerSynthesizer
from tests import needs

TEXTS = {
    Language.ZH: "您好，您的余额是1,234.50元。还款日是11月28日。",
    Language.EN: "Hello. Your balance is $1,234.50, due on 2026-11-28.",
}
LONG = {
    Language.ZH: "您的余额是一千二百三十四元，还款日是十一月二十八日。" * 80,
    Language.EN: "Your balance is one thousand yuan, and it is due in November. " * 33,
}
LOUD = 200  # -44 dBFS
MAKERS = ("espeak", "pyttsx3", "piper", "espeak as used")

Maker = Callable[..., Awaitable[Synthesizer]]


@pytest.fixture(params=MAKERS)
async def make(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Maker]:
    engine: SpeechEngine = request.param.split()[0]
    _needed(engine)
    async with AsyncExitStack() as stack:

        async def make_voice(**wishes: object) -> Synthesizer:
            settings = _settings(engine, tmp_path, **wishes)
            voice = Voice(settings) if "used" in request.param else _bare(settings, engine)
            return await stack.enter_async_context(voice)

        yield make_voice


@pytest.fixture
async def voice(make: Maker) -> Synthesizer:
    return await make()


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    return Language(request.param)


def _needed(engine: str) -> None:
    if engine == "piper" and not importlib.util.find_spec("piper"):
        needs.absent("piper-tts", "Run `pip install 'ivr-hotline[piper]'`.")
    if engine != "piper":
        needs.program("espeak-ng", "Run `apt-get install espeak-ng`.")


def _settings(engine: SpeechEngine, directory: Path, **wishes: object) -> Settings:
    voices = {Language.ZH: "cmn", Language.EN: "en-us"}
    if engine == "piper":
        from tests.tiny_piper_voice import write_tiny_voice  # noqa: PLC0415 - optional extra

        for espeak_voice in voices.values():
            write_tiny_voice(directory / "piper", espeak_voice, espeak_voice)
    tts = {
        "engines": dict.fromkeys(Language, engine),
        "voices": voices,
        "cache_dir": directory / "cache",
        "deadline_s": 30.0,
    }
    return Settings(models_dir=directory, tts=Tts.model_validate(tts | wishes))


def _bare(settings: Settings, engine: SpeechEngine) -> WorkerSynthesizer:
    return worker_synthesizer(settings, engine)


async def said(voice: Synthesizer, prompt: Prompt) -> np.ndarray:
    pcm = b"".join([piece async for piece in voice.say(prompt)])
    return np.frombuffer(pcm, "<i2").astype(int)


def _loud(samples: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.abs(samples) > LOUD)


def _workers() -> list[int]:
    return [pid for pid in _children() if b"ivr.tts.worker" in _command(pid)]


def _children() -> Iterator[int]:
    for task in Path("/proc/self/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def best_of_five(measure: Callable[[], Awaitable[float]], below: float) -> bool:
    """Measure until a figure is right: a machine that stalls makes one worse, and none better."""
    for _ in range(5):
        if await measure() < below:
            return True
    return False


async def test_speech_is_whole_samples_at_8_khz(voice: Synthesizer, language: Language) -> None:
    pieces = [piece async for piece in voice.say(Prompt(TEXTS[language], language))]

    assert all(pieces)
    assert all(len(piece) % 2 == 0 for piece in pieces)
    assert 2.5 < sum(map(len, pieces)) / 16000 < 12


async def test_speech_starts_at_once_and_ends_soon(voice: Synthesizer, language: Language) -> None:
    samples = await said(voice, Prompt(TEXTS[language], language))

    loud = _loud(samples)
    assert loud[0] <= 160, "more than 20 ms of silence before the first sound"
    assert len(samples) - loud[-1] <= 960, "more than 120 ms of silence after the last sound"


async def test_speech_is_loud_enough_and_does_not_clip(
    voice: Synthesizer, language: Language
) -> None:
    samples = await said(voice, Prompt(TEXTS[language], language))

    assert 5000 < np.abs(samples).max() < 32000


async def test_the_first_piece_does_not_wait_for_the_last(voice: Synthesizer) -> None:
    language = Language.ZH
    await said(voice, Prompt("OK", language))  # the engine has loaded its voice

    async def share() -> float:
        """Give how much of the whole time passes before the first piece."""
        started = time.perf_counter()
        async with closing(voice.say(Prompt(LONG[language], language))) as pieces:
            await anext(pieces)
            first_s = time.perf_counter() - started
            async for _ in pieces:
                pass
        return first_s / (time.perf_counter() - started)

    assert await best_of_five(share, below=1 / 4)


async def test_text_without_words_gives_no_audio(voice: Synthesizer) -> None:
    for text in ("", "  \n ", "…。！", "😀🎉", "\x00\x07", "[[]]"):
        said_nothing = await said(voice, Prompt(text, Language.ZH))

        assert said_nothing.size == 0, repr(text)


async def test_strange_characters_do_not_break_it(voice: Synthesizer) -> None:
    for text in ("好\x00的\x1b[31m", "好😀👨‍👩‍👧的", "好\ud83d的", "<b>好</b> [[x]] &amp; |"):
        samples = await said(voice, Prompt(text, Language.ZH))

        assert _loud(samples).size, repr(text)


async def test_two_thousand_characters_are_spoken(voice: Synthesizer) -> None:
    text = LONG[Language.EN][:2000]

    samples = await said(voice, Prompt(text, Language.EN))

    assert len(samples) > 8000 * 60


async def test_two_calls_at_once_do_not_mix(voice: Synthesizer) -> None:
    short, long = Prompt("一二三。", Language.ZH), Prompt(LONG[Language.EN][:400], Language.EN)
    alone = [len(await said(voice, prompt)) for prompt in (short, long)]

    together = await asyncio.gather(said(voice, short), said(voice, long))

    assert [len(samples) for samples in together] == pytest.approx(alone, rel=0.02)


async def test_slower_speech_takes_longer(voice: Synthesizer) -> None:
    language = Language.EN
    normal = await said(voice, Prompt(TEXTS[language], language))

    slower = await said(voice, Prompt(TEXTS[language], language, speed=0.8))

    assert len(slower) > 1.1 * len(normal)


async def test_a_cancelled_sentence_frees_the_worker(voice: Synthesizer) -> None:
    async def wholes() -> float:
        """Give how long a word takes after 20 cancelled texts, one whole text being 1."""
        started = time.perf_counter()
        await said(voice, Prompt(LONG[Language.EN], Language.EN))
        whole_s = time.perf_counter() - started
        for _ in range(20):
            async with closing(voice.say(Prompt(LONG[Language.EN], Language.EN))) as pieces:
                await anext(pieces)
        started = time.perf_counter()
        assert (await said(voice, Prompt("OK", Language.EN))).size
        return (time.perf_counter() - started) / whole_s

    assert await best_of_five(wholes, below=3)


async def test_a_dead_engine_is_an_error_and_speaks_again_with_the_next_sentence(
    voice: Synthesizer,
) -> None:
    async with closing(voice.say(Prompt(LONG[Language.EN], Language.EN))) as pieces:
        await anext(pieces)
        for worker in _workers():
            os.kill(worker, signal.SIGKILL)
        with pytest.raises(EngineUnavailable):
            async for _ in pieces:
                pass

    assert (await said(voice, Prompt("OK", Language.EN))).size
    assert await voice.is_healthy()


async def test_a_hung_engine_is_a_timeout_and_is_replaced(make: Maker) -> None:
    voice = await make(deadline_s=2.0)
    await said(voice, Prompt("OK", Language.EN))
    for worker in _workers():
        os.kill(worker, signal.SIGSTOP)

    with pytest.raises(EngineTimeout):
        await said(voice, Prompt("Hello", Language.EN))

    assert (await said(voice, Prompt("Hello there", Language.EN))).size


async def test_an_unknown_voice_is_rejected_with_a_remedy(make: Maker) -> None:
    voice = await make(voices=dict.fromkeys(Language, "no-such-voice"))

    with pytest.raises(EngineRejected, match="no-such-voice"):
        await said(voice, Prompt("Hello", Language.EN))


async def test_health_is_told(voice: Synthesizer) -> None:
    assert await voice.is_healthy()


async def test_no_worker_outlives_its_voice(tmp_path: Path) -> None:
    needs.program("espeak-ng", "Run `apt-get install espeak-ng`.")
    before = len(_workers())

    async with Voice(_settings("espeak", tmp_path)) as voice:
        await said(voice, Prompt("OK", Language.EN))
        assert len(_workers()) == before + 1

    assert len(_workers()) == before
