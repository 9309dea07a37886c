"""A wrong database setting is told at start, before any call."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import text

from ivr.config.settings import Store
from ivr.errors import ConfigError, EngineUnavailable
from ivr.store.database import open_database


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", r"store\.url is not a database URL.*sqlite\+aiosqlite"),
        ("", r"store\.url is not a database URL"),
        ("mysql://root@host/db", r"store\.url: 'mysql' is not supported.*postgresql\+asyncpg"),
        ("sqlite:///var/x.db", r"store\.url: 'sqlite' is not supported"),
        ("sqlite+aiosqlite://var/x.db", r"store\.url: a path stands behind three slashes"),
        ("postgresql+asyncpg://u@h:54x/db", r"store\.url is not a database URL"),
        ("postgresql+asyncpg://u@h/db?sslmode=require", r"'sslmode' is nothing.*\?ssl=require"),
    ],
)
def test_an_unusable_url_is_told_with_the_remedy(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_database(Store(url=url))


def test_a_password_in_a_bad_url_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        open_database(Store(url="mysql://root:hunter2@host/db"))

    assert "hunter2" not in str(caught.value)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"cannot be written.*rights"):
        open_database(Store(url=f"sqlite+aiosqlite:///{tmp_path}/file/hotline.db"))


async def refused(url: str) -> str:
    """Use a database that cannot be used; gives what is said about it."""
    database = open_database(Store(url=url, deadline_s=20))
    try:
        with pytest.raises(EngineUnavailable) as failed:
            async with database.transaction() as connection:
                await connection.execute(text("CREATE TABLE kettle (litres INTEGER)"))
    finally:
        await database.close()
    return failed.value.problem


async def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "hotline.db").write_bytes(b"no database " * 1000)

    assert "restore it from a backup" in await refused(f"sqlite+aiosqlite:///{tmp_path}/hotline.db")


async def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    database = open_database(Store(url=f"sqlite+aiosqlite:///{tmp_path}/hotline.db"))
    try:
        async with database.transaction() as connection:
            await connection.execute(text("PRAGMA max_page_count = 2"))  # as a disk that ends here
            await connection.execute(text("CREATE TABLE kettle (steam BLOB)"))
        with pytest.raises(EngineUnavailable, match="free some space"):
            async with database.transaction() as connection:
                await connection.execute(text("INSERT INTO kettle VALUES (zeroblob(100000))"))
    finally:
        await database.close()


async def test_a_server_that_is_not_there_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert "store.url cannot be reached" in await refused(
        f"postgresql+asyncpg://u@127.0.0.1:{port}/db"
    )
