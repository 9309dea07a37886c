"""What an ear has to learn before it can hear a version of the flows. Decisions, without I/O.

Every taught ear is made anew around the model of the settings, never around another taught one,
so a lesson says all that this model lacks: whichever ear on the shelf knows those words will do,
and taking flows back finds the ear that they had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ivr.domain import Language


@dataclass(frozen=True, slots=True)
class Lesson:
    """The words that the plain ear of a language lacks; without any there is nothing to learn."""

    language: Language
    base: str
    """Digest of the plain ear."""
    words: Mapping[str, str]
    """Each word, and how the flows' `pronunciations.yaml` says it; "" where it does not."""

    @property
    def name(self) -> str:
        """The same for the same lesson, and a good name of a folder."""
        parts = (self.base, *(part for item in sorted(self.words.items()) for part in item))
        digest = sha256("\0".join(parts).encode()).hexdigest()
        return f"{self.language.value}-{digest[:12]}"


@dataclass(frozen=True, slots=True)
class Taught:
    """An ear that has learned a lesson, in a folder of its own."""

    lesson: Lesson
    path: Path
    at: datetime
    took_s: float
    """Seconds that making it took."""
    remarks: tuple[str, ...] = ()
    """What ops should know: words that nobody is sure how to say, or that cannot be said."""


def unknown(lesson: Lesson, ear: Taught | None) -> tuple[str, ...]:
    """Give the words of a lesson that an ear does not know, sorted; None is the plain ear."""
    learned = ear.lesson.words if ear is not None and _is_of_its_kind(lesson, ear) else {}
    return tuple(sorted(word for word, said in lesson.words.items() if learned.get(word) != said))


def best(lesson: Lesson, ears: Sequence[Taught]) -> Taught | None:
    """Give the ear that knows most of a lesson, None for the plain one.

    Of equals the one that knows the fewest other words, since every word is one more to mistake
    for another; then the newest.
    """

    def merit(ear: Taught) -> tuple[int, int, float]:
        return len(unknown(lesson, ear)), len(ear.lesson.words), -ear.at.timestamp()

    fitting = [ear for ear in ears if _is_of_its_kind(lesson, ear)]
    found = min(fitting, key=merit, default=None)
    if found is None or len(unknown(lesson, found)) == len(lesson.words):
        return None
    return found


def to_forget(ears: Sequence[Taught], in_use: frozenset[Path], most: int) -> tuple[Taught, ...]:
    """Give the ears to delete so that at most `most` of each language stay; oldest first.

    What is in use stays, also where that is more.
    """
    forgotten: list[Taught] = []
    for language in Language:
        ours = [ear for ear in ears if ear.lesson.language is language]
        idle = sorted((ear for ear in ours if ear.path not in in_use), key=lambda ear: ear.at)
        forgotten += idle[: max(0, len(ours) - most)]
    return tuple(forgotten)


def _is_of_its_kind(lesson: Lesson, ear: Taught) -> bool:
    return (ear.lesson.language, ear.lesson.base) == (lesson.language, lesson.base)
