"""Forgetting in time: what is too old is deleted, and what one caller asks for.

Deleting goes in small steps, each a transaction of its own, so that a purge of a year never
makes a running call wait. The order is from the most to the least personal: words and numbers
first (`store.keep_texts_days`), recordings (`recording.keep_days`), then the records of calls,
events and what a predictor learnt of callers who stayed away (`store.keep_calls_days`).
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import CursorResult, delete, inspect, select, update

from ivr import log
from ivr.config.settings import Recording, Store
from ivr.errors import EngineError, EngineUnavailable
from ivr.store.database import Database
from ivr.store.tables import CallBackRow, CallerRow, CallRow, EventRow, Table, TurnRow

STEP: Final = 500
"""Rows of one transaction: some 10 ms of work."""
EVERY_S: Final = 6 * 3600.0
"""Seconds between two purges of a running hotline."""

# What may follow a call's id in the name of a file: ".wav", "-caller.wav", never ".2.wav", which
# is another call's.
_REST_OF_NAME: Final = re.compile(r"[-.][a-z][a-z0-9.-]*")
_KINDS_OF_FILE: Final = frozenset((".wav", ".raw", ".json", ".html"))

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Purged:
    """How much of each kind was deleted."""

    texts: int = 0
    call_backs: int = 0
    recordings: int = 0
    calls: int = 0
    events: int = 0
    callers: int = 0


async def keep_purging(database: Database, store: Store, recording: Recording) -> None:
    """Purge now and every six hours until cancelled; a failure is logged and tried again."""
    while True:
        try:
            await purge(database, store, recording, datetime.now(UTC))
        except EngineError as error:
            _log.error("purge failed", problem=str(error))
        await asyncio.sleep(EVERY_S)


async def purge(database: Database, store: Store, recording: Recording, now: datetime) -> Purged:
    """Delete what is past its time at `now`. Raises EngineError, when all else is done."""
    texts_until = now - timedelta(days=store.keep_texts_days)
    calls_until = now - timedelta(days=store.keep_calls_days)
    recordings_until = now - timedelta(days=recording.keep_days)
    texts = await _empty_texts(database, texts_until)
    call_backs = await _delete(database, CallBackRow, CallBackRow.asked_at < texts_until)
    recordings, failure = 0, None
    try:
        recordings = await asyncio.to_thread(
            delete_old_recordings, recording.directory, recordings_until
        )
    except EngineError as error:  # a folder of somebody else's is no reason to keep the rest
        failure = error
    purged = Purged(
        texts=texts,
        call_backs=call_backs,
        recordings=recordings,
        calls=await _delete(database, CallRow, CallRow.arrived_at < calls_until),
        events=await _delete(database, EventRow, EventRow.at < calls_until),
        callers=await _delete(database, CallerRow, CallerRow.seen_at < calls_until),
    )
    await database.checkpoint()
    _log.info("purged", **asdict(purged))
    if failure:
        raise failure
    return purged


async def _empty_texts(database: Database, until: datetime) -> int:
    """Empty the words of old calls; who spoke when stays, for the figures."""
    count = 0
    old = select(CallRow.call_id).where(CallRow.texts_kept, CallRow.arrived_at < until).limit(STEP)
    while True:
        async with database.transaction() as connection:
            calls = (await connection.scalars(old)).all()
            if not calls:
                return count
            theirs = TurnRow.call_id.in_(calls)
            await connection.execute(update(TurnRow).where(theirs).values(text=""))
            emptied = update(CallRow).where(CallRow.call_id.in_(calls)).values(texts_kept=False)
            await connection.execute(emptied)
        count += len(calls)


async def _delete(database: Database, table: type[Table], is_old: Any) -> int:  # a condition
    """Delete old rows step by step; what hangs on a call goes with it."""
    (key,) = inspect(table).primary_key
    count = 0
    while True:
        async with database.transaction() as connection:
            step = select(key).where(is_old).limit(STEP)
            done: CursorResult[Any] = await connection.execute(delete(table).where(key.in_(step)))
        if done.rowcount == 0:
            return count
        count += done.rowcount


def delete_old_recordings(directory: Path, until: datetime) -> int:
    """Delete recordings and call sheets last written before `until`; gives their number.

    Raises EngineUnavailable when some cannot be deleted; the others are.
    """
    return _delete_files(
        file
        for file in _files(directory)
        if file.suffix in _KINDS_OF_FILE and _is_older(file, until)
    )


def delete_recordings_of(directory: Path, call_ids: Sequence[str]) -> int:
    """Delete all files of some calls; gives their number. Raises as above."""
    return sum(_delete_files(files_of_call(directory, each)) for each in call_ids)


def files_of_call(directory: Path, call_id: str) -> list[Path]:
    """Give the files that are kept of a call: recording, call sheet, record."""
    return [file for file in _files(directory) if _is_of(file.name, call_id)]


def _is_of(name: str, call_id: str) -> bool:
    rest = name.removeprefix(call_id)
    return rest != name and _REST_OF_NAME.fullmatch(rest) is not None


def _files(directory: Path) -> list[Path]:
    return [each for each in directory.iterdir() if each.is_file()] if directory.is_dir() else []


def _is_older(file: Path, until: datetime) -> bool:
    try:
        return file.stat().st_mtime < until.timestamp()
    except FileNotFoundError:  # wrapped or deleted meanwhile
        return False


def _delete_files(files: Iterable[Path]) -> int:
    count, failures = 0, list[OSError]()
    for file in files:
        try:
            file.unlink(missing_ok=True)
            count += 1
        except OSError as error:
            failures.append(error)
    if failures:
        problem = f"{len(failures)} files cannot be deleted ({failures[0].strerror})"
        remedy = "check who owns recording.directory"
        raise EngineUnavailable("recordings", f"{problem}; {remedy}") from failures[0]
    return count
