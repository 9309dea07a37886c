"""Speech workers that cannot start, or that end in unusual ways."""

import asyncio
import json
import resource
from pathlib import Path

import pytest

from ivr.domain import Language, Prompt
from ivr.errors import EngineRejected, EngineUnavailable
from ivr.tts.process import WorkerSynthesizer
from tests.tiny_piper_voice import write_tiny_voice

HELLO = Prompt("Hello", Language.EN)


def synthesizer(engine: str, voice: str = "en-us", **options: str) -> WorkerSynthesizer:
    return WorkerSynthesizer(
        engine, dict.fromkeys(Language, voice), dict.fromkeys(Language, 165), 30.0, options
    )


async def said(voice: WorkerSynthesizer) -> bytes:
    return b"".join([piece async for piece in voice.say(HELLO)])


async def test_a_missing_package_is_named_with_the_remedy() -> None:
    async with synthesizer("no_such_engine") as voice:
        with pytest.raises(EngineUnavailable, match=r"no_such_engine is missing: run `make setup`"):
            await said(voice)


async def test_a_missing_engine_is_not_started_for_every_sentence() -> None:
    async with synthesizer("no_such_engine") as voice:
        before_s = _cpu_of_children_s()
        with pytest.raises(EngineUnavailable):
            await said(voice)
        first_s = _cpu_of_children_s() - before_s
        for _ in range(100):
            with pytest.raises(EngineUnavailable):
                await said(voice)

    assert _cpu_of_children_s() - before_s < 10 * max(first_s, 0.1), (
        "a rest of 5 s after each start"
    )


def _cpu_of_children_s() -> float:
    """Give what processes that have ended took of the processors: a stall costs none."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def test_a_missing_voice_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    async with synthesizer("piper", "huayan", voices_dir=str(tmp_path)) as voice:
        with pytest.raises(EngineRejected, match="`ivr models get huayan`"):
            await said(voice)


async def test_a_damaged_voice_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path, "en-us", "en-us")
    (tmp_path / "en-us.onnx").write_bytes(b"not a voice")

    async with synthesizer("piper", voices_dir=str(tmp_path)) as voice:
        with pytest.raises(EngineRejected, match="`ivr models verify`"):
            await said(voice)


async def test_a_voice_that_would_download_while_a_caller_waits_is_rejected(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path, "en-us", "en-us")
    file = tmp_path / "en-us.onnx.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"phoneme_type": "pinyin"}))

    async with synthesizer("piper", voices_dir=str(tmp_path)) as voice:
        with pytest.raises(EngineRejected, match="phonemizer of pinyin"):
            await said(voice)


async def test_a_language_without_a_voice_is_rejected() -> None:
    async with WorkerSynthesizer("espeak", {}, {Language.EN: 165}, 2.0, {}) as voice:
        with pytest.raises(EngineRejected, match=r"tts\.voices names no voice for en"):
            await said(voice)


async def test_closing_ends_those_who_still_wait() -> None:
    voice = synthesizer("espeak")
    long = Prompt("Your balance is one thousand yuan. " * 50, Language.EN)
    speech = voice.say(long)
    await anext(speech)

    await voice.close()

    with pytest.raises(EngineUnavailable):
        async for _ in speech:
            pass


async def test_forty_calls_at_once_are_all_served() -> None:
    async with synthesizer("espeak") as voice:
        spoken = await asyncio.gather(*(said(voice) for _ in range(40)))

    lengths = [len(pcm) for pcm in spoken]
    assert min(lengths) > 4000
    assert max(lengths) <= 1.02 * min(lengths), "the same words take the same time"
