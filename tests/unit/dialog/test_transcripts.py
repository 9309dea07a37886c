"""What a kept call becomes so that it can be held again."""

import pytest

from ivr.dialog.transcripts import transcript
from ivr.domain import Happening, Language, Opening, OpeningKind


def test_kept_turns_become_what_the_caller_did() -> None:
    said = [(2, "[silence]"), (4, "my card"), (6, "[3 keys]"), (8, "[*]"), (10, " ")]

    call = transcript("17.1", Language.EN, said)

    assert call is not None
    assert [(t.caller, t.presses, t.happens) for t in call.test.conversation.turns] == [
        (None, None, Happening.SILENCE),
        ("my card", None, None),
        (None, "111", None),
        (None, "*", None),
    ]
    assert call.numbers == (2, 4, 6, 8)


def test_a_call_whose_words_are_forgotten_is_not_compared() -> None:
    assert transcript("17.1", Language.EN, [(2, ""), (4, "[2 keys]")]) is None


@pytest.mark.parametrize(
    ("language", "kept", "said"),
    [
        (Language.EN, "my number is [phone]", "my number is one three eight zero zero one three"),
        (Language.ZH, "尾号[code]", "尾号六 六 八 八"),
    ],
)
def test_a_number_that_was_not_kept_is_spoken_as_another(
    language: Language, kept: str, said: str
) -> None:
    call = transcript("17.1", language, [(2, kept)])

    assert call is not None
    assert str(call.test.conversation.turns[0].caller).startswith(said)
    assert call.said == (kept,)


def test_the_call_begins_as_it_did() -> None:
    opening = Opening(OpeningKind.OFFER_TWO, ("refund", "password"))

    call = transcript("17.1", Language.EN, [(2, "the first")], opening, is_known=True)

    assert call is not None
    assert call.test.conversation.opening is OpeningKind.OFFER_TWO
    assert call.test.conversation.offered == ("refund", "password")
    assert call.test.conversation.from_number
