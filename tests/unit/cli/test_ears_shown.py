"""How far the ear is, in words for ops."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ivr.call.ear_state import EarState, Step, as_values
from ivr.cli.ears_shown import ears_told
from ivr.domain import Language


def told(step: Step, *words: str, **more: Any) -> list[str]:  # fields of EarState
    at = datetime(2026, 1, 5, tzinfo=UTC)
    state = EarState(Language.EN, step, words, at, 14.0, **more)
    return [line for line, _ in ears_told([as_values(state)])]


def test_an_ear_that_had_nothing_to_learn_is_not_mentioned() -> None:
    assert told(Step.KNOWS) == []


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (Step.LEARNING, "is learning 2 words (klarna, zappify)"),
        (Step.LEARNING, "about 14 s"),
        (Step.KNOWS, "has learned 2 words (klarna, zappify) in 14 s; new calls have it since"),
    ],
)
def test_what_is_learned_is_named_with_its_time(step: Step, says: str) -> None:
    (line,) = told(step, "klarna", "zappify")

    assert says in line


def test_why_an_ear_could_not_learn_is_said() -> None:
    (line,) = told(Step.FAILED, "klarna", problem="the disk is full.")

    assert "could not learn 1 word (klarna)" in line
    assert "the disk is full. Calls have the former ear" in line


def test_many_words_are_counted_and_the_first_named() -> None:
    (line,) = told(Step.LEARNING, *[f"word{number}" for number in range(20)])

    assert "20 words (word0," in line
    assert "and 12 more" in line


def test_remarks_stand_below() -> None:
    lines = told(Step.KNOWS, "klarna", remarks=("unsure of a pronunciation",))

    assert lines[1] == "  unsure of a pronunciation"


def test_new_sentences_of_known_words_are_named_too() -> None:
    (learning,) = told(Step.LEARNING, sentences=3)
    (knows,) = told(Step.KNOWS, "klarna", sentences=1)

    assert "is learning 3 new sentences. Since" in learning
    assert "has learned 1 word (klarna) and 1 new sentence in 14 s" in knows
