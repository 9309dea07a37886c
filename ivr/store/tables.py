"""The tables. `ivr/store/migrations` builds the same ones step by step; a test compares them.

    callers ──── calls ──┬── turns        what was said, redacted
      │          (key)   ├── openings     how it was greeted and the guess behind it
      └── events (key)   └── call_backs   who wants a call, the number sealed

    flow_versions ──── publications         the published flows; who, when, why

`caller_key` joins callers, calls and events without a foreign key, because a call is kept even
when nothing else is known of its caller (a withheld number is ""). Every question that is asked
while a call is being served is answered from an index, also with a million callers.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_JSON: Final = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, UTC on disk and in Python; refuses times without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any zone into UTC; SQLite compares texts, so all must look alike."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back; SQLite has lost the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Table(DeclarativeBase):
    """What all tables share: names of constraints that migrations can rely on."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: _JSON, list[Any]: _JSON}  # noqa: RUF012 - SQLAlchemy reads the class attribute


class CallRow(Table):
    """One call; outcome and end stay NULL while it runs."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_caller_key_arrived_at", "caller_key", "arrived_at"),
        Index("ix_calls_arrived_at", "arrived_at"),
        Index("ix_calls_outcome_arrived_at", "outcome", "arrived_at"),
        Index("ix_calls_agent_arrived_at", "agent", "arrived_at"),
        # Only calls whose texts are still there, so that the purge never walks over old ones.
        Index(
            "ix_calls_texts_kept",
            "arrived_at",
            sqlite_where=text("texts_kept"),
            postgresql_where=text("texts_kept"),
        ),
    )

    call_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    caller_key: Mapped[str] = mapped_column(String(64))
    dialled: Mapped[str] = mapped_column(String(64))
    began_in: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8))
    arrived_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(String(128), server_default="")
    agent: Mapped[str] = mapped_column(String(64), server_default="")
    flows_version: Mapped[str] = mapped_column(String(64), server_default="")
    ear: Mapped[dict[str, Any] | None]
    texts_kept: Mapped[bool] = mapped_column(server_default=text("true"))


def _call() -> ForeignKey:
    return ForeignKey("calls.call_id", ondelete="CASCADE")


class TurnRow(Table):
    """One thing said, redacted; the text is emptied when its time is over."""

    __tablename__ = "turns"

    call_id: Mapped[str] = mapped_column(_call(), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    speaker: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    started_s: Mapped[float]
    ended_s: Mapped[float]
    intent: Mapped[str] = mapped_column(String(128))
    confidence: Mapped[float]
    silence_s: Mapped[float | None]
    interrupted: Mapped[bool]


class OpeningRow(Table):
    """How a call was greeted; `candidates` is a list of [question, probability].

    `evidence` is what guess and greeting were made from.
    """

    __tablename__ = "openings"

    call_id: Mapped[str] = mapped_column(_call(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    questions: Mapped[list[Any]]
    propensity: Mapped[float]
    held_out: Mapped[bool]
    candidates: Mapped[list[Any]]
    model: Mapped[str] = mapped_column(String(128))
    flows_version: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class CallerRow(Table):
    """What is remembered of a caller besides calls: language and the predictor's state."""

    __tablename__ = "callers"
    __table_args__ = (Index("ix_callers_seen_at", "seen_at"),)

    caller_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime]
    language: Mapped[str | None] = mapped_column(String(8))
    state_version: Mapped[int | None]
    state: Mapped[bytes | None] = mapped_column(LargeBinary)


class EventRow(Table):
    """Something outside of calls that may make a caller call."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_caller_key_at", "caller_key", "at"),
        Index("ix_events_at", "at"),
    )

    event: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(200), unique=True)
    caller_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]


class CallBackRow(Table):
    """A wish to be called back; the number is sealed, and gone once the wish was met."""

    __tablename__ = "call_backs"
    __table_args__ = (
        # A write that is repeated because it may have failed must not call anybody twice.
        Index("ix_call_backs_call_id_queue", "call_id", "queue", unique=True),
        # SQLite would else give a met wish's id to the next one.
        {"sqlite_autoincrement": True},
    )

    wish: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(_call())
    sealed_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    queue: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    met_at: Mapped[datetime | None]


class FlowVersionRow(Table):
    """The files of a version of the flows that was published, name -> text."""

    __tablename__ = "flow_versions"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    files: Mapped[dict[str, Any]]


class PublicationRow(Table):
    """One time that a version was put before callers; `refused` says why it was not served."""

    __tablename__ = "publications"
    __table_args__ = (
        Index("ix_publications_version", "version"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("flow_versions.version"))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(128))
    why: Mapped[str] = mapped_column(Text)
    refused: Mapped[str] = mapped_column(Text, server_default="")
