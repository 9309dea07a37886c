"""Makes the callers' audio: `python -m ivr.sim.make_speech` (needs libespeak-ng)."""

import asyncio
from collections.abc import Mapping
from typing import Final

import numpy as np
from ruamel.yaml import YAML

from ivr.audio.wav import write_wav
from ivr.domain import SAMPLE_RATE_HZ, Language, Prompt
from ivr.sim.callers import COUGH, SPEECH
from ivr.tts.process import WorkerSynthesizer

_CALLER: Final = "caller"
_LEVEL: Final = 0.5
"""Callers are quieter than the hotline: their peaks are brought to -6 dBFS."""


async def make_speech() -> None:
    """Write every line of the manifest, and the cough. Raises EngineError."""
    manifest = YAML(typ="safe", pure=True).load(SPEECH / "manifest.yaml")
    for language in Language:
        (SPEECH / language.value).mkdir(exist_ok=True)
        for who, voice in manifest["voices"][language.value].items():
            await _speak_all(language, who, voice, manifest["lines"][language.value])
    write_wav(SPEECH / f"{COUGH}.wav", _quieter(cough()))


async def _speak_all(
    language: Language,
    who: str,
    voice: Mapping[str, str],
    lines: Mapping[str, Mapping[str, str]],
) -> None:
    rates = {language: int(voice["rate"])}
    async with WorkerSynthesizer("espeak", {language: voice["voice"]}, rates, 5.0, {}) as speaker:
        for name, line in lines.items():
            if line.get("voice", _CALLER) != who:
                continue
            prompt = Prompt(spoken(language, line), language)
            pcm = b"".join([piece async for piece in speaker.say(prompt)])
            write_wav(SPEECH / language.value / f"{name}.wav", _quieter(pcm))


def spoken(language: Language, line: Mapping[str, str]) -> str:
    """Give what the synthesiser is told to say: Mandarin is written without blanks."""
    text = line["text"].replace(" ", "") if language is Language.ZH else line["text"]
    return line.get("spoken", text)


def cough() -> bytes:
    """Give a short cough (s16le, 8 kHz): two bursts of noise through two throat resonances.

    Two bursts of 90 and 60 ms, as coughs are described in Korpas et al., "Analysis of the cough
    sound: an overview", Pulm Pharmacol 9 (1996): an explosive onset, then a weaker second phase.
    """
    noise = np.random.default_rng(7).standard_normal(SAMPLE_RATE_HZ // 5)
    time_s = np.arange(len(noise)) / SAMPLE_RATE_HZ
    shape = np.exp(-(((time_s - 0.015) / 0.03) ** 2)) + 0.5 * np.exp(
        -(((time_s - 0.13) / 0.03) ** 2)
    )
    spectrum = np.fft.rfft(noise)
    pitch_hz = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE_HZ)
    throat = 1 / (1 + ((pitch_hz - 450) / 200) ** 2) + 0.5 / (1 + ((pitch_hz - 1400) / 400) ** 2)
    sound = np.fft.irfft(spectrum * throat, len(noise)) * shape
    return bytes((sound / np.abs(sound).max() * 32767).astype("<i2"))


def _quieter(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    peak = float(np.abs(samples).max())
    return bytes((samples * (_LEVEL * 32767 / peak)).astype("<i2"))


if __name__ == "__main__":
    asyncio.run(make_speech())
