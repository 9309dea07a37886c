"""What is past its time, or whom a caller wants forgotten, is gone from disk."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.config.settings import Recording
from ivr.config.settings import Store as StoreSettings
from ivr.domain import (
    CallerEvent,
    CallerState,
    CallInfo,
    CallRecord,
    Language,
    Opening,
    Outcome,
    Speaker,
    Turn,
)
from ivr.errors import EngineUnavailable
from ivr.store import CallFilter
from ivr.store.retention import Purged, delete_old_recordings, delete_recordings_of, purge
from ivr.store.sql import SqlStore, open_store
from tests import postgres

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TURN = Turn(1, Speaker.CALLER, "please tell nobody", Language.EN, 0.0, 2.0, "secret", 0.9)


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres.cluster() as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    return StoreSettings(url=url, secret_file=tmp_path / "secret")


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(directory=tmp_path / "recordings")


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, settings: StoreSettings) -> AsyncIterator[SqlStore]:
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        settings = settings.model_copy(update={"url": url})
    async with open_store(settings) as opened:
        yield opened


async def keep(store: SqlStore, number: str, days_ago: float) -> CallInfo:
    """Keep a whole call with all that may hang on one."""
    arrived = NOW - timedelta(days=days_ago)
    key = store.key_of(number)
    info = CallInfo(f"{arrived.timestamp()}", number, key, "95000", Language.ZH, arrived)
    await store.begin(info)
    await store.add_turn(info.call_id, TURN)
    await store.ask_call_back(info, "service")
    await store.add_event(CallerEvent(key, "bill", arrived, info.call_id))
    record = CallRecord(
        info.call_id,
        key,
        info.dialled,
        Language.EN,
        arrived,
        arrived,
        arrived + timedelta(seconds=60),
        Outcome.COMPLETED,
        "balance",
        Opening(),
    )
    await store.finish(record)
    return info


async def test_words_go_first_and_records_later(
    store: SqlStore, settings: StoreSettings, recording: Recording
) -> None:
    fresh, wordless, gone = [
        await keep(store, f"1380013800{n}", days) for n, days in enumerate((1, 100, 400))
    ]

    purged = await purge(store.database, settings, recording, NOW)

    assert purged == Purged(texts=2, calls=1, events=1, callers=1, call_backs=0)
    assert list(await store.turns(fresh.call_id)) == [TURN]
    assert list(await store.turns(wordless.call_id)) == [replace(TURN, text="")]
    assert await store.call(gone.call_id) is None
    assert list(await store.history(gone.caller_key)) == []
    assert len(await store.history(wordless.caller_key)) == 1
    await store.forget_caller(fresh.caller_key)
    await store.forget_caller(wordless.caller_key)


async def test_a_purge_of_many_calls_goes_in_steps_and_a_second_finds_nothing(
    store: SqlStore,
    settings: StoreSettings,
    recording: Recording,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ivr.store.retention.STEP", 3)
    for number in range(10):
        await keep(store, "13800138000", 400 + number)

    first = await purge(store.database, settings, recording, NOW)
    second = await purge(store.database, settings, recording, NOW)

    assert (first.texts, first.calls, first.callers) == (10, 10, 1)
    assert second == Purged()


async def test_old_numbers_to_call_back_are_forgotten(
    store: SqlStore, settings: StoreSettings, recording: Recording
) -> None:
    await keep(store, "13800138000", 1)

    later = datetime.now(UTC) + timedelta(days=settings.keep_texts_days + 1)
    purged = await purge(store.database, settings, recording, later)

    assert purged.call_backs == 1
    assert list(await store.call_backs()) == []
    await store.forget_caller(store.key_of("13800138000"))


async def test_old_recordings_and_sheets_are_deleted_and_foreign_files_stay(
    store: SqlStore, settings: StoreSettings, recording: Recording
) -> None:
    recording.directory.mkdir()
    old = (NOW - timedelta(days=31)).timestamp()
    for name, when in [("1.2.wav", old), ("1.2.html", old), ("readme.txt", old), ("3.wav", None)]:
        file = recording.directory / name
        file.touch()
        os.utime(file, (when, when) if when else None)

    purged = await purge(store.database, settings, recording, NOW)

    left = {file.name for file in recording.directory.iterdir()}
    assert (purged.recordings, left) == (2, {"readme.txt", "3.wav"})


async def test_a_recording_that_cannot_be_deleted_keeps_nothing_else(
    store: SqlStore,
    settings: StoreSettings,
    recording: Recording,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = await keep(store, "13800138000", 400)
    recording.directory.mkdir()
    long_ago = (NOW - timedelta(days=31)).timestamp()
    for name in ("theirs.wav", "ours.wav"):
        (recording.directory / name).touch()
        os.utime(recording.directory / name, (long_ago, long_ago))
    unlink = Path.unlink

    def not_theirs(file: Path, missing_ok: bool = False) -> None:
        if file.name == "theirs.wav":
            raise PermissionError(1, "Operation not permitted")
        unlink(file, missing_ok)

    monkeypatch.setattr(Path, "unlink", not_theirs)

    with pytest.raises(EngineUnavailable, match=r"1 files .*not permitted.*recording\.directory"):
        await purge(store.database, settings, recording, NOW)

    assert [file.name for file in recording.directory.iterdir()] == ["theirs.wav"]
    assert await store.call(gone.call_id) is None


def test_a_recording_that_is_finished_meanwhile_is_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.store.retention._files", lambda folder: [folder / "gone.raw"])

    assert delete_old_recordings(tmp_path, NOW) == 0


def test_only_a_calls_own_files_are_deleted(tmp_path: Path) -> None:
    own = ["17.1.wav", "17.1.html", "17.1-caller.wav"]
    others = ["17.12.wav", "17.1.2.wav", "117.1.wav", "17.1"]
    for name in own + others:
        (tmp_path / name).touch()

    count = delete_recordings_of(tmp_path, ["17.1", "nobody"])

    assert count == 3
    assert {file.name for file in tmp_path.iterdir()} == set(others)


def on_disk(folder: Path, words: bytes) -> bool:
    return any(words in file.read_bytes() for file in folder.glob("hotline.db*"))


async def test_a_forgotten_callers_words_are_not_even_in_the_file(
    settings: StoreSettings, tmp_path: Path
) -> None:
    async with open_store(settings) as store:
        await keep(store, "13800138000", 1)
        await store.save_caller_state(store.key_of("13800138000"), CallerState(1, b"tell nobody"))
        key = store.key_of("13800138000")
        was_there = on_disk(tmp_path, b"tell nobody") and on_disk(tmp_path, key.encode())

        await store.forget_caller(key)

        assert was_there
        assert not on_disk(tmp_path, b"tell nobody")
        assert not on_disk(tmp_path, key.encode())
        assert list(await store.calls(CallFilter())) == []
