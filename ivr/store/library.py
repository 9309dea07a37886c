"""The versions of the flows that were published: their files, and who put them there and why.

A version is kept once, by its name; publications are a journal that only grows, so that taking
a version back is one more entry and no entry is ever lost.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Row, desc, insert, select, update

from ivr.store.database import Database
from ivr.store.records import Publication, PublicationKind
from ivr.store.statements import Writer
from ivr.store.tables import FlowVersionRow, PublicationRow


class SqlLibrary:
    """Keeps `ivr.store.FlowLibrary`; every method raises EngineError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._write = Writer(for_sqlite=database.is_sqlite)

    async def keep_flows(self, version: str, files: Mapping[str, str]) -> None:
        """Keep the files of a version."""
        row = {"version": version, "files": dict(files)}
        async with self._database.transaction() as connection:
            await connection.execute(self._write.add(FlowVersionRow, ("version",), row))

    async def flow_files(self, version: str) -> Mapping[str, str] | None:
        """Give the files of a version, name -> text."""
        files = select(FlowVersionRow.files).where(FlowVersionRow.version == version)
        async with self._database.transaction() as connection:
            found = await connection.scalar(files)
        return found or None

    async def publish(self, version: str, kind: PublicationKind, by: str, why: str) -> Publication:
        """Put a kept version before callers."""
        row = {"version": version, "kind": kind, "by": by, "why": why, "at": datetime.now(UTC)}
        statement = insert(PublicationRow).values(row).returning(*PublicationRow.__table__.columns)
        async with self._database.transaction() as connection:
            return _publication((await connection.execute(statement)).one())

    async def refuse(self, number: int, problem: str) -> None:
        """Note why a publication cannot be served; the one before it counts again."""
        statement = (
            update(PublicationRow).where(PublicationRow.number == number).values(refused=problem)
        )
        async with self._database.transaction() as connection:
            await connection.execute(statement)

    async def publications(self, limit: int = 20) -> Sequence[Publication]:
        """Give the latest publications, newest first."""
        newest = desc(PublicationRow.number)
        statement = select(*PublicationRow.__table__.columns).order_by(newest).limit(limit)
        async with self._database.transaction() as connection:
            return [_publication(row) for row in await connection.execute(statement)]

    async def to_serve(self) -> Publication | None:
        """Give the newest publication that was not refused."""
        statement = (
            select(*PublicationRow.__table__.columns)
            .where(PublicationRow.refused == "")
            .order_by(desc(PublicationRow.number))
            .limit(1)
        )
        async with self._database.transaction() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return _publication(row) if row else None


def _publication(row: Row[tuple[object, ...]]) -> Publication:
    return Publication(
        number=row.number,
        version=row.version,
        kind=PublicationKind(row.kind),
        at=row.at,
        by=row.by,
        why=row.why,
        refused=row.refused,
    )
