"""What goes another way in a second version of the flows: utterances and whole conversations.

Both versions are rehearsed with the same words (`ivr.dialog.rehearsal`), so that everything
counts which decides: examples, thresholds, slots, rules. Rewording alone is no other way.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from pathlib import Path

from ivr.dialog.compile import examples_of
from ivr.dialog.conversations import ConversationTest
from ivr.dialog.conversations_run import HeldTurn, Mind, hold, texts_of
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked
from ivr.dialog.rehearsal import rehearsing, understand_all
from ivr.dialog.server import RASA_ENV
from ivr.dialog.telling import act_of
from ivr.dialog.transcripts import Transcript
from ivr.dialog.trial import Caller, TrialTurn
from ivr.dialog.trial_input import as_line
from ivr.domain import Language, Utterance


@dataclass(frozen=True, slots=True)
class OtherWay:
    """One utterance that leads elsewhere; `question` is the flow whose example it is."""

    text: str
    language: Language
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OtherTurn:
    """The first turn of a conversation that goes another way; texts are what is spoken.

    `turn` counts the caller's turns of a test, 0 for the greeting; of a kept call it is the number
    in the call's record, and `said` what was kept.
    """

    name: str
    said: str
    before: str
    after: str
    text_before: str
    text_after: str
    turn: int = 0
    call_id: str = ""
    """Empty for a conversation test."""
    place: str = ""
    """File and line of a conversation test."""
    fails: tuple[str, ...] = ()
    """What must be and is not, in the second version."""


@dataclass(frozen=True)
class Ways:
    """All that goes another way, and how much was compared."""

    utterances: tuple[OtherWay, ...]
    tests: tuple[OtherTurn, ...]
    transcripts: tuple[OtherTurn, ...]
    compared_utterances: int
    compared_tests: int
    compared_transcripts: int


async def ways(  # noqa: PLR0913, PLR0917  # two versions, and what is held against them
    before: FlowSet,
    after: FlowSet,
    tests: Sequence[ConversationTest],
    transcripts: Sequence[Transcript],
    today: Callable[[], date],
    environment: Path = RASA_ENV,
) -> Ways:
    """Hold the same conversations with both versions. Raises ConfigError, EngineUnavailable."""
    examples = {
        (text, language, question)
        for flows in (before, after)
        for text, question, language in _examples(flows)
    }
    wanted = sorted(examples, key=lambda each: (each[2], each[1], each[0]))
    texts = texts_of([*tests, *(call.test for call in transcripts)]) | {text for text, *_ in wanted}
    first, second = understand_all([before, after], texts, environment)
    async with rehearsing(before, first, today) as old, rehearsing(after, second, today) as new:
        utterances = [await _other_way(old, new, *each) for each in wanted]
        other_tests = [await _other_turn(old, new, test) for test in tests]
        other_calls = [await _other_turn_of_call(old, new, call) for call in transcripts]
    return Ways(
        tuple(each for each in utterances if each),
        tuple(each for each in other_tests if each),
        tuple(each for each in other_calls if each),
        len(wanted),
        len(tests),
        len(transcripts),
    )


def way_of(turn: TrialTurn) -> str:
    """Where an utterance led, in a few words: the question, or what was done instead."""
    asking = turn.seen.after.asking
    if asking is not None and asking.kind is Asked.CHOICE:
        return f"asks: {' or '.join(sorted((asking.flow, asking.other)))}?"
    if asking is not None and asking.kind.value == "confirm":
        return f"asks whether it is {asking.flow}"
    return turn.reply.question or act_of(turn.seen.decision, asking)


def _examples(flows: FlowSet) -> Iterable[tuple[str, str, Language]]:
    for text, question in examples_of(flows):
        is_han = any("\u3400" <= letter <= "\u9fff" for letter in text)
        yield text, question, Language.ZH if is_han else Language.EN


async def _other_way(
    old: Mind, new: Mind, text: str, language: Language, question: str
) -> OtherWay | None:
    before, after = await _way(old, text, language), await _way(new, text, language)
    return OtherWay(text, language, question, before, after) if before != after else None


async def _way(mind: Mind, text: str, language: Language) -> str:
    caller = Caller(language=language)
    async with mind.calling(caller) as call:
        await call.begin(caller)
        return way_of(await call.take(Utterance(text, language, 1.0)))


async def _other_turn(old: Mind, new: Mind, test: ConversationTest) -> OtherTurn | None:
    before = await hold(old, test, to_the_end=True)
    after = await hold(new, test, to_the_end=True)
    for turn, (one, other) in enumerate(zip_longest(before.turns, after.turns)):
        if _did(one) != _did(other):
            return _told(test, turn, one, other)
    return None


async def _other_turn_of_call(old: Mind, new: Mind, call: Transcript) -> OtherTurn | None:
    found = await _other_turn(old, new, call.test)
    if found is None:
        return None
    name = f"call {call.call_id} ({call.test.language})"
    kept = replace(found, name=name, call_id=call.call_id, place="")
    if not found.turn:
        return kept
    said, number = call.said[found.turn - 1], call.numbers[found.turn - 1]
    return replace(kept, said=said, turn=number)


def _did(held: HeldTurn | None) -> tuple[str, ...]:
    if held is None:
        return ()
    seen = held.turn.seen
    return (act_of(seen.decision, seen.after.asking), way_of(held.turn))


def _told(
    test: ConversationTest, turn: int, one: HeldTurn | None, other: HeldTurn | None
) -> OtherTurn:
    either = other or one
    assert either is not None
    misses = other.misses if other else ()
    return OtherTurn(
        name=test.name,
        said="(the call begins)" if either.said is None else as_line(either.said),
        before=_act(one) if one else "the call broke",
        after=_act(other) if other else "the call broke",
        text_before=one.turn.text if one else "",
        text_after=other.turn.text if other else "",
        turn=turn,
        place=f"{either.place.file.name}:{either.place.line}",
        fails=tuple(f"must {miss.field.replace('_', ' ')}: {miss.must}" for miss in misses),
    )


def _act(held: HeldTurn) -> str:
    return act_of(held.turn.seen.decision, held.turn.seen.after.asking)
