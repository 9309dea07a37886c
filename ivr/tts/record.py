"""Makes the shipped recordings: `python -m ivr.tts.record` (needs libespeak-ng)."""

import asyncio
import wave
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from ivr.domain import SAMPLE_RATE_HZ, Language, Prompt
from ivr.tts.make import pace
from ivr.tts.process import WorkerSynthesizer

_DIRECTORY: Final = Path(__file__).parent / "recorded"
_VOICES: Final = {Language.ZH: "cmn", Language.EN: "en-us"}
_WORDS_PER_MINUTE: Final = 150
"""A little slower than the hotline speaks: these are heard when something went wrong."""


async def record() -> None:
    """Write `<name>.<language>.wav` for every text. Raises EngineError."""
    texts = YAML(typ="safe", pure=True).load(_DIRECTORY / "texts.yaml")
    rates = {language: pace("espeak", language, _WORDS_PER_MINUTE) for language in Language}
    async with WorkerSynthesizer("espeak", _VOICES, rates, 5.0, {}) as voice:
        for name, by_language in texts.items():
            for language, text in by_language.items():
                prompt = Prompt(text, Language(language))
                pcm = b"".join([piece async for piece in voice.say(prompt)])
                write_wav(_DIRECTORY / f"{name}.{language}.wav", pcm)


def write_wav(file: Path, pcm: bytes) -> None:
    """Write PCM (s16le, mono) as an 8 kHz WAV."""
    with wave.open(str(file), "wb") as audio:
        audio.setparams((1, 2, SAMPLE_RATE_HZ, len(pcm) // 2, "NONE", ""))
        audio.writeframes(pcm)


if __name__ == "__main__":
    asyncio.run(record())
