"""Hearing follows the flows: what was published is learned beside the calls, then heard.

    prepare ──> serve ──> is anything new? ──> learn in the workshop ──> the next calls have it
    (the best ear there is already, in a tenth of a second)

Publishing does not wait for the ear: new wording and examples are live at once, with the ear that
knows most of their words, and the new ear follows within the minute. What cannot be learned leaves
the former ear, says why, and is tried again. Taking flows back finds their ear on the shelf.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from typing import Final, Protocol

from ivr import log, metrics
from ivr.asr import Recognizer
from ivr.asr.lessons import Lesson, Taught, lacks, unheard, unknown
from ivr.call.completeness import SoundsUnfinished
from ivr.call.ear_state import EarState, Step, knowing
from ivr.call.hearing import Hearing, Hearings
from ivr.call.known_sentences import Sentences, known_sentences, learned_beside
from ivr.dialog.version import Version
from ivr.domain import Language
from ivr.errors import ConfigError, EngineError

RETRY_S: Final = (60.0, 600.0, 3600.0)
"""Waits before a lesson that failed is tried again; the last one repeats."""

_log = log.get(__name__)


class Teacher(Protocol):
    """Knows which ears there are and makes others; `ivr.asr.school.School` is one.

    Methods block unless they are `async`; they raise ConfigError, and `teach` EngineError.
    """

    def lessons(self, flows: Path) -> tuple[Lesson, ...]:
        """Give what the plain ears lack for a folder of flows."""
        ...

    def best(self, lessons: Sequence[Lesson]) -> dict[Language, Taught]:
        """Give the taught ears that know most of the lessons."""
        ...

    def models(self, taught: Mapping[Language, Taught]) -> Mapping[Language, Path]:
        """Give the model of every language."""
        ...

    def usual_s(self, language: Language) -> float:
        """About how many seconds the next lesson takes."""
        ...

    async def teach(self, lesson: Lesson, flows: Path) -> Taught:
        """Make an ear that knows a lesson."""
        ...

    def forget(self, in_use: frozenset[Path]) -> None:
        """Delete the oldest of many ears, except those in use."""
        ...


OpenEars = Callable[[Mapping[Language, Path]], Recognizer]
"""Loads models, those that are not in memory; blocking. Raises ConfigError."""
LearnEndings = Callable[[Sentences], Awaitable[SoundsUnfinished]]
"""Learns what sounds unfinished. Raises EngineError."""


@dataclass(frozen=True)
class _Heard:
    """How a version is heard."""

    folder: Path
    sentences: Sentences
    lessons: tuple[Lesson, ...]
    ears: Mapping[Language, Taught]
    models: Mapping[Language, Path]
    hearing: Hearing
    knows_endings: bool = False


class Learning:
    """Gives each version of the flows its hearing, and has the served one learn what it lacks.

    `folder` holds the unpacked versions, each under its name.
    """

    def __init__(
        self,
        teacher: Teacher,
        open_ears: OpenEars,
        hearings: Hearings,
        folder: Path,
        learn_endings: LearnEndings = learned_beside,
    ) -> None:
        self._teacher, self._open_ears, self.hearings = teacher, open_ears, hearings
        self._folder, self._learn_endings = folder, learn_endings
        self._versions: dict[str, _Heard] = {}
        self._serving = ""
        self._changed, self._at_rest = asyncio.Event(), asyncio.Event()
        self._states: dict[Language, EarState] = {}

    @property
    def states(self) -> tuple[EarState, ...]:
        """How far the ear of each language is with the flows that are served."""
        return tuple(self._states.values())

    async def prepare_first(self, version: Version, endings: SoundsUnfinished) -> None:
        """Make the version ready with which a hotline starts. Raises ConfigError."""
        heard = await self._heard(version)
        hearing = replace(heard.hearing, sounds_unfinished=endings)
        self._versions[version.name] = replace(heard, hearing=hearing, knows_endings=True)

    async def prepare(self, version: Version) -> None:
        """Load the best ear there is for a version. Raises ConfigError."""
        if version.name not in self._versions:
            self._versions[version.name] = await self._heard(version)

    def serve(self, name: str) -> None:
        """Let calls that begin from now on hear as a prepared version does; no wait in here."""
        self._serving = name
        heard = self._versions[name]
        self.hearings.serve(heard.hearing)
        self._states = {each.language: self._state(each, heard) for each in heard.lessons}
        self._at_rest.clear()
        self._changed.set()

    def keep(self, names: Collection[str]) -> None:
        """Forget how other versions are heard; calls that still do so keep their ears."""
        self._versions = {name: each for name, each in self._versions.items() if name in names}

    async def at_rest(self) -> None:
        """Return when the served version has learned what it can for now."""
        await self._at_rest.wait()

    async def run(self) -> None:
        """Have the served version learn what it lacks, until cancelled; the newest comes first."""
        while True:
            self._changed.clear()
            async with asyncio.TaskGroup() as group:
                learning = group.create_task(self._catch_up(self._serving))
                await self._changed.wait()
                learning.cancel()

    # --- what there is

    async def _heard(self, version: Version) -> _Heard:
        folder, sentences = self._folder / version.name, known_sentences(version.flows)
        lessons = await asyncio.to_thread(self._teacher.lessons, folder)
        alike = [
            each
            for each in self._versions.values()
            if each.knows_endings and each.sentences == sentences
        ]
        # Until this version's endings are learned the former ones do: they only make us wait.
        endings = alike[0].hearing if alike else self.hearings.current
        hearing = Hearing(self.hearings.current.recognizer, endings.sounds_unfinished)
        heard = _Heard(folder, sentences, lessons, {}, {}, hearing, knows_endings=bool(alike))
        return await self._with_best_ears(heard)

    async def _with_best_ears(self, heard: _Heard) -> _Heard:
        ears = await asyncio.to_thread(self._teacher.best, heard.lessons)
        models = self._teacher.models(ears)
        alike = [each for each in (heard, *self._versions.values()) if each.models == models]
        if alike:
            recognizer = alike[0].hearing.recognizer
        else:
            recognizer = await asyncio.to_thread(self._open_ears, models)
        hearing = replace(heard.hearing, recognizer=recognizer)
        return replace(heard, ears=ears, models=models, hearing=hearing)

    def _state(self, lesson: Lesson, heard: _Heard) -> EarState:
        ear = heard.ears.get(lesson.language)
        lacking, sentences = unknown(lesson, ear), len(unheard(lesson, ear))
        metrics.EAR_WORDS_UNKNOWN.labels(lesson.language.value).set(len(lacking))
        if lacking or sentences:
            usual_s = self._teacher.usual_s(lesson.language)
            now = datetime.now(UTC)
            return EarState(
                lesson.language, Step.LEARNING, lacking, now, usual_s, sentences=sentences
            )
        return knowing(lesson, ear)

    # --- what is learned

    async def _catch_up(self, name: str) -> None:
        for wait_s in chain(RETRY_S, repeat(RETRY_S[-1])):
            self._at_rest.clear()
            lacks_nothing = await self._learn_all(name)
            self._at_rest.set()
            if lacks_nothing:
                return
            await asyncio.sleep(wait_s)

    async def _learn_all(self, name: str) -> bool:
        """Learn whatever a version lacks; whether it lacks nothing any more."""
        if name not in self._versions:
            return True
        # Words first: a call without them goes wrong, one without the endings is a bit hasty.
        done = [await self._learn_words(name, each) for each in self._versions[name].lessons]
        done += [await self._learn_endings_of(name)]
        in_use = {ear.path for each in self._versions.values() for ear in each.ears.values()}
        await asyncio.to_thread(self._teacher.forget, frozenset(in_use))
        return all(done)

    async def _learn_endings_of(self, name: str) -> bool:
        if self._versions[name].knows_endings:
            return True
        try:
            learned = await self._learn_endings(self._versions[name].sentences)
        except EngineError as error:
            _log.error("endings not learned", problem=error.problem)
            return False
        heard = self._versions[name]
        hearing = replace(heard.hearing, sounds_unfinished=learned)
        self._renew(name, replace(heard, hearing=hearing, knows_endings=True))
        return True

    async def _learn_words(self, name: str, lesson: Lesson) -> bool:
        if not self._lacks(name, lesson):
            return True
        language = lesson.language
        try:
            # Another version may have learned it since this one was prepared.
            self._renew(name, await self._with_best_ears(self._versions[name]))
            self._states[language] = self._state(lesson, self._versions[name])
            if self._lacks(name, lesson):
                counts = {"words": len(lesson.words), "sentences": len(lesson.sentences)}
                _log.info("ear learning", language=language.value, **counts)
                ear = await self._teacher.teach(lesson, self._versions[name].folder)
                _log.info("ear taught", language=language.value, took_s=round(ear.took_s, 1))
                self._renew(name, await self._with_best_ears(self._versions[name]))
        except (ConfigError, EngineError) as error:
            _log.error("ear not taught", language=language.value, problem=error.problem)
            failed = replace(self._states[language], step=Step.FAILED, since=datetime.now(UTC))
            self._states[language] = replace(failed, problem=error.problem)
            return False
        self._states[language] = self._state(lesson, self._versions[name])
        return not self._lacks(name, lesson)

    def _lacks(self, name: str, lesson: Lesson) -> bool:
        return lacks(lesson, self._versions[name].ears.get(lesson.language))

    def _renew(self, name: str, heard: _Heard) -> None:
        """No wait in here: a call meets the former hearing or the new one."""
        is_new = heard.hearing != self._versions[name].hearing
        self._versions[name] = heard
        if is_new and name == self._serving:
            self.hearings.serve(heard.hearing)
            _log.info("hearing swapped", version=name)
