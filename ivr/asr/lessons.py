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
    """What the plain ear of a language lacks; without any of it there is nothing to learn."""

    language: Language
    base: str
    """Digest of the plain ear."""
    words: Mapping[str, str]
    """Each word, and how the flows' `pronunciations.yaml` says it; "" where it does not."""
    sentences: frozenset[str] = frozenset()
    """Digests of the sentences around which it was not built. Of such sentences of known words 29
    to 70 of a hundred were heard right, and 99 by an ear that was built around them (November
    2026, synthetic voices)."""

    @property
    def name(self) -> str:
        """The same for the same lesson, and a good name of a folder."""
        words = (part for item in sorted(self.words.items()) for part in item)
        parts = (self.base, *words, *sorted(self.sentences))
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


def unheard(lesson: Lesson, ear: Taught | None) -> frozenset[str]:
    """Give the sentences of a lesson around which an ear was not built; None is the plain ear."""
    is_of_use = ear is not None and _is_of_its_kind(lesson, ear)
    return lesson.sentences - (ear.lesson.sentences if ear and is_of_use else frozenset())


def lacks(lesson: Lesson, ear: Taught | None) -> bool:
    """Whether an ear has something of a lesson to learn."""
    return bool(unknown(lesson, ear) or unheard(lesson, ear))


def best(lesson: Lesson, ears: Sequence[Taught]) -> Taught | None:
    """Give the ear that knows most of a lesson, words before sentences; None for the plain one.

    Of equals the one that knows the fewest other words, since every word is one more to mistake
    for another; then the newest.
    """

    def merit(ear: Taught) -> tuple[int, int, int, float]:
        lacking = len(unknown(lesson, ear)), len(unheard(lesson, ear))
        return *lacking, len(ear.lesson.words), -ear.at.timestamp()

    fitting = [ear for ear in ears if _is_of_its_kind(lesson, ear)]
    found = min(fitting, key=merit, default=None)
    if found is None or merit(found)[:2] == (len(lesson.words), len(lesson.sentences)):
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
