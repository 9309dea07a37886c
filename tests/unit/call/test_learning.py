"""What was published is heard at once as well as can be, and better when the ear has learned."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.asr import Ear, Recognizer
from ivr.asr.lessons import Lesson, Taught, best
from ivr.call.completeness import SoundsUnfinished, never
from ivr.call.ear_state import EarState, Step
from ivr.call.hearing import Hearing, Hearings
from ivr.call.known_sentences import Sentences
from ivr.call.learning import RETRY_S, Learning
from ivr.dialog.flows import FlowSet, load_flows
from ivr.dialog.version import Version
from ivr.domain import Language, Listening
from ivr.errors import EngineRejected
from ivr.sim.ear import ScriptedRecognizer
from tests.unit.call.publisher_here import few_flows

EN = Language.EN
PLAIN = Path("plain")


@dataclass
class Model:
    """Hears with the models it was opened with."""

    models: Mapping[Language, Path]

    def listen(self, listening: Listening) -> Ear:
        return ScriptedRecognizer().listen(listening)

    async def is_healthy(self) -> bool:
        return True


@dataclass
class Teacher:
    """Knows the words of each version by its folder's name; teaches when it may."""

    words: Mapping[str, tuple[str, ...]]
    ears: list[Taught] = field(default_factory=list[Taught])
    problems: list[str] = field(default_factory=list[str])
    """Why the next lessons fail."""
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    began: list[str] = field(default_factory=list[str])
    in_use: frozenset[Path] = frozenset()
    sentences: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """New sentences of known words, by version."""

    def lessons(self, flows: Path) -> tuple[Lesson, ...]:
        new = self.sentences.get(flows.name, frozenset())
        return (Lesson(EN, "base", dict.fromkeys(self.words[flows.name], ""), new),)

    def best(self, lessons: Sequence[Lesson]) -> dict[Language, Taught]:
        (lesson,) = lessons
        found = best(lesson, self.ears)
        return {EN: found} if found else {}

    def models(self, taught: Mapping[Language, Taught]) -> Mapping[Language, Path]:
        return {EN: taught[EN].path if taught else PLAIN}

    def usual_s(self, language: Language) -> float:
        assert language is EN
        return 14.0

    async def teach(self, lesson: Lesson, flows: Path) -> Taught:
        self.began.append(flows.name)
        self.has_begun.set()
        await self.may_end.wait()
        if self.problems:
            raise EngineRejected("ear", self.problems.pop(0))
        at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=len(self.ears))
        self.ears.append(Taught(lesson, Path(f"ear-{flows.name}"), at, 12.0, ("unsure",)))
        return self.ears[-1]

    def forget(self, in_use: frozenset[Path]) -> None:
        self.in_use = in_use


@dataclass
class Here:
    teacher: Teacher
    learning: Learning
    flows: FlowSet
    endings: list[Sentences]

    async def publish(self, name: str, flows: FlowSet | None = None) -> None:
        await self.learning.prepare(Version(name, flows or self.flows))
        self.learning.serve(name)
        self.learning.keep([name])

    @property
    def state(self) -> EarState:
        (state,) = self.learning.states
        return state

    @property
    def model(self) -> Path:
        recognizer = self.learning.hearings.current.recognizer
        assert isinstance(recognizer, Model)
        return recognizer.models[EN]

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.learning.run())
            yield
            running.cancel()


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> FlowSet:
    return load_flows(few_flows(tmp_path_factory.mktemp("here") / "flows"))


def is_unfinished(words: str, language: Language) -> bool:
    del words, language
    return True


@pytest.fixture
def here(flows: FlowSet) -> Here:
    learned: list[Sentences] = []

    async def learn_endings(sentences: Sentences) -> SoundsUnfinished:
        learned.append(sentences)
        return is_unfinished

    def open_ears(models: Mapping[Language, Path]) -> Recognizer:
        return Model(models)

    teacher = Teacher(
        {"old": (), "reworded": (), "new": ("klarna",), "newer": ("klarna", "zappify")}
    )
    teacher.may_end.set()
    hearings = Hearings(Hearing(Model({EN: PLAIN})))
    folder = Path("published")
    learning = Learning(teacher, open_ears, hearings, folder, learn_endings)
    return Here(teacher, learning, flows, learned)


async def test_without_new_words_nothing_is_learned(here: Here) -> None:
    async with here.at_work():
        await here.publish("old")
        await here.learning.at_rest()

    assert here.state.step is Step.KNOWS
    assert here.state.words == ()
    assert here.teacher.began == []


async def test_a_version_without_new_words_leaves_calls_their_ear(here: Here) -> None:
    await here.publish("old")
    before = here.learning.hearings.current.recognizer

    await here.learning.prepare(Version("reworded", here.flows))
    here.learning.serve("reworded")

    assert here.learning.hearings.current.recognizer is before


async def test_new_words_are_live_before_the_ear_knows_them_and_then_it_does(here: Here) -> None:
    here.teacher.may_end.clear()

    async with here.at_work():
        await here.publish("new")
        at_once = (here.state, here.model)
        here.teacher.may_end.set()
        await here.learning.at_rest()

    assert at_once[0].step is Step.LEARNING
    assert (at_once[0].words, at_once[0].seconds) == (("klarna",), 14.0)
    assert at_once[1] == PLAIN
    assert here.model == Path("ear-new")
    assert (here.state.words, here.state.seconds) == (("klarna",), 12.0)
    assert here.state.remarks == ("unsure",)


@pytest.mark.looptime
async def test_a_lesson_that_fails_leaves_the_former_ear_says_why_and_is_tried_again(
    here: Here,
) -> None:
    here.teacher.problems.append("the disk is full")

    async with here.at_work():
        await here.publish("new")
        await here.learning.at_rest()
        failed, former = here.state, here.model
        await asyncio.sleep(RETRY_S[0] + 1)
        await here.learning.at_rest()

    assert (failed.step, failed.problem) == (Step.FAILED, "the disk is full")
    assert former == PLAIN
    assert here.model == Path("ear-new")
    assert here.teacher.began == ["new", "new"]


async def test_what_is_published_meanwhile_comes_first(here: Here) -> None:
    here.teacher.may_end.clear()

    async with here.at_work():
        await here.publish("new")
        await here.teacher.has_begun.wait()
        await here.publish("newer")
        here.teacher.may_end.set()
        await here.learning.at_rest()

    assert here.teacher.began == ["new", "newer"]
    assert here.model == Path("ear-newer")


async def test_flows_that_are_taken_back_have_their_former_ear_at_once(here: Here) -> None:
    async with here.at_work():
        await here.publish("new")
        await here.learning.at_rest()
        await here.publish("newer")
        await here.learning.at_rest()

        await here.publish("new")

        assert here.state.step is Step.KNOWS
        assert here.model == Path("ear-new")
    assert here.teacher.began == ["new", "newer"]


async def test_a_start_takes_the_ear_that_belongs_to_the_version(here: Here) -> None:
    lesson = here.teacher.lessons(Path("new"))[0]
    here.teacher.ears.append(
        Taught(lesson, Path("from before"), datetime(2026, 1, 4, tzinfo=UTC), 9.0)
    )

    await here.learning.prepare_first(Version("new", here.flows), never)
    here.learning.serve("new")

    assert here.model == Path("from before")
    assert here.state.step is Step.KNOWS


async def test_ears_of_kept_versions_are_not_forgotten(here: Here) -> None:
    async with here.at_work():
        await here.publish("new")
        await here.learning.at_rest()

    assert here.teacher.in_use == {Path("ear-new")}


async def test_endings_are_learned_when_other_sentences_are_published(
    here: Here, tmp_path: Path
) -> None:
    folder = few_flows(tmp_path / "flows")
    file = folder / "refund.yaml"
    old = file.read_text("utf-8")
    file.write_text(
        old.replace("  en:\n    - ", "  en:\n    - give it all back\n    - ", 1), "utf-8"
    )
    other = load_flows(folder)
    await here.learning.prepare_first(Version("old", here.flows), never)
    here.learning.serve("old")

    async with here.at_work():
        await here.learning.prepare(Version("new", here.flows))
        here.learning.serve("new")
        await here.learning.at_rest()
        with_the_same_sentences = len(here.endings)
        await here.learning.prepare(Version("newer", other))
        here.learning.serve("newer")
        await here.learning.at_rest()

    assert with_the_same_sentences == 0
    assert len(here.endings) == 1
    assert here.learning.hearings.current.sounds_unfinished is is_unfinished


async def test_new_sentences_of_known_words_renew_the_ear_once(here: Here) -> None:
    here.teacher.sentences = {"reworded": frozenset({"s1", "s2"})}
    here.teacher.may_end.clear()

    async with here.at_work():
        await here.publish("reworded")
        at_once = (here.state, here.model)
        here.teacher.may_end.set()
        await here.learning.at_rest()
        await here.publish("old")
        await here.publish("reworded")
        await here.learning.at_rest()

    assert (at_once[0].step, at_once[0].sentences) == (Step.LEARNING, 2)
    assert at_once[1] == PLAIN
    assert (here.state.step, here.state.words, here.state.sentences) == (Step.KNOWS, (), 2)
    assert here.model == Path("ear-reworded")
    assert here.teacher.began == ["reworded"]


async def test_sentences_that_cannot_be_learned_leave_the_former_ear(here: Here) -> None:
    here.teacher.sentences = {"reworded": frozenset({"s1"})}
    here.teacher.problems.append("the disk is full")

    async with here.at_work():
        await here.publish("reworded")
        await here.learning.at_rest()

    assert (here.state.step, here.state.problem) == (Step.FAILED, "the disk is full")
    assert here.state.sentences == 1
    assert here.model == PLAIN
