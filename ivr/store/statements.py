"""What is asked of the database, as values: no connection, no decision about errors."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Delete, Select, Update, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from ivr.domain import CallerEvent, CallerState, CallInfo, CallRecord, Language, Opening, Turn
from ivr.domain import Prediction as Guess
from ivr.store.records import CallFilter, EarFigures
from ivr.store.tables import CallBackRow, CallerRow, CallRow, EventRow, OpeningRow, Table, TurnRow

Row = dict[str, Any]  # column name to a value of the column's type

_TURN_COUNT: Final = (
    select(func.count())
    .where(TurnRow.call_id == CallRow.call_id)
    .correlate(CallRow)
    .scalar_subquery()
)


class Writer:
    """Makes statements that differ between SQLite and PostgreSQL: insert or replace."""

    def __init__(self, *, for_sqlite: bool) -> None:
        self._insert: Any = sqlite.insert if for_sqlite else postgresql.insert  # two twin types

    def put(self, table: type[Table], key: tuple[str, ...], row: Row) -> Insert:
        """Insert a row; where the key exists, replace the row's other columns."""
        statement = self._insert(table).values(row)
        changed = {name: value for name, value in row.items() if name not in key}
        done: Insert = statement.on_conflict_do_update(index_elements=key, set_=changed)
        return done

    def add(self, table: type[Table], key: tuple[str, ...], row: Row) -> Insert:
        """Insert a row; where the key exists, leave the old one."""
        statement = self._insert(table).values(row)
        done: Insert = statement.on_conflict_do_nothing(index_elements=key)
        return done

    def begin(self, info: CallInfo) -> Insert:
        """Note an arriving call."""
        row = {
            "call_id": info.call_id,
            "caller_key": info.caller_key,
            "dialled": info.dialled,
            "began_in": info.language,
            "language": info.language,
            "arrived_at": info.arrived_at,
        }
        return self.put(CallRow, ("call_id",), row)

    def turn(self, call_id: str, turn: Turn, text: str) -> Insert:
        """Write a turn with its redacted text."""
        row = {
            "call_id": call_id,
            "number": turn.number,
            "speaker": turn.speaker,
            "text": text,
            "language": turn.language,
            "started_s": turn.started_s,
            "ended_s": turn.ended_s,
            "intent": turn.intent,
            "confidence": turn.confidence,
            "silence_s": turn.silence_s,
            "interrupted": turn.interrupted,
        }
        return self.put(TurnRow, ("call_id", "number"), row)

    def opening(self, call_id: str, opening: Opening, guess: Guess, flows_version: str) -> Insert:
        """Keep how a call was greeted."""
        return self.put(
            OpeningRow, ("call_id",), _opening_row(call_id, opening, guess, flows_version)
        )

    def plain_opening(self, record: CallRecord) -> Insert:
        """Keep the record's opening where none was noted with its guess."""
        row = _opening_row(record.call_id, record.opening, Guess(), record.flows_version)
        return self.add(OpeningRow, ("call_id",), row)

    def finish(self, record: CallRecord) -> Insert:
        """Complete a call; a call that was never begun appears as a whole."""
        row = {
            "call_id": record.call_id,
            "caller_key": record.caller_key,
            "dialled": record.dialled,
            "language": record.language,
            "arrived_at": record.arrived_at,
            "answered_at": record.answered_at,
            "ended_at": record.ended_at,
            "outcome": record.outcome,
            "question": record.question,
            "agent": record.agent,
            "flows_version": record.flows_version,
        }
        statement = self._insert(CallRow).values(row | {"began_in": record.language})
        done: Insert = statement.on_conflict_do_update(index_elements=("call_id",), set_=row)
        return done

    def seen(self, caller_key: str, at: datetime, language: Language | None) -> Insert:
        """Note when a caller was last there, and the chosen language if there is one."""
        row: Row = {"caller_key": caller_key, "seen_at": at}
        if language:
            row["language"] = language
        return self.put(CallerRow, ("caller_key",), row)

    def state(self, caller_key: str, at: datetime, state: CallerState) -> Insert:
        """Replace what a predictor keeps of a caller."""
        row = {
            "caller_key": caller_key,
            "seen_at": at,
            "state_version": state.version,
            "state": state.content,
        }
        return self.put(CallerRow, ("caller_key",), row)

    def event(self, event: CallerEvent) -> Insert:
        """Keep an event once."""
        row = {
            "source_id": event.source_id,
            "caller_key": event.caller_key,
            "kind": event.kind,
            "at": event.at,
            "payload": dict(event.payload),
        }
        return self.add(EventRow, ("source_id",), row)

    def wish(self, info: CallInfo, queue: str, sealed_number: bytes, at: datetime) -> Insert:
        """Keep a wish to be called back, once for a call and queue; gives its id."""
        row = {
            "call_id": info.call_id,
            "sealed_number": sealed_number,
            "queue": queue,
            "language": info.language,
            "asked_at": at,
        }
        statement = self._insert(CallBackRow).values(row)
        new = statement.excluded
        # The number of a wish that was met is forgotten, and stays so.
        is_open = CallBackRow.met_at.is_(None)
        changed = {
            "sealed_number": case((is_open, new.sealed_number), else_=CallBackRow.sealed_number),
            "language": new.language,
        }
        kept = statement.on_conflict_do_update(index_elements=("call_id", "queue"), set_=changed)
        done: Insert = kept.returning(CallBackRow.wish)
        return done


def ear(call_id: str, figures: EarFigures) -> Update:
    """Keep what a call was like at the caller's ear."""
    return update(CallRow).where(CallRow.call_id == call_id).values(ear=asdict(figures))


def history(caller_key: str, limit: int) -> Select[Any]:  # three columns of a call
    """Ask for a caller's finished calls, newest first."""
    column = CallRow.__table__.columns
    wanted = [column["arrived_at"], column["question"], column["outcome"]]
    return (
        select(*wanted)
        .where(CallRow.caller_key == caller_key, CallRow.outcome.is_not(None))
        .order_by(CallRow.arrived_at.desc())
        .limit(limit)
    )


def calls(wanted: CallFilter) -> Select[Any]:  # a join of two rows and a count
    """Ask for calls with their openings and numbers of turns, newest first."""
    statement = _calls().order_by(CallRow.arrived_at.desc()).limit(wanted.limit)
    if wanted.since is not None:
        statement = statement.where(CallRow.arrived_at >= wanted.since)
    if wanted.outcome is not None:
        statement = statement.where(CallRow.outcome == wanted.outcome)
    if wanted.language is not None:
        statement = statement.where(CallRow.language == wanted.language)
    if wanted.agent is not None:
        statement = statement.where(CallRow.agent == wanted.agent)
    return statement


def nth_finished(number: int) -> Select[Any]:  # two columns of a call
    """Ask for the call behind the newest `number` that have ended."""
    column = CallRow.__table__.columns
    return (
        select(*[column["arrived_at"], column["call_id"]])
        .where(CallRow.ended_at.is_not(None))
        .order_by(CallRow.arrived_at.desc(), CallRow.call_id.desc())
        .offset(number)
        .limit(1)
    )


def finished(behind: tuple[datetime, str] | None, most: int) -> Select[Any]:  # as `calls`
    """Ask for calls that have ended, oldest first, from behind one on."""
    statement = _calls().where(CallRow.ended_at.is_not(None))
    if behind is not None:
        at, call_id = behind
        is_behind = and_(CallRow.arrived_at == at, CallRow.call_id > call_id)
        statement = statement.where(or_(CallRow.arrived_at > at, is_behind))
    return statement.order_by(CallRow.arrived_at, CallRow.call_id).limit(most)


def call(call_id: str) -> Select[Any]:  # as above
    """Ask for one call."""
    return _calls().where(CallRow.call_id == call_id)


def turns(call_id: str) -> Select[Any]:  # all columns of a turn
    """Ask for a call's turns by number."""
    columns = TurnRow.__table__.columns
    return select(*columns).where(TurnRow.call_id == call_id).order_by(TurnRow.number)


def events(caller_key: str, since: datetime) -> Select[Any]:  # all columns of an event
    """Ask for a caller's events, oldest first."""
    return (
        select(*EventRow.__table__.columns)
        .where(EventRow.caller_key == caller_key, EventRow.at >= since)
        .order_by(EventRow.at)
    )


def open_wishes() -> Select[Any]:  # all columns of a call-back
    """Ask for the call-backs that nobody has met, oldest first."""
    return (
        select(*CallBackRow.__table__.columns)
        .where(CallBackRow.met_at.is_(None))
        .order_by(CallBackRow.asked_at, CallBackRow.wish)
    )


def meet_wish(wish: int, at: datetime) -> Update:
    """Note that a wish was met, and forget its number."""
    return (
        update(CallBackRow)
        .where(CallBackRow.wish == wish, CallBackRow.met_at.is_(None))
        .values(met_at=at, sealed_number=None)
    )


def forget(caller_key: str) -> tuple[Delete, ...]:
    """Delete all of one caller; turns, openings and call-backs go with their calls."""
    return tuple(
        delete(table).where(table.caller_key == caller_key)
        for table in (CallRow, CallerRow, EventRow)
    )


def _calls() -> Select[Any]:  # as `calls`
    opening = OpeningRow.__table__.columns
    return select(
        *CallRow.__table__.columns,
        opening["kind"].label("opening_kind"),
        opening["questions"],
        opening["propensity"],
        opening["held_out"],
        opening["candidates"],
        opening["model"],
        opening["flows_version"].label("opening_flows_version"),
        opening["evidence"],
        _TURN_COUNT.label("turns"),
    ).outerjoin(OpeningRow, OpeningRow.call_id == CallRow.call_id)


def _opening_row(call_id: str, opening: Opening, guess: Guess, flows_version: str) -> Row:
    return {
        "call_id": call_id,
        "kind": opening.kind,
        "questions": list(opening.questions),
        "propensity": opening.propensity,
        "held_out": opening.held_out,
        "candidates": [[c.question, c.probability] for c in guess.candidates],
        "model": guess.model,
        "flows_version": flows_version,
        "evidence": dict(guess.evidence),
    }
