"""Kills, restarts, locks and crowds: what was written stays, what fails is told."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ClauseElement, Connection, inspect, text

from ivr.config.settings import Store as StoreSettings
from ivr.domain import CallInfo, Language, Outcome, Speaker, Turn
from ivr.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable
from ivr.store import CallFilter, statements
from ivr.store.database import open_database
from ivr.store.sql import SqlStore, open_store
from ivr.store.tables import Table
from ivr.store.upgrade import _config, newest_version, version_of
from tests import postgres

INFO = CallInfo("1700.1", "", "", "95000", Language.ZH, datetime(2026, 3, 2, tzinfo=UTC))
LITERAL = {"literal_binds": True}
TURN = Turn(1, Speaker.CALLER, "how much do I owe", Language.EN, 0.0, 2.0)

WRITER = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from ivr.config.settings import Store
from ivr.store.sql import open_store
from tests.integration.test_store_survives import INFO, TURN

async def write() -> None:
    settings = Store(url=sys.argv[1], secret_file=Path(sys.argv[2]), deadline_s=20)
    async with open_store(settings) as store:
        await store.begin(INFO)
        for number in range(1, 100_000):
            await store.add_turn(INFO.call_id, replace(TURN, number=number))
            print(number, flush=True)

asyncio.run(write())
"""


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres.cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    return StoreSettings(url=url, secret_file=tmp_path / "secret", deadline_s=20)


@pytest.fixture
def sqlite_only(tmp_path: Path) -> StoreSettings:
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    return StoreSettings(url=url, secret_file=tmp_path / "secret", deadline_s=0.3)


async def wipe(settings: StoreSettings) -> None:
    database = open_database(settings)
    async with database.transaction() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            await connection.execute(table.delete())
    await database.close()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("/postgres?", "/nowhere?", "createdb"),
        ("//postgres@", "//nobody@", "refuses this user or password"),
        ("?host=", "?host=/nowhere", "cannot be reached"),
    ],
)
async def test_a_wrong_postgres_url_is_told_with_the_remedy(
    postgres_url: str, tmp_path: Path, before: str, after: str, words: str
) -> None:
    url = postgres_url.replace(before, after)
    assert url != postgres_url

    with pytest.raises(EngineUnavailable, match=words):
        async with open_store(StoreSettings(url=url, secret_file=tmp_path / "secret")):
            pass


async def test_a_killed_process_loses_at_most_the_turn_in_progress(settings: StoreSettings) -> None:
    words = [sys.executable, "-c", WRITER, settings.url, str(settings.secret_file)]
    writer = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert writer.stdout is not None
    async for line in writer.stdout:
        if int(line) >= 50:
            break

    writer.send_signal(signal.SIGKILL)

    rest = await writer.stdout.read()
    assert await writer.wait() == -signal.SIGKILL
    written = int((line + rest).split()[-1])
    async with open_store(settings) as store:
        kept = [turn.number for turn in await store.turns(INFO.call_id)]
        (call,) = await store.calls(CallFilter())
    await wipe(settings)
    assert kept[:written] == list(range(1, written + 1))
    assert len(kept) - written in (0, 1)
    assert (call.outcome, call.turns) == (None, len(kept))


async def test_forty_calls_write_at_once_through_two_connections_pools(
    settings: StoreSettings,
) -> None:
    async with (
        open_store(settings) as one,
        open_store(settings) as two,
        asyncio.TaskGroup() as all_,
    ):
        for number in range(40):
            all_.create_task(_talk([one, two][number % 2], f"1800.{number}"))

    async with open_store(settings) as store:
        counts = [call.turns for call in await store.calls(CallFilter())]
    await wipe(settings)
    assert counts == [10] * 40


async def _talk(store: SqlStore, call_id: str) -> None:
    await store.begin(replace(INFO, call_id=call_id))
    for number in range(10):
        await store.add_turn(call_id, replace(TURN, number=number))


async def test_the_steps_build_exactly_the_tables_of_the_program(settings: StoreSettings) -> None:
    async with open_store(settings) as store:
        async with store.database.transaction() as connection:
            differences = await connection.run_sync(_differences)
        version = await version_of(store.database)

    assert differences == []
    assert version == newest_version()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


async def test_the_steps_can_be_taken_back(settings: StoreSettings) -> None:
    async with open_store(settings) as store, store.database.transaction() as connection:
        await connection.run_sync(lambda c: command.downgrade(_config(connection=c), "base"))
        left = await connection.run_sync(lambda c: inspect(c).get_table_names())

    assert left == ["alembic_version"]


async def test_wishes_that_stood_there_twice_become_one(settings: StoreSettings) -> None:
    info = replace(INFO, caller="13800138000")
    twice = text(
        "INSERT INTO call_backs (call_id, sealed_number, queue, language, asked_at)"
        " SELECT call_id, sealed_number, queue, language, asked_at FROM call_backs"
    )
    async with open_store(settings) as store:
        await store.begin(info)
        await store.ask_call_back(info, "service")
        async with store.database.transaction() as connection:
            await connection.run_sync(lambda c: command.downgrade(_config(connection=c), "0004"))
            await connection.execute(twice)

    async with open_store(settings) as store:
        kept = await store.call_backs()
    await wipe(settings)

    assert [each.number for each in kept] == ["13800138000"]


async def test_a_second_start_changes_nothing(settings: StoreSettings) -> None:
    async with open_store(settings) as store:
        await store.begin(INFO)

    async with open_store(settings) as store:
        kept = await store.call(INFO.call_id)
    await wipe(settings)

    assert kept is not None


@pytest.fixture
async def restartable(tmp_path: Path) -> AsyncIterator[StoreSettings]:
    with postgres.cluster() as url:
        yield StoreSettings(url=url, secret_file=tmp_path / "secret", deadline_s=20)


async def test_a_restarted_postgresql_costs_no_call(restartable: StoreSettings) -> None:
    async with open_store(restartable) as store:
        await store.begin(INFO)
        await asyncio.to_thread(postgres.restart, restartable.url)

        await store.add_turn(INFO.call_id, TURN)

        assert list(await store.turns(INFO.call_id)) == [TURN]


async def test_a_stopped_postgresql_is_unavailable_and_not_healthy(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        with postgres.cluster() as url:
            settings = StoreSettings(url=url, secret_file=tmp_path / "secret", deadline_s=20)
            store = await stack.enter_async_context(open_store(settings))
            was_healthy = await store.is_healthy()

        assert was_healthy
        assert not await store.is_healthy()
        with pytest.raises(EngineUnavailable, match=r"^store: "):
            await store.begin(INFO)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://ivr@127.0.0.1:1/nothing",
        "postgresql+asyncpg://ivr@/nothing?host=/tmp/no-such-folder",
        "postgresql+asyncpg://ivr@no-such-host.invalid/nothing",
    ],
)
async def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path, url: str) -> None:
    settings = StoreSettings(url=url, secret_file=tmp_path / "secret", deadline_s=20)

    with pytest.raises(EngineUnavailable, match="store: "):
        async with open_store(settings):
            pass


async def test_a_database_of_another_name_is_told(tmp_path: Path, postgres_url: str) -> None:
    url = postgres_url.replace("/postgres?", "/nothing?")
    settings = StoreSettings(url=url, secret_file=tmp_path / "secret", deadline_s=20)

    with pytest.raises(EngineError, match="store: "):
        async with open_store(settings):
            pass


async def test_a_database_that_others_hold_costs_the_deadline_and_no_more(
    sqlite_only: StoreSettings, tmp_path: Path
) -> None:
    async with open_store(sqlite_only) as store:
        with closing(sqlite3.connect(tmp_path / "hotline.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(EngineTimeout):
                await store.begin(INFO)
            was_healthy = await store.is_healthy()
            other.rollback()

        await store.begin(INFO)

        assert not was_healthy
        assert await store.is_healthy()


QUESTIONS = {
    "history": statements.history("k", 200),
    "calls": statements.calls(CallFilter(since=INFO.arrived_at)),
    "outcome": statements.calls(CallFilter(outcome=Outcome.FAILED)),
    "agent": statements.calls(CallFilter(agent="6001")),
    "call": statements.call("1700.1"),
    "turns": statements.turns("1700.1"),
    "events": statements.events("k", INFO.arrived_at),
    "forget calls": statements.forget("k")[0],
    "forget callers": statements.forget("k")[1],
    "forget events": statements.forget("k")[2],
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
async def test_no_question_walks_over_all_callers(
    sqlite_only: StoreSettings, question: ClauseElement
) -> None:
    async with open_store(sqlite_only) as store, store.database.transaction() as connection:
        asked = question.compile(dialect=connection.dialect, compile_kwargs=LITERAL)
        plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")).all()

    steps = [step.detail for step in plan]
    assert any(step.startswith("SEARCH") or "USING" in step for step in steps)
    assert not [step for step in steps if "TEMP B-TREE" in step]
    assert not [step for step in steps if step.startswith("SCAN") and "USING" not in step]


async def test_missing_tables_name_the_remedy(sqlite_only: StoreSettings, tmp_path: Path) -> None:
    async with open_store(sqlite_only) as store:
        with closing(sqlite3.connect(tmp_path / "hotline.db")) as other:
            other.execute("DROP TABLE turns")

        with pytest.raises(EngineRejected, match="ivr db upgrade"):
            await store.add_turn(INFO.call_id, TURN)


async def test_a_damaged_file_is_told(sqlite_only: StoreSettings, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "hotline.db").write_bytes, b"not a database" * 1000)

    with pytest.raises(EngineError, match=r"store: .*"):
        async with open_store(sqlite_only):
            pass


async def test_the_database_file_is_for_our_eyes_only(
    sqlite_only: StoreSettings, tmp_path: Path
) -> None:
    async with open_store(sqlite_only) as store:
        await store.begin(INFO)

        modes = [file.stat().st_mode & 0o077 for file in _files(tmp_path)]

    assert modes == [0] * len(modes)


def _files(folder: Path) -> list[Path]:
    return list(folder.glob("hotline.db*"))


async def test_numbers_and_keys_never_reach_the_disk_in_clear(
    sqlite_only: StoreSettings, tmp_path: Path
) -> None:
    info = replace(INFO, caller="13800138000", caller_key="k")
    said = replace(TURN, text="my card is 6228480402564890018 or 六二二八四八零四零二五六四八九零")
    async with open_store(sqlite_only) as store:
        await store.begin(info)
        await store.add_turn(INFO.call_id, said)
        await store.ask_call_back(info, "service")

        content = b"".join(file.read_bytes() for file in _files(tmp_path))

    assert b"my card is [card] or [card]" in content
    assert b"13800138000" not in content
    assert b"6228480402564890018" not in content
    assert "六二二八".encode() not in content
