"""Fixed prompts, rendered once and kept on disk.

Only texts given to `render_ahead` are kept (at any speed): wording from the flows, the same for
every caller. What is made up for one caller may hold a name or a balance and never reaches the
disk; it is still rendered only once for all who ask at the same moment.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, Protocol, Self, TypeVar

from ivr import log, metrics
from ivr.domain import Language, Prompt
from ivr.errors import EngineError, EngineUnavailable
from ivr.tts import Synthesizer, reading
from ivr.tts.closing import closing
from ivr.tts.rendering import Rendering
from ivr.tts.shelf import Shelf

_PIECE_BYTES: Final = 3200
"""200 ms: the first piece of a kept prompt is on its way while the rest is handed out."""

T = TypeVar("T")
_log = log.get(__name__)


class IdentifiedSynthesizer(Synthesizer, Protocol):
    """A Synthesizer that can tell when two prompts would sound alike."""

    async def identity(self, prompt: Prompt) -> str:
        """Name engine, version, voice and speed. Raises EngineError."""
        ...


class CachedSynthesizer:
    """Keeps what `engine` renders in `directory`, at most `limit_bytes` of it.

    Use as an async context manager: renderings run in a task group that it owns.
    """

    def __init__(self, engine: IdentifiedSynthesizer, directory: Path, limit_bytes: int) -> None:
        self._engine = engine
        self._shelf = Shelf(directory, limit_bytes)
        self._fixed: set[tuple[Language, str]] = set()
        self._renderings: dict[str, Rendering] = {}
        # The disk may stall; the loop must not. Two threads, so that a write delays no read.
        self._disk = ThreadPoolExecutor(2, thread_name_prefix="tts-cache")
        self._stack = AsyncExitStack()
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        """Open the place where renderings run."""
        await self._stack.__aenter__()
        self._stack.callback(self._disk.shutdown)
        await self._stack.enter_async_context(self._tasks)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop what is being rendered."""
        for rendering in self._renderings.values():
            rendering.stop()
        await self._stack.aclose()

    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give the prompt, from disk where it is kept. Raises EngineError."""
        key = await self._key(prompt)
        if self._is_fixed(prompt) and (pcm := await self._on_disk(self._shelf.read, key)):
            for start in range(0, len(pcm), _PIECE_BYTES):
                yield pcm[start : start + _PIECE_BYTES]
            return
        rendering = self._rendering(key, prompt)
        async with closing(rendering.listen()) as pieces:
            async for piece in pieces:
                yield piece

    async def is_healthy(self) -> bool:
        """Whether the engine under it is."""
        return await self._engine.is_healthy()

    async def render_ahead(
        self, prompts: Iterable[Prompt], progress: Callable[[int, int], None] = lambda *_: None
    ) -> int:
        """Keep these prompts on disk; give how many are there at the end.

        `progress` is told how many are done, of how many. A prompt that cannot be rendered is
        logged and left out; the rest is given up when the engine is gone.
        """
        wanted = list(dict.fromkeys(prompts))
        self._fixed |= {(prompt.language, prompt.text) for prompt in wanted}
        kept = 0
        for done, prompt in enumerate(wanted, 1):
            try:
                kept += await self._keep(prompt)
            except EngineError as error:
                _log.warning("Prompt could not be rendered ahead", problem=str(error))
                if isinstance(error, EngineUnavailable):
                    break
            progress(done, len(wanted))
        return kept

    async def _keep(self, prompt: Prompt) -> bool:
        key = await self._key(prompt)
        if await self._on_disk(self._shelf.read, key):
            return True
        async for _ in self.say(prompt):
            pass
        return await self._on_disk(self._shelf.read, key) is not None

    async def _key(self, prompt: Prompt) -> str:
        identity = await self._engine.identity(prompt)
        parts = (identity, str(reading.VERSION), prompt.language, prompt.text)
        return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()

    def _is_fixed(self, prompt: Prompt) -> bool:
        return (prompt.language, prompt.text) in self._fixed

    async def _on_disk(self, act: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, act, *arguments)

    def _rendering(self, key: str, prompt: Prompt) -> Rendering:
        running = self._renderings.get(key)
        if running is None or running.is_stopped:
            rendering = Rendering(is_wanted_anyway=self._is_fixed(prompt))
            self._renderings[key] = rendering
            rendering.task = self._tasks.create_task(self._render(key, prompt, rendering))
        return self._renderings[key]

    async def _render(self, key: str, prompt: Prompt, rendering: Rendering) -> None:
        try:
            async with closing(self._engine.say(prompt)) as pieces:
                async for piece in pieces:
                    rendering.add(piece)
            if self._is_fixed(prompt):
                await self._write(key, rendering.pcm)
            rendering.end()
        except EngineError as error:
            rendering.end(error)
        finally:
            rendering.end(EngineUnavailable("tts", "the rendering was stopped"))
            if self._renderings.get(key) is rendering:
                del self._renderings[key]

    async def _write(self, key: str, pcm: bytes) -> None:
        try:
            await self._on_disk(self._shelf.write, key, pcm)
        except OSError as error:
            metrics.ENGINE_FAILURES.labels(engine="tts_cache", kind="disk").inc()
            _log.warning("Prompt could not be kept on disk", problem=error.strerror)
