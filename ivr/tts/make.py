"""From settings to the voice that the hotline uses: recordings, cache, engines by language."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Final, Self

from ivr.config import Settings
from ivr.config.settings import SpeechEngine
from ivr.domain import Language, Prompt
from ivr.errors import EngineRejected
from ivr.tts.cache import CachedSynthesizer, IdentifiedSynthesizer
from ivr.tts.closing import closing
from ivr.tts.process import WorkerSynthesizer
from ivr.tts.recorded import RecordedFirst, shipped_recordings

_MEGABYTE: Final = 1_000_000
_SYLLABLES_A_WORD: Final = 1.6
"""espeak counts each Mandarin syllable as a word; Chinese words have about 1.6 of them."""


class ByLanguage:
    """Sends each prompt to the engine of its language."""

    def __init__(self, engines: Mapping[Language, IdentifiedSynthesizer]) -> None:
        self._engines = engines

    async def identity(self, prompt: Prompt) -> str:
        """Name what decides how the prompt sounds. Raises EngineError."""
        return await self._engine(prompt).identity(prompt)

    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give the prompt in the voice of its language. Raises EngineError."""
        async with closing(self._engine(prompt).say(prompt)) as pieces:
            async for piece in pieces:
                yield piece

    async def is_healthy(self) -> bool:
        """Whether every language can be spoken."""
        return all([await engine.is_healthy() for engine in set(self._engines.values())])

    def _engine(self, prompt: Prompt) -> IdentifiedSynthesizer:
        if prompt.language not in self._engines:
            raise EngineRejected("tts", f"tts.engines names no engine for {prompt.language}")
        return self._engines[prompt.language]


class Voice:
    """The hotline's voice. Use as an async context manager: workers start and end with it."""

    def __init__(self, settings: Settings) -> None:
        tts = settings.tts
        self._workers = {
            name: worker_synthesizer(settings, name) for name in set(tts.engines.values())
        }
        engines = {language: self._workers[name] for language, name in tts.engines.items()}
        self._cache = CachedSynthesizer(
            ByLanguage(engines), tts.cache_dir, tts.cache_mb * _MEGABYTE
        )
        self._recorded = RecordedFirst(self._cache, shipped_recordings())
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start the workers. A broken engine does not raise: recordings are heard all the same."""
        await self._stack.__aenter__()
        for worker in self._workers.values():
            await self._stack.enter_async_context(worker)
        await self._stack.enter_async_context(self._cache)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the workers."""
        await self._stack.aclose()

    def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give the prompt: its recording, else from the cache, else from the engine."""
        return self._recorded.say(prompt)

    async def is_healthy(self) -> bool:
        """Whether every language can be spoken right now."""
        return await self._recorded.is_healthy()

    async def render_ahead(
        self, prompts: Iterable[Prompt], progress: Callable[[int, int], None] = lambda *_: None
    ) -> int:
        """Keep fixed prompts on disk; see `CachedSynthesizer.render_ahead`."""
        return await self._cache.render_ahead(prompts, progress)


def make_synthesizer(settings: Settings) -> Voice:
    """Give the voice that the settings ask for, not yet started."""
    return Voice(settings)


def worker_synthesizer(settings: Settings, engine: SpeechEngine) -> WorkerSynthesizer:
    """Give one engine in its own worker, not yet started."""
    tts = settings.tts
    return WorkerSynthesizer(
        engine,
        tts.voices,
        {language: pace(engine, language, tts.words_per_minute) for language in Language},
        tts.deadline_s,
        {"voices_dir": str(settings.models_dir / "piper")},
    )


def pace(engine: SpeechEngine, language: Language, words_per_minute: int) -> int:
    """Give the rate to ask of an engine, so that both languages are spoken equally fast."""
    counts_syllables = engine != "piper" and language is Language.ZH
    return round(words_per_minute * (_SYLLABLES_A_WORD if counts_syllables else 1))
