"""The database connection: opened with sane settings, every wait under a deadline.

SQLite and PostgreSQL differ here and nowhere else. Foreign exceptions are translated at this
edge; messages name the kind of trouble and never the values, which are people's words.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, event, exc, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ivr import metrics
from ivr.config.settings import Store
from ivr.errors import ConfigError, EngineRejected, EngineTimeout, EngineUnavailable

ENGINE: Final = "store"
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "secure_delete=ON",
)
_DRIVERS: Final = ("sqlite+aiosqlite", "postgresql+asyncpg")
# SQLite's and asyncpg's own words for troubles that a person can mend.
_BUSY: Final = ("locked", "busy")
_NO_TABLES: Final = ("no such table", "undefinedtable", "no such column", "undefinedcolumn")
_REMEDIES: Final = {
    ("is full", "diskfull", "no space left"): "its disk is full; free some space",
    ("readonly", "read-only"): "it may not be written; check who owns its file and folder",
    ("malformed", "not a database"): "its file is damaged; restore it from a backup",
    ("unable to open",): "its file cannot be opened; check store.url and the rights of its folder",
    ("invalidpassword", "invalidauthorization"): (
        "PostgreSQL refuses this user or password; compare store.url, ~/.pgpass and PGPASSWORD"
    ),
    ("invalidcatalogname",): "PostgreSQL has no such database; make it with `createdb`",
}
_POSTGRES_OPTIONS: Final = frozenset(
    [
        "host",
        "port",
        "ssl",
        "direct_tls",
        "passfile",
        "service",
        "servicefile",
        "timeout",
        "command_timeout",
        "target_session_attrs",
        "krbsrvname",
        "gsslib",
        "prepared_statement_cache_size",
    ]
)
"""What may stand behind the `?` of its URL: what asyncpg takes as text."""


class Database:
    """A pool of connections with a deadline (seconds) on every use of one."""

    def __init__(self, engine: AsyncEngine, deadline_s: float) -> None:
        self._engine = engine
        self._deadline_s = deadline_s

    @property
    def is_sqlite(self) -> bool:
        """Whether rows are written by SQLite (else PostgreSQL)."""
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self, deadline_s: float | None = None) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose work is kept when the block ends well, else undone.

        Raises EngineTimeout, EngineUnavailable or EngineRejected.
        """
        with translated(), metrics.ENGINE_S.labels(engine=ENGINE).time():
            async with asyncio.timeout(deadline_s or self._deadline_s):
                async with self._engine.begin() as connection:
                    yield connection

    async def checkpoint(self) -> None:
        """Let SQLite's side file forget what was deleted; nothing to do for PostgreSQL.

        Does nothing as long as somebody reads; the next one, or the last close, catches up.
        """
        if not self.is_sqlite:
            return
        with translated():
            async with asyncio.timeout(self._deadline_s):
                async with self._engine.connect() as connection:
                    free = await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await free.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def file_of(settings: Store) -> Path | None:
    """Give the file of an SQLite database; None for PostgreSQL and for a URL that is none."""
    with suppress(ConfigError):
        url = _checked(settings.url)
        if url.get_backend_name() == "sqlite" and url.database not in (None, ":memory:"):
            return Path(str(url.database))
    return None


def open_database(settings: Store) -> Database:
    """Prepare the pool; connects on first use. Raises ConfigError for an unusable URL."""
    url = _checked(settings.url)
    if url.get_backend_name() == "sqlite":
        return Database(_sqlite(url, settings.deadline_s), settings.deadline_s)
    engine = create_async_engine(
        url,
        hide_parameters=True,  # they are people's words
        pool_pre_ping=True,  # a restarted server costs a reconnect, not an error
        pool_size=5,
        max_overflow=10,
    )
    return Database(engine, settings.deadline_s)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the trouble of SQLAlchemy and its drivers into our own errors."""
    try:
        yield
    except TimeoutError as error:
        raise EngineTimeout(ENGINE, "the database did not answer in time") from error
    except exc.DBAPIError as error:
        raise _translate(error) from error
    except exc.TimeoutError as error:
        raise EngineTimeout(ENGINE, "no database connection was free in time") from error
    except OSError as error:
        cause = error.strerror or type(error).__name__
        problem = f"the database of store.url cannot be reached ({cause})"
        raise EngineUnavailable(ENGINE, problem) from error
    except exc.SQLAlchemyError as error:
        problem = f"the database could not do it ({type(error).__name__})"
        raise EngineRejected(ENGINE, problem) from error


def _translate(
    error: exc.DBAPIError,
) -> EngineTimeout | EngineUnavailable | EngineRejected:
    cause = _cause(error.orig or error)
    if any(word in cause for word in _NO_TABLES):
        return EngineRejected(ENGINE, "tables are missing or old; run `ivr db upgrade`")
    if isinstance(error, (exc.IntegrityError, exc.DataError, exc.ProgrammingError)):
        return EngineRejected(ENGINE, f"the database refused it ({type(error).__name__})")
    if isinstance(error, exc.OperationalError) and any(word in cause for word in _BUSY):
        return EngineTimeout(ENGINE, "another process holds the database")
    for words, problem in _REMEDIES.items():
        if any(word in cause for word in words):
            return EngineUnavailable(ENGINE, f"the database failed: {problem}")
    return EngineUnavailable(ENGINE, f"the database failed ({type(error).__name__})")


def _cause(error: BaseException) -> str:
    """Give the driver's words, to be searched and never told; SQLAlchemy wraps asyncpg's errors."""
    return f"{type(error).__name__} {error} {type(error.__cause__).__name__}".lower()


def _checked(written: str) -> URL:
    remedy = (
        "Use sqlite+aiosqlite:///var/hotline.db or postgresql+asyncpg://USER@HOST/NAME, "
        "the password in ~/.pgpass or PGPASSWORD."
    )
    try:
        url = make_url(written)
    except (exc.ArgumentError, ValueError) as error:  # ValueError: its port is no number
        raise ConfigError("store.url is not a database URL.", remedy) from error
    if url.drivername not in _DRIVERS:
        raise ConfigError(f"store.url: {url.drivername!r} is not supported.", remedy)
    if url.get_backend_name() == "sqlite" and url.host:
        raise ConfigError("store.url: a path stands behind three slashes, or four.", remedy)
    unknown = set(url.query) - _POSTGRES_OPTIONS if url.get_backend_name() != "sqlite" else ()
    for option in sorted(unknown):
        problem = f"store.url: {option!r} is nothing that asyncpg knows."
        raise ConfigError(problem, "For TLS write ?ssl=require; leave out what psql alone knows.")
    return url


def _sqlite(url: URL, deadline_s: float) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        _private_file(Path(url.database))
    # IMMEDIATE: a transaction that starts to write waits its turn at once, instead of failing
    # half-way when another connection wrote after our first read.
    arguments = {"timeout": deadline_s, "isolation_level": "IMMEDIATE"}
    engine = create_async_engine(url, hide_parameters=True, connect_args=arguments)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


def _private_file(file: Path) -> None:
    """Create the file readable for us alone; SQLite gives its side files the same rights."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        problem = f"store.url: {file} cannot be written ({error.strerror})."
        raise ConfigError(problem, "Check the path and its rights.") from error


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:  # SQLAlchemy's record
    """WAL: readers never wait for the writer, and a killed process loses nothing committed.

    synchronous=NORMAL is safe against our own death; a power cut may cost the last moments.
    secure_delete: what was forgotten is overwritten, not just no longer found.
    """
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
