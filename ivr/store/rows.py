"""Rows of the database as words of the product."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from ivr.domain import (
    CallerEvent,
    Candidate,
    Language,
    Opening,
    OpeningKind,
    Outcome,
    PastCall,
    Speaker,
    Turn,
)
from ivr.store.records import RESOLVED, EarFigures, KeptCall, KeptOpening

Found = Row[Any]  # the columns are named by the statement that found it


def past_call(row: Found) -> PastCall:
    """Read one line of a caller's history."""
    return PastCall(row.arrived_at, row.question, Outcome(row.outcome) in RESOLVED)


def kept_call(row: Found) -> KeptCall:
    """Read a call with its opening."""
    return KeptCall(
        call_id=row.call_id,
        caller_key=row.caller_key,
        dialled=row.dialled,
        language=Language(row.language),
        arrived_at=row.arrived_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        question=row.question,
        agent=row.agent,
        flows_version=row.flows_version,
        opening=_opening(row),
        ear=_ear(row.ear),
        turns=row.turns,
    )


def turn(row: Found) -> Turn:
    """Read a turn."""
    return Turn(
        row.number,
        Speaker(row.speaker),
        row.text,
        Language(row.language),
        row.started_s,
        row.ended_s,
        row.intent,
        row.confidence,
        row.silence_s,
        row.interrupted,
    )


def event(row: Found) -> CallerEvent:
    """Read an event."""
    return CallerEvent(row.caller_key, row.kind, row.at, row.source_id, row.payload)


def _ear(kept: dict[str, Any] | None) -> EarFigures | None:
    if kept is None:
        return None
    known = {field.name for field in fields(EarFigures)}  # a newer version may have kept more
    values: dict[str, Any] = {  # of the types that were written
        name: tuple(value) if isinstance(value, list) else value
        for name, value in kept.items()
        if name in known
    }
    return EarFigures(**values)


def _opening(row: Found) -> KeptOpening | None:
    if row.opening_kind is None:
        return None
    opening = Opening(
        OpeningKind(row.opening_kind), tuple(row.questions), row.propensity, row.held_out
    )
    candidates = tuple(Candidate(name, probability) for name, probability in row.candidates)
    return KeptOpening(opening, candidates, row.model, row.opening_flows_version, row.evidence)
