"""What is said to a caller in a noisy room, and that it is said once."""

import pytest

from ivr.call.room import ADVICE, Room
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
ASKS_AGAIN = Reply((AGAIN,), Listening(Language.EN))
WORDS = Utterance("say pay the", Language.EN, 0.3)


def noisy() -> Room:
    room = Room()
    room.is_noisy = True
    return room


@pytest.mark.parametrize("said", [Happening.SILENCE, Happening.UNHEARD, WORDS])
def test_whoever_was_not_understood_in_a_noisy_room_is_told_why(said: CallerInput) -> None:
    advice, again = noisy().advised(ASKS_AGAIN, said).prompts

    assert advice.text == ADVICE[Language.EN]
    assert not advice.may_interrupt
    assert again == AGAIN


def test_it_is_said_once_a_call() -> None:
    room = noisy()
    room.advised(ASKS_AGAIN, Happening.UNHEARD)

    assert room.advised(ASKS_AGAIN, Happening.UNHEARD) == ASKS_AGAIN


def test_in_a_quiet_room_nothing_is_said_of_noise() -> None:
    assert Room().advised(ASKS_AGAIN, Happening.UNHEARD) == ASKS_AGAIN


def test_whoever_was_understood_is_answered_as_usual() -> None:
    answer = Reply((AGAIN,), Listening(Language.EN), intent="fees", confidence=0.9)

    assert noisy().advised(answer, WORDS) == answer
    assert noisy().advised(ASKS_AGAIN, Keys("1")) == ASKS_AGAIN


def test_whoever_is_put_through_needs_no_advice() -> None:
    person = Reply((AGAIN,), Listening(Language.EN), then=Then.HAND_OVER)

    assert noisy().advised(person, Happening.UNHEARD) == person
