"""Digit strings as callers say them."""

import pytest

from ivr.dialog.slots import spoken_digits
from ivr.domain import Language
from tests.unit.dialog.slots.asked import FOUR, NUMBER, heard_as

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("one two three four", EN, "1234"),
        ("double one two oh", EN, "1120"),
        ("triple six for", EN, "6664"),
        ("three eights", EN, "888"),
        ("the number is five five", EN, "55"),
        ("twenty three", EN, "23"),
        ("twelve thirty four", EN, "1234"),
        ("double oh seven", EN, "007"),
        ("one hundred and five", EN, "105"),
        ("my order for one two three", EN, "123"),
        ("幺 两 三 零", ZH, "1230"),
        ("一二三四", ZH, "1234"),
        ("号码 是 九 九", ZH, "99"),
        ("三个八", ZH, "888"),
        ("二十三", ZH, "23"),
        ("一百零五", ZH, "105"),
        ("幺三八零零一三八零零零", ZH, "13800138000"),
        ("hello", EN, None),
        ("你好", ZH, None),
    ],
)
def test_a_number_is_heard(text: str, language: Language, wanted: str | None) -> None:
    assert heard_as(NUMBER, text, language) == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("sixty six eighty eight", EN, "6688"),
        ("ending in double six double eight", EN, "6688"),
        ("my card ends in 6688", EN, "6688"),
        ("four eights", EN, "8888"),
        ("nineteen eighty four", EN, "1984"),
        ("twenty oh three", EN, "2003"),
        ("one two uh three four", EN, "1234"),
        ("six six eight eight is the one", EN, "6688"),
        ("尾号 六六八八", ZH, "6688"),
        ("尾号 是 六 六 八 八", ZH, "6688"),
        ("两个六 两个八", ZH, "6688"),
        ("六千六百八十八", ZH, "6688"),
        ("号码 是 一二三四 谢谢", ZH, "1234"),
    ],
)
def test_the_tail_of_a_card_is_heard(text: str, language: Language, wanted: str) -> None:
    assert heard_as(FOUR, text, language) == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("one two three four sorry five six seven eight", EN, "5678"),
        ("一二三四 不对 五六七八", ZH, "5678"),
    ],
)
def test_a_correction_counts(text: str, language: Language, wanted: str) -> None:
    assert heard_as(FOUR, text, language) == wanted


@pytest.mark.parametrize("text", ["one two three", "one two three four five", "hello"])
def test_a_wrong_number_of_digits_is_no_answer(text: str) -> None:
    assert heard_as(FOUR, text, EN) is None


def test_more_digits_than_any_number_has_are_no_answer() -> None:
    assert heard_as(NUMBER, "one " * 33, EN) is None


def test_all_digits_of_a_word_are_given() -> None:
    assert spoken_digits("one oh", EN) == "10"
    assert spoken_digits("hello", EN) == ""
