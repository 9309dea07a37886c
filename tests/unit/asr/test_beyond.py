"""When a grammar is given up: speech that answers nothing is not squeezed into it."""

import pytest

from ivr.asr.hypothesis import Hypothesis, beyond, decide, is_beyond
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

    heard = decide(beyond(7.0), free, Language.EN, frozenset({"one", "two"}), Expect.DIGITS)

    assert heard.text == "change phone"


def test_a_noise_that_a_grammar_was_given_up_for_is_no_word() -> None:
    assert decide(beyond(7.0), Hypothesis(), Language.EN, expect=Expect.DIGITS).text == ""
