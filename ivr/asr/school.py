"""Where ears learn the flows' words: what each version needs, who knows it, and who learns it.

Taught ears stand side by side in a folder, each under the name of its lesson. One counts when it
is whole and its note, `taught.json`, has been written; the note comes last. What is taught is
decided in `ivr.asr.lessons`, made by `ivr.asr.build.teach`, in a process of its own.
"""

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from ivr import log
from ivr.asr.build.flow_texts import PRONUNCIATIONS, overrides_in, read_examples, sounds_of
from ivr.asr.build.sentences import digests, read_note
from ivr.asr.build.vocabulary import read_words, unknown
from ivr.asr.lessons import Lesson, Taught, best, to_forget
from ivr.asr.models import check_sums, find, inspect
from ivr.config import Settings
from ivr.domain import Language
from ivr.errors import ConfigError, EngineRejected, EngineUnavailable
from ivr.workshop import made_by

_log = log.get(__name__)

NOTE: Final = "taught.json"
EARS_KEPT: Final = 5
"""Of each language, 10 MB each: the one in use, the one before, and some to go back to."""
DEADLINE_S: Final = 600.0
"""Some 10 s on an idle machine; on a busy one it gives way to calls."""
USUAL_S: Final = 15.0
"""What it takes where nothing was taught yet; measured on two cores in November 2026."""

Ears = Mapping[Language, Path]
"""The model of each language."""


@dataclass(frozen=True)
class _Plain:
    """The ear of the settings."""

    language: Language
    path: Path

    @cached_property
    def words(self) -> frozenset[str]:
        return read_words(self.path / "graph" / "words.txt")

    @cached_property
    def sentences(self) -> frozenset[str] | None:
        """Those it was built around; None where that cannot be told, or nothing can be learned."""
        return read_note(self.path) if self.sounds else None

    @cached_property
    def digest(self) -> str:
        """What changes with the sounds it knows and with the words it knows."""
        files = (self.path / "am" / "final.mdl", self.path / "graph" / "words.txt")
        return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest()

    @cached_property
    def sounds(self) -> tuple[str, ...]:
        """The sounds it knows; none for one that cannot learn words."""
        try:
            return sounds_of(self.path)
        except ConfigError:
            return ()


class School:
    """Teaches the ears of the settings; methods block unless they are `async`."""

    def __init__(self, plain: Ears, folder: Path) -> None:
        self._plain = {each: _Plain(each, path) for each, path in plain.items()}
        self._folder = folder

    @classmethod
    def from_settings(cls, settings: Settings) -> "School":
        """Find the models of the settings. Raises ConfigError."""
        models = settings.asr.models.items()
        plain = {language: find(name, settings.models_dir) for language, name in models}
        return cls(plain, cls.folder_of(settings))

    @staticmethod
    def folder_of(settings: Settings) -> Path:
        """Where the taught ears of these settings stand."""
        return settings.state_dir / "ears"

    def lessons(self, flows: Path) -> tuple[Lesson, ...]:
        """Give what the plain ears lack for a folder of flows, a lesson for each language.

        Raises ConfigError for a file that cannot be read or a pronunciation that makes no sense.
        """
        return tuple(self._lesson(plain, flows) for plain in self._plain.values())

    def best(self, lessons: Sequence[Lesson]) -> dict[Language, Taught]:
        """Give the ears that know most of the lessons; none where the plain one does as well.

        Their files are compared with their checksums; a damaged ear is deleted, and learns anew.
        """
        found = {lesson.language: self._best(lesson) for lesson in lessons}
        return {language: ear for language, ear in found.items() if ear is not None}

    def models(self, taught: Mapping[Language, Taught]) -> Ears:
        """Give the model of every language: the taught ear's, or else the plain one's."""
        plain = {language: plain.path for language, plain in self._plain.items()}
        return plain | {language: ear.path for language, ear in taught.items()}

    def taught(self) -> list[Taught]:
        """Give the ears that have been taught; damaged ones are not among them."""
        notes = sorted(self._folder.glob(f"*/{NOTE}"))
        return [ear for note in notes if (ear := _read(note)) is not None]

    def usual_s(self, language: Language) -> float:
        """About how many seconds the next lesson will take."""
        ears = [ear for ear in self.taught() if ear.lesson.language is language]
        newest = max(ears, key=lambda ear: ear.at, default=None)
        return newest.took_s if newest else USUAL_S

    async def teach(self, lesson: Lesson, flows: Path) -> Taught:
        """Make an ear that knows a lesson, with the sentences of a folder of flows.

        Raises EngineError with the reason when there is none; all other ears stay.
        """
        plain = self._plain[lesson.language]
        if not plain.sounds:
            problem = f"{plain.path.name} cannot learn words; the small hotline models can"
            raise EngineRejected("ear", problem)
        path = self._folder / lesson.name
        order = {
            "language": lesson.language.value,
            "base": str(plain.path),
            "out": str(path),
            "flows": str(flows),
            "words": sorted(lesson.words),
        }
        await asyncio.to_thread(self._tidy_up)
        module = "ivr.asr.build.teach"
        made = await made_by(module, order, engine="ear", deadline_s=DEADLINE_S)
        now = datetime.now(UTC)
        ear = Taught(lesson, path, now, float(made["took_s"]), tuple(made["remarks"]))
        await asyncio.to_thread(_note, ear)
        return ear

    def forget(self, in_use: frozenset[Path]) -> None:
        """Delete the oldest of many ears, except those in use."""
        for ear in to_forget(self.taught(), in_use, EARS_KEPT):
            _delete(ear)

    # --- details

    def _best(self, lesson: Lesson) -> Taught | None:
        while (ear := best(lesson, self.taught())) is not None:
            try:
                inspect(ear.path)
                check_sums(ear.path)
            except ConfigError as error:
                _log.error("taught ear damaged", ear=ear.path.name, problem=error.problem)
                _delete(ear)
            else:
                break
        return ear

    def _lesson(self, plain: _Plain, flows: Path) -> Lesson:
        written: dict[str, str] = {}
        if plain.sounds and (flows / PRONUNCIATIONS).exists():
            ways = overrides_in(flows / PRONUNCIATIONS, plain.language, plain.sounds)
            written = {word: " | ".join(map(" ".join, said)) for word, said in ways.items()}
        known = plain.words
        wanted = dict.fromkeys(word for word in written if word not in known)
        examples = list(read_examples(flows, plain.language, {}))
        for example in examples:
            wanted |= dict.fromkeys(unknown(example.text, plain.language, known))
        words = {word: written.get(word, "") for word in wanted}
        if plain.sentences is None:
            return Lesson(plain.language, plain.digest, words)
        new = digests(examples, plain.language) - plain.sentences
        return Lesson(plain.language, plain.digest, words, new)

    def _tidy_up(self) -> None:
        """Remove what a build left that was broken off: only one runs at a time."""
        if not self._folder.is_dir():
            return
        for folder in self._folder.iterdir():
            if not (folder / NOTE).exists():
                shutil.rmtree(folder, ignore_errors=True)


def _delete(ear: Taught) -> None:
    (ear.path / NOTE).unlink(missing_ok=True)  # first: now it counts no more
    shutil.rmtree(ear.path, ignore_errors=True)
    _log.info("taught ear deleted", ear=ear.path.name)


def _note(ear: Taught) -> None:
    values = asdict(ear) | {"path": "", "at": ear.at.isoformat()}
    values["lesson"]["sentences"] = sorted(ear.lesson.sentences)
    draft = ear.path / f".{NOTE}"
    try:
        draft.write_text(json.dumps(values, ensure_ascii=False, indent=1), "utf-8")
        draft.replace(ear.path / NOTE)
    except OSError as error:
        raise EngineUnavailable("ear", f"its note cannot be written ({error.strerror})") from error


def _read(note: Path) -> Taught | None:
    try:
        values = json.loads(note.read_text("utf-8"))
        lesson = values["lesson"]
        return Taught(
            Lesson(
                Language(lesson["language"]),
                lesson["base"],
                lesson["words"],
                frozenset(lesson.get("sentences", ())),  # none in notes of before 2026-11-22
            ),
            note.parent,
            datetime.fromisoformat(values["at"]),
            float(values["took_s"]),
            tuple(values["remarks"]),
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        _log.warning("taught ear left aside", ear=note.parent.name, error=type(error).__name__)
        return None
