"""A call keeps the ear it began with, and old ears do not pile up."""

from contextlib import ExitStack
from weakref import ref

import pytest

from ivr.asr import Ear
from ivr.call.engines import Decision, Engines
from ivr.call.hearing import MOST_FORMER, Hearing, Hearings
from ivr.domain import CallInfo, CallRecord, Language, Listening
from ivr.errors import EngineUnavailable
from ivr.sim.dialog import ScriptedDialog
from ivr.sim.ear import ScriptedRecognizer
from ivr.sim.hearing import SimDetector
from ivr.sim.store import MemoryStore
from ivr.sim.voice import SimVoice

EN = Listening(Language.EN)


class Recognizer:
    """Notes that it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def listen(self, listening: Listening) -> Ear:
        self.asked += 1
        return ScriptedRecognizer().listen(listening)

    async def is_healthy(self) -> bool:
        return True


class NoOpener:
    async def decide(self, info: CallInfo) -> Decision:
        raise NotImplementedError

    async def learn(self, record: CallRecord) -> None:
        raise NotImplementedError


def engines() -> Engines:
    unused = Recognizer()
    return Engines(
        unused, ScriptedDialog(), SimVoice(), MemoryStore(), NoOpener(), detector=SimDetector
    )


def test_a_call_in_progress_keeps_its_ear_and_a_new_one_gets_the_new_ear() -> None:
    old, new = Recognizer(), Recognizer()
    hearings = Hearings(Hearing(old))

    with hearings.lend(engines()) as in_progress:
        hearings.serve(Hearing(new))
        in_progress.recognizer.listen(EN)
        with hearings.lend(engines()) as begun_since:
            begun_since.recognizer.listen(EN)
        former = hearings.calls_on_former

    assert (old.asked, new.asked) == (1, 1)
    assert (former, hearings.calls_on_former) == (1, 0)


def test_a_call_keeps_what_sounded_unfinished_when_it_began() -> None:
    def is_long(words: str, language: Language) -> bool:
        del language
        return len(words) > 10

    hearings = Hearings(Hearing(Recognizer(), is_long))

    with hearings.lend(engines()) as in_progress:
        hearings.serve(Hearing(Recognizer()))
        with hearings.lend(engines()) as begun_since:
            now = begun_since.sounds_unfinished("quite a long text", Language.EN)
        before = in_progress.sounds_unfinished("quite a long text", Language.EN)

    assert (before, now) == (True, False)


def test_calls_on_the_oldest_of_many_ears_go_on_with_the_present_one() -> None:
    ears = [Recognizer() for _ in range(MOST_FORMER + 2)]
    hearings = Hearings(Hearing(ears[0]))

    with ExitStack() as calls:
        lent = [calls.enter_context(hearings.lend(engines()))]
        for ear in ears[1:]:
            hearings.serve(Hearing(ear))
            lent.append(calls.enter_context(hearings.lend(engines())))
        for each in lent:
            each.recognizer.listen(EN)

    assert [ear.asked for ear in ears] == [0, *[1] * MOST_FORMER, 2]


def test_an_ear_that_comes_back_is_no_former_one() -> None:
    first, second = Recognizer(), Recognizer()
    hearings = Hearings(Hearing(first))

    with hearings.lend(engines()):
        hearings.serve(Hearing(second))
        hearings.serve(Hearing(first))

        assert hearings.calls_on_former == 0


def test_a_call_that_has_ended_holds_no_ear_any_more() -> None:
    hearings = Hearings(Hearing(Recognizer()))
    with hearings.lend(engines()) as over:
        pass

    with pytest.raises(EngineUnavailable):
        over.recognizer.listen(EN)


def test_an_ear_leaves_memory_when_its_last_call_ends() -> None:
    hearings = Hearings(Hearing(Recognizer()))
    with hearings.lend(engines()) as over:
        former = ref(hearings.current.recognizer)
        hearings.serve(Hearing(Recognizer()))
        during = former()
        assert during is not None
        del during

    assert former() is None
    assert over.recognizer is not None  # whatever still holds the call


async def test_healthy_is_what_new_calls_would_get() -> None:
    class Sick(Recognizer):
        async def is_healthy(self) -> bool:
            return False

    hearings = Hearings(Hearing(Recognizer()))
    before = await hearings.is_healthy()
    hearings.serve(Hearing(Sick()))

    assert (before, await hearings.is_healthy()) == (True, False)
