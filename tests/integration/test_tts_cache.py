"""Prompts are rendered once and kept on disk; private ones are never kept."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.domain import Language, Prompt
from ivr.errors import EngineRejected, EngineUnavailable
from ivr.tts.cache import CachedSynthesizer
from ivr.tts.closing import closing
from ivr.tts.shelf import Shelf

GREETING = Prompt("Hello, how can I help you?", Language.EN)
PRIVATE = Prompt("Your balance is 12 yuan.", Language.EN)


class CountingEngine:
    """Speaks each prompt as its own text, in three pieces, and counts what it was asked."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.version = "1"
        self.failure: Exception | None = None
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def identity(self, prompt: Prompt) -> str:
        return f"{self.version} {prompt.speed}"

    async def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        self.begun.append(prompt.text)
        if self.failure:
            raise self.failure
        try:
            for part in range(3):
                yield f"{prompt.text} {part} ".encode()
                await self.go_on.wait()
        finally:
            self.ended.append(prompt.text)

    async def is_healthy(self) -> bool:
        return self.failure is None


@pytest.fixture
def engine() -> CountingEngine:
    return CountingEngine()


@pytest.fixture
async def cache(engine: CountingEngine, tmp_path: Path) -> AsyncIterator[CachedSynthesizer]:
    async with CachedSynthesizer(engine, tmp_path, 1_000_000) as opened:
        yield opened


async def said(voice: CachedSynthesizer, prompt: Prompt) -> bytes:
    return b"".join([piece async for piece in voice.say(prompt)])


def files(directory: Path) -> list[Path]:
    return sorted(directory.iterdir())


async def test_a_fixed_prompt_is_rendered_once_for_all_calls(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    await cache.render_ahead([GREETING])

    heard = [await said(cache, GREETING) for _ in range(3)]

    assert set(heard) == {b"".join(f"{GREETING.text} {part} ".encode() for part in range(3))}
    assert engine.begun == [GREETING.text]


async def test_what_is_made_up_for_one_caller_never_reaches_the_disk(
    cache: CachedSynthesizer, tmp_path: Path
) -> None:
    await cache.render_ahead([GREETING])

    await said(cache, PRIVATE)

    assert len(files(tmp_path)) == 1
    assert PRIVATE.text.encode() not in files(tmp_path)[0].read_bytes()


async def test_a_fixed_prompt_is_kept_at_another_speed_too(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    await cache.render_ahead([GREETING])
    slower = Prompt(GREETING.text, GREETING.language, speed=0.8)

    await said(cache, slower)
    await said(cache, slower)

    assert len(engine.begun) == 2


async def test_all_who_ask_at_once_hear_one_rendering(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    heard = await asyncio.gather(*(said(cache, PRIVATE) for _ in range(5)))

    assert len(set(heard)) == 1
    assert engine.begun == [PRIVATE.text]


async def test_a_rendering_stops_when_its_last_listener_leaves(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    engine.go_on.clear()
    first, second = cache.say(PRIVATE), cache.say(PRIVATE)
    await asyncio.gather(anext(first), anext(second))

    await first.aclose()
    still_running = not engine.ended
    await second.aclose()
    await asyncio.sleep(0)  # let the cancelled task run

    assert still_running
    assert engine.ended == [PRIVATE.text]


async def test_who_asks_after_a_stop_gets_a_rendering_of_their_own(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    engine.go_on.clear()
    async with closing(cache.say(PRIVATE)) as pieces:
        await anext(pieces)
    engine.go_on.set()

    heard = await said(cache, PRIVATE)

    assert heard.count(PRIVATE.text.encode()) == 3


async def test_a_fixed_prompt_goes_on_being_rendered_for_the_next_caller(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    await cache.render_ahead([GREETING])
    engine.version = "2"
    engine.go_on.clear()
    async with closing(cache.say(GREETING)) as pieces:
        await anext(pieces)
    engine.go_on.set()

    await said(cache, GREETING)

    assert len(engine.begun) == 2


async def test_a_new_engine_version_is_rendered_again(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    await cache.render_ahead([GREETING])
    engine.version = "2"

    await said(cache, GREETING)

    assert len(engine.begun) == 2


async def test_a_kept_prompt_is_heard_after_a_restart(
    engine: CountingEngine, tmp_path: Path
) -> None:
    for _ in range(2):
        async with CachedSynthesizer(engine, tmp_path, 1_000_000) as cache:
            assert await cache.render_ahead([GREETING]) == 1

    assert len(engine.begun) == 1


@pytest.mark.parametrize("damage", [b"", b"garbage", bytes(64)])
async def test_a_damaged_file_is_rendered_again(
    cache: CachedSynthesizer, engine: CountingEngine, tmp_path: Path, damage: bytes
) -> None:
    await cache.render_ahead([GREETING])
    good = await said(cache, GREETING)
    files(tmp_path)[0].write_bytes(damage)

    assert await said(cache, GREETING) == good
    assert await said(cache, GREETING) == good
    assert len(engine.begun) == 2


async def test_a_directory_that_cannot_be_written_costs_no_caller_a_word(
    engine: CountingEngine, tmp_path: Path
) -> None:
    blocked = tmp_path / "a file, not a directory"
    blocked.write_text("")

    async with CachedSynthesizer(engine, blocked, 1_000_000) as cache:
        assert await cache.render_ahead([GREETING]) == 0
        assert await said(cache, GREETING)


async def test_progress_is_told_prompt_by_prompt(cache: CachedSynthesizer) -> None:
    told: list[tuple[int, int]] = []

    await cache.render_ahead([GREETING, PRIVATE, GREETING], lambda *step: told.append(step))

    assert told == [(1, 2), (2, 2)]


async def test_a_prompt_that_cannot_be_rendered_does_not_stop_the_start(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    engine.failure = EngineRejected("counting", "no such voice")

    assert await cache.render_ahead([GREETING, PRIVATE]) == 0
    assert engine.begun == [GREETING.text, PRIVATE.text]


async def test_every_listener_is_told_of_a_failure(
    cache: CachedSynthesizer, engine: CountingEngine
) -> None:
    engine.failure = EngineUnavailable("counting", "dead")

    results = await asyncio.gather(
        *(said(cache, PRIVATE) for _ in range(3)), return_exceptions=True
    )

    assert [type(result) for result in results] == [EngineUnavailable] * 3


def test_what_was_not_heard_for_longest_makes_room(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, limit_bytes=1000)
    for age, key in enumerate(("first", "second", "third")):
        shelf.write(key, bytes([age]) * 250)
        os.utime(tmp_path / f"{key}.pcm", (age, age))
    shelf.read("first")

    shelf.write("fourth", b"4" * 250)

    assert shelf.read("second") is None
    assert all(shelf.read(key) for key in ("first", "third", "fourth"))


def test_a_prompt_larger_than_the_shelf_is_not_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, limit_bytes=100)

    shelf.write("long", bytes(200))

    assert not list(tmp_path.iterdir())
