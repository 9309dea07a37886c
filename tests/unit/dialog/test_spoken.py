"""Amounts and days as people say them."""

from datetime import date
from decimal import Decimal

import pytest

from ivr.dialog.spoken import day, day_and_year, digits, money, number
from ivr.domain import Language

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("value", "mandarin", "english"),
    [
        (0, "零", "zero"),
        (10, "十", "ten"),
        (12, "十二", "twelve"),
        (20, "二十", "twenty"),
        (105, "一百零五", "one hundred five"),
        (110, "一百一十", "one hundred ten"),
        (200, "两百", "two hundred"),
        (1001, "一千零一", "one thousand one"),
        (1010, "一千零一十", "one thousand ten"),
        (2222, "两千两百二十二", "two thousand two hundred twenty two"),
        (10000, "一万", "ten thousand"),
        (10012, "一万零一十二", "ten thousand twelve"),
        (12345, "一万两千三百四十五", "twelve thousand three hundred forty five"),
        (20000, "两万", "twenty thousand"),
        (100000, "十万", "one hundred thousand"),
        (10_000_001, "一千万零一", "ten million one"),
        (200_000_000, "两亿", "two hundred million"),
        (-3, "负三", "minus three"),
    ],
)
def test_numbers(value: int, mandarin: str, english: str) -> None:
    assert number(value, ZH) == mandarin
    assert number(value, EN) == english


@pytest.mark.parametrize(
    ("value", "mandarin", "english"),
    [
        ("1200", "一千两百元", "one thousand two hundred yuan"),
        ("0.05", "零元零五分", "zero yuan and five cents"),
        ("12.50", "十二元五角", "twelve yuan and fifty cents"),
        ("3.456", "三元四角六分", "three yuan and forty six cents"),
        ("-1", "负一元", "minus one yuan"),
    ],
)
def test_amounts(value: str, mandarin: str, english: str) -> None:
    assert money(Decimal(value), ZH) == mandarin
    assert money(Decimal(value), EN) == english


@pytest.mark.parametrize(
    ("value", "mandarin", "english"),
    [
        (date(2026, 12, 3), "十二月三号", "December third"),
        (date(2026, 1, 20), "一月二十号", "January twentieth"),
        (date(2026, 5, 22), "五月二十二号", "May twenty second"),
        (date(2026, 10, 12), "十月十二号", "October twelfth"),
        (date(2026, 2, 14), "二月十四号", "February fourteenth"),
    ],
)
def test_days(value: date, mandarin: str, english: str) -> None:
    assert day(value, ZH) == mandarin
    assert day(value, EN) == english


def test_digit_strings_say_yao_for_one() -> None:
    assert digits("1102", ZH) == "幺 幺 零 二"
    assert digits("1102", EN) == "one one zero two"


@pytest.mark.parametrize(
    ("value", "mandarin", "english"),
    [
        (date(2031, 5, 1), "二零三一年五月一号", "May first twenty thirty one"),
        (date(2005, 1, 2), "二零零五年一月二号", "January second two thousand five"),
        (date(1905, 1, 2), "一九零五年一月二号", "January second nineteen oh five"),
    ],
)
def test_days_with_their_year(value: date, mandarin: str, english: str) -> None:
    assert day_and_year(value, ZH) == mandarin
    assert day_and_year(value, EN) == english


@pytest.mark.parametrize("value", ["1000000000000", "-1e12", "1e999999", "Infinity", "NaN"])
def test_an_amount_too_long_to_listen_to_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="listened to"):
        money(Decimal(value), EN)


def test_a_number_too_long_to_listen_to_is_refused() -> None:
    with pytest.raises(ValueError, match="listened to"):
        number(10**12, ZH)
