"""Holds conversation tests against a mind on trial, several calls at once."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from ivr.dialog.conversations import (
    CallerTurn,
    Conversation,
    ConversationTest,
    LookupResult,
    words_of,
)
from ivr.dialog.expectations import Miss, misses
from ivr.dialog.step import Failed, Found
from ivr.dialog.trial import Caller, TrialTurn
from ivr.domain import CallerInput, Keys, Language, Opening, Utterance
from ivr.errors import EngineError, Place

AT_ONCE: Final = 8
"""Calls at the same time. More do not end sooner: Rasa answers one turn after another."""
TEST_DAY: Final = date(2026, 1, 5)
"""Today in every conversation, a Monday: due dates and "next Wednesday" must not move."""


class OneCall(Protocol):
    """A call whose turns can be watched."""

    async def begin(self, caller: Caller) -> TrialTurn:
        """Greet the caller. Raises EngineError."""
        ...

    async def take(self, said: CallerInput) -> TrialTurn:
        """Answer the caller. Raises EngineError."""
        ...


class Mind(Protocol):
    """What conversations are held with: the real mind on trial, or a rehearsal of it."""

    def calling(self, caller: Caller) -> AbstractAsyncContextManager[OneCall]:
        """A call while inside, before its greeting."""
        ...


@dataclass(frozen=True, slots=True)
class HeldTurn:
    """One turn as it was held; `said` is None for the greeting."""

    said: CallerInput | None
    turn: TrialTurn
    place: Place
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation as it went, up to the first turn that is not as it must be.

    `broken` tells of an engine that failed; the turns before it are kept.
    """

    test: ConversationTest
    turns: tuple[HeldTurn, ...]
    broken: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything is as it must be."""
        return not self.broken and not any(turn.misses for turn in self.turns)


async def hold_all(
    mind: Mind,
    tests: Sequence[ConversationTest],
    *,
    at_once: int = AT_ONCE,
    ended: Callable[[Held], None] | None = None,
) -> list[Held]:
    """Hold all conversations and give them in the order of `tests`; `ended` hears of each."""
    turn = asyncio.Semaphore(at_once)

    async def one(test: ConversationTest) -> Held:
        async with turn:
            held = await hold(mind, test)
        if ended is not None:
            ended(held)
        return held

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(test)) for test in tests]
    return [task.result() for task in tasks]


async def hold(mind: Mind, test: ConversationTest, *, to_the_end: bool = False) -> Held:
    """Hold one conversation; it ends at the first turn that is not as it must be.

    `to_the_end` goes on all the same, for comparing two minds.
    """
    turns: list[HeldTurn] = []
    caller = caller_of(test.conversation, test.language)
    try:
        async with mind.calling(caller) as call:
            turns.append(_judged(test, None, await call.begin(caller), test.place))
            for turn, place in zip(test.conversation.turns, test.turn_places, strict=True):
                if turns[-1].misses and not to_the_end:
                    break
                said = _input_of(turn, turns[-1].turn.reply.listening.language, test.language)
                turns.append(_judged(test, said, await call.take(said), place, turn))
    except EngineError as error:
        return Held(test, tuple(turns), str(error))
    return Held(test, tuple(turns))


def caller_of(conversation: Conversation, language: Language) -> Caller:
    """Who calls in a conversation."""
    lookups: Mapping[str, Found | Failed] = {
        name: _result(given) for name, given in conversation.lookups.items()
    }
    opening = Opening(conversation.opening, conversation.offered)
    return Caller(conversation.from_number, language, opening, lookups)


def texts_of(tests: Iterable[ConversationTest]) -> set[str]:
    """All that callers say in these conversations."""
    return {
        words_of(turn.caller, test.language)
        for test in tests
        for turn in test.conversation.turns
        if turn.caller is not None
    }


def _result(given: LookupResult) -> Found | Failed:
    return Failed() if given.fails else Found(given.facts, given.outcome)


def _input_of(turn: CallerTurn, hears: Language, language: Language) -> CallerInput:
    """The caller's turn; the ear is the one of the language that is spoken by now."""
    if turn.caller is not None:
        words = words_of(turn.caller, language)
        return Utterance(words, hears, 1.0, is_doubtful=turn.doubtful)
    if turn.presses is not None:
        return Keys(turn.presses)
    assert turn.happens is not None
    return turn.happens


def _judged(
    test: ConversationTest,
    said: CallerInput | None,
    turn: TrialTurn,
    place: Place,
    written: CallerTurn | None = None,
) -> HeldTurn:
    must = written.hotline if written else test.conversation.greeting
    return HeldTurn(said, turn, place, tuple(misses(must, turn, test.language)))
