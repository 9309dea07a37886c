"""Amounts of money as callers say them."""

import pytest

from ivr.domain import Language
from tests.unit.dialog.slots.asked import AMOUNT, heard_as


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("三千五", "3500"),
        ("两万零五百", "20500"),
        ("一万二", "12000"),
        ("一百二", "120"),
        ("三 千 五 百 块", "3500"),
        ("五百块钱", "500"),
        ("一百块五", "100.50"),
        ("两块半", "2.50"),
        ("十块零五分", "10.05"),
        ("三毛五", "0.35"),
        ("三元四角六分", "3.46"),
        ("一百二十三点四五", "123.45"),
        ("一点五万", "15000"),
        ("一亿零五万", "100050000"),
        ("三五零零", "3500"),
        ("五", "5"),
        ("零元", "0"),
        ("我 想 还 五千 块", "5000"),
        ("我 一次 还 五千", "5000"),
        ("贰万伍仟圆整", "25000"),
        ("五k", "5000"),
        ("三千五分期", "3500"),
        ("两万分期", "20000"),
        ("一万十二分期", "10000"),
    ],
)
def test_mandarin_amounts(text: str, wanted: str) -> None:
    assert heard_as(AMOUNT, text, Language.ZH) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("thirty five hundred", "3500"),
        ("twelve thousand and fifty", "12050"),
        ("two thousand and five", "2005"),
        ("five k", "5000"),
        ("a grand and a half", "1500"),
        ("two and a half thousand", "2500"),
        ("half a million", "500000"),
        ("one point five million", "1500000"),
        ("a hundred", "100"),
        ("twelve fifty", "1250"),
        ("one twenty five thousand", "125000"),
        ("three five zero zero", "3500"),
        ("twenty dollars fifty", "20.50"),
        ("one hundred yuan and five cents", "100.05"),
        ("fifty cents", "0.50"),
        ("five yuan five jiao two fen", "5.52"),
        ("five hundred and a question", "500"),
        ("i want to pay five thousand in three months", "5000"),
    ],
)
def test_english_amounts(text: str, wanted: str) -> None:
    assert heard_as(AMOUNT, text, Language.EN) == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("3,500", Language.EN, "3500"),
        ("$3500.50", Language.EN, "3500.50"),
        ("5k", Language.EN, "5000"),
        ("￥３,５００.５０", Language.ZH, "3500.50"),
        ("3.5万", Language.ZH, "35000"),
        ("3千5", Language.ZH, "3500"),
        ("1万2000", Language.ZH, "12000"),
        ("500 600", Language.ZH, "600"),
        ("3.5 3.5", Language.ZH, "3.50"),
    ],
)
def test_figures_of_other_ears_are_read_too(text: str, language: Language, wanted: str) -> None:
    assert heard_as(AMOUNT, text, language) == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("五千 不对 六千", Language.ZH, "6000"),
        ("五千 不是 六千", Language.ZH, "6000"),
        ("五百 不 六百", Language.ZH, "600"),
        ("五千 五千", Language.ZH, "5000"),
        ("five no six hundred", Language.EN, "600"),
        ("actually make it nine hundred", Language.EN, "900"),
        ("five hundred not six hundred", Language.EN, "500"),
        ("five thousand five thousand", Language.EN, "5000"),
    ],
)
def test_what_was_said_last_counts(text: str, language: Language, wanted: str) -> None:
    assert heard_as(AMOUNT, text, language) == wanted


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("三五千", Language.ZH),
        ("七八百", Language.ZH),
        ("三千多", Language.ZH),
        ("五到六千", Language.ZH),
        ("六千 还是 七千", Language.ZH),
        ("负 五百", Language.ZH),
        ("five or six hundred", Language.EN),
        ("five six hundred", Language.EN),
        ("five hundred no six", Language.EN),
        ("五百 不对 六", Language.ZH),
        ("two hundred five six", Language.EN),
        ("minus five hundred", Language.EN),
        ("not five hundred", Language.EN),
        ("three point one four one five", Language.EN),
    ],
)
def test_an_unclear_amount_is_no_answer(text: str, language: Language) -> None:
    assert heard_as(AMOUNT, text, language) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("三 个 月", Language.ZH),
        ("五 分钟", Language.ZH),
        ("我 一直 在 想", Language.ZH),
        ("第三", Language.ZH),
        ("in three months", Language.EN),
        ("one of my cards", Language.EN),
        ("this one", Language.EN),
        ("the twenty third", Language.EN),
        ("thousand", Language.EN),
    ],
)
def test_other_numbers_are_no_amount(text: str, language: Language) -> None:
    assert heard_as(AMOUNT, text, language) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("九" * 13, Language.ZH),
        ("一万亿", Language.ZH),
        ("nine " * 13, Language.EN),
        ("one thousand billion", Language.EN),
        ("9" * 400, Language.EN),
    ],
)
def test_an_amount_that_is_too_long_is_no_answer(text: str, language: Language) -> None:
    assert heard_as(AMOUNT, text, language) is None


@pytest.mark.parametrize(
    "text",
    ["nine hundred ninety nine trillion", "five quadrillion yuan", "a trillion and a half"],
)
def test_an_amount_beyond_all_money_is_none_and_not_its_first_part(text: str) -> None:
    assert heard_as(AMOUNT, text, Language.EN) is None
