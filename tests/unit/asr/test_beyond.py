"""When a grammar is given up: speech that answers nothing is not squeezed into it."""

import pytest

from ivr.asr.hypothesis import Heard, Hypothesis, answers_nothing, beyond, decide, is_beyond
from ivr.domain import Expect, Language, Word


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ("", False),
        ("four seven one one", False),
        ("[unk] four seven", False),
        ("[unk] yes", False),
        ("[unk] four [unk]", True),
        ("[unk]", True),
    ],
)
def test_a_grammar_that_understands_less_than_half_is_beyond_its_depth(
    partial: str, expected: bool
) -> None:
    assert is_beyond(partial) is expected


def test_what_a_grammar_was_given_up_for_is_taken_from_the_open_ear() -> None:
    free = Hypothesis((Word("change", 0.0, 0.4, 0.9), Word("phone", 0.4, 0.8, 0.9)))

    heard = decide(Heard(beyond(7.0), free, frozenset({"one", "two"})), Language.EN, Expect.DIGITS)

    assert heard.text == "change phone"


def test_a_noise_that_a_grammar_was_given_up_for_is_no_word() -> None:
    assert decide(Heard(beyond(7.0), Hypothesis()), Language.EN, Expect.DIGITS).text == ""


@pytest.mark.parametrize(
    ("words", "number", "choice"),
    [
        ("", False, False),
        ("four seven one one", False, False),
        ("i want four", False, False),
        ("i want to", True, True),
        ("four seven i want to", True, True),
        ("four seven one i want to", False, True),
    ],
)
def test_three_other_words_answer_nothing_and_more_than_half_where_a_number_was_asked(
    words: str, number: bool, choice: bool
) -> None:
    expected, said = frozenset({"one", "four", "seven"}), words.split()

    assert answers_nothing(said, expected, Expect.DIGITS) is number
    assert answers_nothing(said, expected, Expect.YES_NO) is choice
    assert answers_nothing(said, expected, Expect.MENU) is choice


def test_a_story_that_sounds_like_answers_is_taken_from_the_open_ear() -> None:
    closed = Hypothesis((Word("yes", 0.0, 0.4, 0.9), Word("no", 0.4, 1.6, 0.9)))
    story = ("where", "is", "my", "card")
    free = Hypothesis(tuple(Word(text, at, at + 0.3, 0.9) for at, text in enumerate(story)))

    heard = decide(Heard(closed, free, frozenset({"yes", "no"})), Language.EN, Expect.YES_NO)

    assert heard.text == "where is my card"


def test_a_sentence_beside_the_question_is_believed_as_much_as_in_the_open() -> None:
    free = Hypothesis((Word("opening", 0.0, 0.5, 0.9), Word("hours", 0.5, 1.0, 0.9)))
    in_the_open = decide(Heard(None, free), Language.EN, Expect.YES_NO)

    beside = decide(Heard(beyond(1.0), free, frozenset({"yes"})), Language.EN, Expect.YES_NO)

    assert beside == in_the_open
