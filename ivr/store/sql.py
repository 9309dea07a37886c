"""The memory on SQLAlchemy: SQLite by default, PostgreSQL by one setting."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Select, select, text

from ivr.config.settings import Store
from ivr.domain import (
    CallerEvent,
    CallerState,
    CallInfo,
    CallRecord,
    Language,
    Opening,
    PastCall,
    Prediction,
    Turn,
)
from ivr.errors import ConfigError, EngineError, EngineRejected
from ivr.store import HISTORY_LIMIT, CallBack, CallFilter, EarFigures, KeptCall, rows, statements
from ivr.store.callers import CallerKeys, load_keys
from ivr.store.database import ENGINE, Database, open_database
from ivr.store.redaction import redact
from ivr.store.tables import CallerRow, CallRow
from ivr.store.upgrade import newest_version, upgrade, version_of

_PAGE: Final = 500
"""Calls that are read at once; a call with its guess is some kilobytes."""


@asynccontextmanager
async def open_store(settings: Store, *, may_upgrade: bool = True) -> AsyncIterator["SqlStore"]:
    """Open the memory and bring its tables up to date; closes it at the end.

    Without `may_upgrade` old tables are a ConfigError, as are a bad secret or URL. Raises
    EngineError when the database cannot be used.
    """
    keys = load_keys(settings.secret_file)
    database = open_database(settings)
    try:
        if may_upgrade:
            await upgrade(database)
        elif await version_of(database) != newest_version():
            problem = "the tables of store.url are missing or of another version."
            raise ConfigError(problem, "Run `ivr db upgrade`.")
        yield SqlStore(database, keys, frozenset(settings.redact))
    finally:
        await database.close()


class SqlStore:
    """Keeps `CallStore`, `CallerMemory` and `CallArchive`; every method raises EngineError."""

    def __init__(self, database: Database, keys: CallerKeys, redacted: frozenset[str]) -> None:
        self._database = database
        self._keys = keys
        self._redacted = redacted
        self._write = statements.Writer(for_sqlite=database.is_sqlite)

    @property
    def database(self) -> Database:
        """The database below, for `retention`."""
        return self._database

    def key_of(self, number: str) -> str:
        """Give the key that stands for a caller's number, "" for a withheld one."""
        return self._keys.key_of(number)

    # --- CallStore

    async def begin(self, info: CallInfo) -> None:
        """Note that a call has arrived."""
        async with self._database.transaction() as connection:
            await connection.execute(self._write.begin(info))

    async def note_opening(
        self, call_id: str, opening: Opening, prediction: Prediction, flows_version: str = ""
    ) -> None:
        """Keep how the call was greeted and the guess behind it."""
        statement = self._write.opening(call_id, opening, prediction, flows_version)
        async with self._database.transaction() as connection:
            await connection.execute(statement)

    async def add_turn(self, call_id: str, turn: Turn) -> None:
        """Write one turn, redacted; it is on disk when this returns."""
        redacted = redact(turn.text, self._redacted)
        async with self._database.transaction() as connection:
            await connection.execute(self._write.turn(call_id, turn, redacted))

    async def finish(self, record: CallRecord) -> None:
        """Complete the call's record, and remember the caller's language."""
        began_in = select(CallRow.began_in).where(CallRow.call_id == record.call_id)
        async with self._database.transaction() as connection:
            begun = await connection.scalar(began_in)
            await connection.execute(self._write.finish(record))
            await connection.execute(self._write.plain_opening(record))
            if record.caller_key:
                known = await connection.scalar(_language_of(record.caller_key))
                chosen = known or (begun and begun != record.language)
                language = record.language if chosen else None
                seen = self._write.seen(record.caller_key, record.ended_at, language)
                await connection.execute(seen)

    async def note_ear(self, call_id: str, figures: EarFigures) -> None:
        """Keep what a call was like at the caller's ear; nothing happens for an unknown call."""
        async with self._database.transaction() as connection:
            await connection.execute(statements.ear(call_id, figures))

    async def history(self, caller_key: str) -> Sequence[PastCall]:
        """Give the caller's latest finished calls, oldest first."""
        if not caller_key:
            return []
        async with self._database.transaction() as connection:
            found = await connection.execute(statements.history(caller_key, HISTORY_LIMIT))
            return [rows.past_call(row) for row in reversed(found.all())]

    async def language(self, caller_key: str) -> Language | None:
        """Give the language the caller last chose to speak."""
        async with self._database.transaction() as connection:
            found = await connection.scalar(_language_of(caller_key))
        return Language(found) if found else None

    async def ask_call_back(self, info: CallInfo, queue: str, number: str = "") -> int:
        """Note the wish to be called back once, the number sealed."""
        wanted = number or info.caller
        if not wanted:
            raise EngineRejected(ENGINE, "no number to call back is known")
        sealed = self._keys.seal(wanted, info.call_id)
        statement = self._write.wish(info, queue, sealed, datetime.now(UTC))
        async with self._database.transaction() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def is_healthy(self) -> bool:
        """Whether it could write right now: the tables are there and nobody blocks them."""
        try:
            async with self._database.transaction() as connection:
                # Touches no row, but SQLite and PostgreSQL both ask for the right to write.
                await connection.execute(text("DELETE FROM callers WHERE caller_key = '-'"))
        except EngineError:
            return False
        return True

    # --- CallerMemory

    async def caller_state(self, caller_key: str) -> CallerState | None:
        """Give what the predictor last saved about a caller."""
        statement = select(CallerRow.state_version, CallerRow.state).where(
            CallerRow.caller_key == caller_key, CallerRow.state.is_not(None)
        )
        async with self._database.transaction() as connection:
            found = (await connection.execute(statement)).one_or_none()
        return CallerState(found.state_version, found.state) if found else None

    async def save_caller_state(self, caller_key: str, state: CallerState) -> None:
        """Replace what is saved about a caller."""
        if not caller_key:
            return
        statement = self._write.state(caller_key, datetime.now(UTC), state)
        async with self._database.transaction() as connection:
            await connection.execute(statement)

    async def add_event(self, event: CallerEvent) -> bool:
        """Keep an event once."""
        async with self._database.transaction() as connection:
            return (await connection.execute(self._write.event(event))).rowcount == 1

    async def events(self, caller_key: str, since: datetime) -> Sequence[CallerEvent]:
        """Give a caller's events, oldest first."""
        async with self._database.transaction() as connection:
            found = await connection.execute(statements.events(caller_key, since))
            return [rows.event(row) for row in found]

    # --- CallArchive

    async def calls(self, wanted: CallFilter) -> Sequence[KeptCall]:
        """Give calls, newest first."""
        async with self._database.transaction() as connection:
            found = await connection.execute(statements.calls(wanted))
            return [rows.kept_call(row) for row in found]

    async def finished(self, latest: int) -> AsyncIterator[KeptCall]:
        """Give the latest calls that have ended, oldest first, a page at a time."""
        async with self._database.transaction() as connection:
            oldest = (await connection.execute(statements.nth_finished(latest))).one_or_none()
        behind = (oldest.arrived_at, oldest.call_id) if oldest else None
        while True:
            async with self._database.transaction() as connection:
                found = await connection.execute(statements.finished(behind, _PAGE))
                page = [rows.kept_call(row) for row in found]
            for call in page:
                yield call
            if len(page) < _PAGE:
                return
            behind = (page[-1].arrived_at, page[-1].call_id)

    async def call(self, call_id: str) -> KeptCall | None:
        """Give one call."""
        async with self._database.transaction() as connection:
            found = (await connection.execute(statements.call(call_id))).one_or_none()
        return rows.kept_call(found) if found else None

    async def turns(self, call_id: str) -> Sequence[Turn]:
        """Give a call's turns by number."""
        async with self._database.transaction() as connection:
            found = await connection.execute(statements.turns(call_id))
            return [rows.turn(row) for row in found]

    async def call_backs(self) -> Sequence[CallBack]:
        """Give the open wishes with their numbers, oldest first."""
        async with self._database.transaction() as connection:
            found = (await connection.execute(statements.open_wishes())).all()
        return [
            CallBack(
                row.wish,
                row.call_id,
                self._keys.unseal(row.sealed_number, row.call_id),
                row.queue,
                Language(row.language),
                row.asked_at,
            )
            for row in found
        ]

    async def finish_call_back(self, wish: int) -> bool:
        """Note that a wish was met and forget its number."""
        statement = statements.meet_wish(wish, datetime.now(UTC))
        async with self._database.transaction() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def forget_caller(self, caller_key: str) -> Sequence[str]:
        """Delete all that is kept about a caller; gives the call ids."""
        if not caller_key:
            return []
        theirs = select(CallRow.call_id).where(CallRow.caller_key == caller_key)
        async with self._database.transaction() as connection:
            gone = (await connection.scalars(theirs)).all()
            for statement in statements.forget(caller_key):
                await connection.execute(statement)
        await self._database.checkpoint()
        return gone


def _language_of(caller_key: str) -> Select[str | None]:
    return select(CallerRow.language).where(CallerRow.caller_key == caller_key)
