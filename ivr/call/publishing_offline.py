"""Publishing where no hotline runs: kept, taught, and served by the next start.

Hotlines on other machines that share the store follow within seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ivr.asr.lessons import Lesson, lacks, unheard, unknown
from ivr.asr.school import School
from ivr.call.ear_state import EarState, Step, knowing
from ivr.call.published import MOST, Done, Prepared, Request, earlier, reading_from, unpacked_in
from ivr.config import Settings
from ivr.dialog.server import train
from ivr.dialog.snapshot import fingerprint
from ivr.errors import EngineError
from ivr.store import FlowLibrary, Publication, PublicationKind


class OfflinePublisher:
    """Does for a command what `ivr.call.publishing.Publisher` does in a running hotline.

    Methods raise ConfigError, EngineError, and PublishingFailed for what makes no sense.
    """

    def __init__(self, library: FlowLibrary, settings: Settings) -> None:
        self._library, self._settings = library, settings

    async def history(self, limit: int) -> Sequence[Publication]:
        """Give the latest publications, newest first."""
        return await self._library.publications(limit)

    async def files(self) -> Mapping[str, str]:
        """Give the files that callers get."""
        now = await self._library.to_serve()
        return (await self._library.flow_files(now.version) or {}) if now else {}

    async def prepare(self, files: Mapping[str, str]) -> Prepared:
        """Teach Rasa, so that the next start does not have to."""
        name = fingerprint(files)
        await self._library.keep_flows(name, files)
        version = await reading_from(self._library, name, self._settings)
        await train(version.flows, self._settings.state_dir)
        return Prepared()

    async def publish(self, files: Mapping[str, str], request: Request) -> Done:
        """Enter flows into the history and teach the ear; the next start serves both."""
        await self.prepare(files)
        name = fingerprint(files)
        ears = await self._teach(unpacked_in(self._settings) / name)
        done = await self._enter(name, PublicationKind.PUBLISHED, request)
        return replace(done, ears=ears)

    async def roll_back(self, to: str, request: Request) -> Done:
        """Enter an earlier version; the next start serves it."""
        name = earlier(await self._library.publications(MOST), to)
        await reading_from(self._library, name, self._settings)
        return await self._enter(name, PublicationKind.ROLLED_BACK, request)

    async def _teach(self, flows: Path) -> tuple[EarState, ...]:
        """Teach the ears what they lack. What fails is told: the next start tries it again."""
        school = School.from_settings(self._settings)
        return tuple([await _taught(school, each, flows) for each in school.lessons(flows)])

    async def _enter(self, name: str, kind: PublicationKind, request: Request) -> Done:
        return Done(await self._library.publish(name, kind, request.by, request.why))


async def _taught(school: School, lesson: Lesson, flows: Path) -> EarState:
    ear = school.best([lesson]).get(lesson.language)
    words, sentences = unknown(lesson, ear), len(unheard(lesson, ear))
    try:
        ear = await school.teach(lesson, flows) if lacks(lesson, ear) else ear
    except EngineError as error:
        failed = EarState(lesson.language, Step.FAILED, words, datetime.now(UTC))
        return replace(failed, problem=error.problem, sentences=sentences)
    return knowing(lesson, ear)
