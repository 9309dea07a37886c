"""How far the ears are with the words of the flows that are served, for ops to see."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ivr.asr.lessons import Lesson, Taught
from ivr.domain import Language


class Step(StrEnum):
    """How far the ear of a language is."""

    KNOWS = "knows"
    LEARNING = "learning"
    FAILED = "failed"  # and will try again; the former ear goes on


@dataclass(frozen=True, slots=True)
class EarState:
    """What the ear of a language makes of the flows that are served."""

    language: Language
    step: Step
    words: tuple[str, ...]
    """What it has learned or is learning, beyond the ear of the settings."""
    since: datetime
    """When calls began to hear so, or learning began, or failed."""
    seconds: float = 0.0
    """About how long learning takes, or how long it took."""
    problem: str = ""
    """Why it failed."""
    remarks: tuple[str, ...] = ()
    """What to look at: words that nobody is sure how to say."""
    sentences: int = 0
    """How many sentences it is built, or being built, around beyond those of the settings' ear."""


def knowing(lesson: Lesson, ear: Taught | None) -> EarState:
    """Say that calls that begin now have an ear that knows all of a lesson."""
    words, took_s = tuple(sorted(lesson.words)), ear.took_s if ear else 0.0
    remarks = ear.remarks if ear else ()
    now, sentences = datetime.now(UTC), len(lesson.sentences)
    return EarState(
        lesson.language, Step.KNOWS, words, now, took_s, remarks=remarks, sentences=sentences
    )


def as_values(state: EarState) -> dict[str, Any]:  # JSON
    """Give a state as JSON values."""
    return asdict(state) | {"since": state.since.isoformat(timespec="seconds")}
