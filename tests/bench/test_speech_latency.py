"""How soon a voice is heard: text given to first piece in hand, the process hop included.

`.venv/bin/python -m pytest tests/bench/test_speech_latency.py -s` prints the table. Budgets are
for two cores that do little else; measured November 2026 on such a machine.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import pytest

from ivr.config import Settings
from ivr.config.settings import SpeechEngine, Tts
from ivr.domain import Language, Prompt
from ivr.tts import Synthesizer
from ivr.tts.closing import closing
from ivr.tts.make import Voice, worker_synthesizer

ROUNDS = 100
TEXTS = {
    Language.ZH: "您的余额是{}元，还款日是11月28日，请提前准备好款项。",
    Language.EN: "Your balance is {} yuan, and it is due on the 28th of November.",
}


@dataclass(frozen=True)
class Measured:
    first_ms: list[float]
    audio_s: float
    took_s: float

    def told(self, name: str) -> str:
        p50, p95 = self.percentile(50), self.percentile(95)
        speed = self.audio_s / self.took_s
        return f"{name:28} first {p50:6.1f} / {p95:6.1f} ms   {speed:6.0f} x real time"

    def percentile(self, share: int) -> float:
        return quantiles(self.first_ms, n=100)[share - 1]


async def measured(voice: Synthesizer, prompts: list[Prompt]) -> Measured:
    first_ms, audio_bytes, began = [], 0, time.perf_counter()
    for prompt in prompts:
        asked = time.perf_counter()
        async with closing(voice.say(prompt)) as pieces:
            first = await anext(pieces)
            first_ms.append(1000 * (time.perf_counter() - asked))
            audio_bytes += len(first) + sum([len(piece) async for piece in pieces])
    return Measured(first_ms, audio_bytes / 16000, time.perf_counter() - began)


def prompts(language: Language, *, fixed: bool = False) -> list[Prompt]:
    amounts = [1234] * ROUNDS if fixed else range(1000, 1000 + ROUNDS)
    return [Prompt(TEXTS[language].format(amount), language) for amount in amounts]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tts=Tts(cache_dir=tmp_path, deadline_s=10))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("engine", "budget_ms"), [("espeak", 20), ("pyttsx3", 120)])
async def test_an_engine_speaks_at_once(
    settings: Settings, engine: SpeechEngine, budget_ms: float, language: Language
) -> None:
    async with worker_synthesizer(settings, engine) as voice:
        await measured(voice, prompts(language)[:3])
        seen = await measured(voice, prompts(language))

    print("\n" + seen.told(f"{engine} {language}"))
    assert seen.percentile(95) < budget_ms


@pytest.fixture
async def voice(settings: Settings) -> AsyncIterator[Voice]:
    async with Voice(settings) as opened:
        yield opened


async def test_a_kept_prompt_is_heard_within_5_ms(voice: Voice) -> None:
    wanted = prompts(Language.ZH, fixed=True)
    await voice.render_ahead(wanted)

    seen = await measured(voice, wanted)

    print("\n" + seen.told("kept on disk"))
    assert seen.percentile(95) < 5


async def test_twenty_calls_that_ask_at_once_all_hear_something_soon(voice: Voice) -> None:
    wanted = prompts(Language.EN)[:20]

    results = await asyncio.gather(*(measured(voice, [prompt] * 2) for prompt in wanted))

    first_ms = [milliseconds for seen in results for milliseconds in seen.first_ms]
    audio_s = sum(seen.audio_s for seen in results)
    took_s = max(seen.took_s for seen in results)
    together = Measured(first_ms, audio_s, took_s)
    print("\n" + together.told("20 calls at once, espeak en"))
    assert together.percentile(95) < 400
