"""What is said to a caller in a noisy room, and that it is said once."""

from dataclasses import replace

import pytest

from ivr.call.room import Room
from ivr.domain import (
    CallerInput,
    Happening,
    Keys,
    Language,
    Listening,
    Prompt,
    Reply,
    Then,
    Utterance,
)

AGAIN = Prompt("Please say that again.", Language.EN)
ADVICE = Prompt("It is noisy there.", Language.EN)
ASKS_AGAIN = Reply((AGAIN,), Listening(Language.EN), in_noise=ADVICE)
WORDS = Utterance("say pay the", Language.EN, 0.3)


def noisy() -> Room:
    room = Room()
    room.is_noisy = True
    return room


@pytest.mark.parametrize("said", [Happening.SILENCE, Happening.UNHEARD, WORDS])
def test_whoever_was_not_understood_in_a_noisy_room_is_told_why(said: CallerInput) -> None:
    advised = noisy().advised(ASKS_AGAIN, said)

    assert advised.prompts == (ADVICE, AGAIN)


def test_a_dialog_that_has_no_advice_gives_none() -> None:
    reply = Reply((AGAIN,), Listening(Language.EN))

    assert noisy().advised(reply, Happening.UNHEARD) == reply


def test_it_is_said_once_a_call() -> None:
    room = noisy()
    room.advised(ASKS_AGAIN, Happening.UNHEARD)

    assert room.advised(ASKS_AGAIN, Happening.UNHEARD) == ASKS_AGAIN


def test_in_a_quiet_room_nothing_is_said_of_noise() -> None:
    assert Room().advised(ASKS_AGAIN, Happening.UNHEARD) == ASKS_AGAIN


def test_whoever_was_understood_is_answered_as_usual() -> None:
    answer = replace(ASKS_AGAIN, intent="fees", confidence=0.9)

    assert noisy().advised(answer, WORDS) == answer
    assert noisy().advised(ASKS_AGAIN, Keys("1")) == ASKS_AGAIN


def test_whoever_is_put_through_needs_no_advice() -> None:
    person = replace(ASKS_AGAIN, then=Then.HAND_OVER)

    assert noisy().advised(person, Happening.UNHEARD) == person
