"""Numbers as callers say and press them."""

import pytest

from ivr.dialog.flows import Slot, SlotType, Texts
from ivr.dialog.slots import spoken_digits, value_of_keys, value_of_words
from ivr.domain import Language

FOUR = Slot(type=SlotType.DIGITS, length=4, prompt=Texts(zh="几", en="which"))


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("one two three four", Language.EN, "1234"),
        ("double one two oh", Language.EN, "1120"),
        ("triple six for", Language.EN, "6664"),
        ("the number is five five", Language.EN, "55"),
        ("幺 两 三 零", Language.ZH, "1230"),
        ("一二三四", Language.ZH, "1234"),
        ("号码 是 九 九", Language.ZH, "99"),
        ("hello", Language.EN, ""),
    ],
)
def test_spoken_digits(text: str, language: Language, wanted: str) -> None:
    assert spoken_digits(text, language) == wanted


@pytest.mark.parametrize("text", ["one two three", "one two three four five", "hello"])
def test_a_wrong_number_of_digits_is_no_answer(text: str) -> None:
    assert value_of_words(FOUR, text, Language.EN) is None


@pytest.mark.parametrize("keys", ["123", "12345", "12*4", "*", ""])
def test_a_wrong_key_entry_is_no_answer(keys: str) -> None:
    assert value_of_keys(FOUR, keys) is None


def test_the_right_number_of_keys_is_the_answer() -> None:
    assert value_of_keys(FOUR, "0042") == "0042"
