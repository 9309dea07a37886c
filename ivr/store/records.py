"""What the store gives back: calls, openings and call-backs as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from ivr.domain import Candidate, Language, Opening, Outcome

RESOLVED: Final = frozenset({Outcome.COMPLETED, Outcome.WITH_AGENT})
"""Outcomes after which a caller's question counts as settled."""


@dataclass(frozen=True, slots=True)
class KeptOpening:
    """How a call was greeted, and the guess behind it, for judging offers later."""

    opening: Opening
    candidates: tuple[Candidate, ...] = ()
    model: str = ""
    flows_version: str = ""
    evidence: Mapping[str, str | float] = field(default_factory=dict[str, str | float])


@dataclass(frozen=True, slots=True)
class EarFigures:
    """What a call was like at the caller's ear, measured from its recording; all in seconds.

    Lists hold one figure an occurrence. The words are those of `ivr.analytics.caller_ear`.
    """

    length_s: float
    first_word_s: float | None = None
    silence_s: tuple[float, ...] = ()
    fall_silent_s: tuple[float, ...] = ()
    turns: int = 0
    prompts: int = 0
    short_sounds: int = 0
    false_stops: int = 0
    missed_interruptions: int = 0
    cut_off_turns: int = 0
    talked_over_s: float = 0.0
    dead_air_s: float = 0.0
    gaps_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call as it is kept; `outcome` and `ended_at` are None while it runs or was cut off."""

    call_id: str
    caller_key: str
    dialled: str
    language: Language
    arrived_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    question: str = ""
    agent: str = ""
    flows_version: str = ""
    opening: KeptOpening | None = None
    ear: EarFigures | None = None
    turns: int = 0
    """How many turns are kept."""


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls are wanted; None means any. `since` is inclusive, `agent` an extension."""

    since: datetime | None = None
    outcome: Outcome | None = None
    language: Language | None = None
    limit: int = 50
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class CallBack:
    """A caller's wish to be called back by a person."""

    wish: int
    call_id: str
    number: str = field(repr=False)
    queue: str
    language: Language
    asked_at: datetime


class PublicationKind(StrEnum):
    """How a version came before callers."""

    FIRST = "first"  # by the hotline itself, which had none to serve
    PUBLISHED = "published"
    ROLLED_BACK = "rolled_back"  # an earlier version again


@dataclass(frozen=True, slots=True)
class Publication:
    """One time that a version of the flows was put before callers, or should have been."""

    number: int
    version: str
    kind: PublicationKind
    at: datetime
    by: str
    why: str
    refused: str = ""
    """Why it could not be served; empty for those that could."""
