"""The databases that hold a promise of the memory, empty for each test."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from ivr.config.settings import Store as StoreSettings
from ivr.store.database import open_database
from ivr.store.sql import SqlStore, open_store
from ivr.store.tables import Table
from tests import postgres


class OpenSql(Protocol):
    """Opens the store in "sqlite" or "postgres" for the length of a block."""

    def __call__(self, kind: str) -> AbstractAsyncContextManager[SqlStore]: ...


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres.cluster() as url:
        yield url


@pytest.fixture
def sql(request: pytest.FixtureRequest, tmp_path: Path) -> OpenSql:
    @asynccontextmanager
    async def opened(kind: str) -> AsyncIterator[SqlStore]:
        url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
        if kind == "postgres":
            url = request.getfixturevalue("postgres_url")
        settings = StoreSettings(url=url, secret_file=tmp_path / "secret", deadline_s=30)
        async with open_store(settings) as store:
            yield store
        await _empty(settings)

    return opened


async def _empty(settings: StoreSettings) -> None:
    database = open_database(settings)
    async with database.transaction() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            await connection.execute(table.delete())
    await database.close()
