"""Amounts, numbers and days as people say them, in both languages.

Synthesizers read "1,234.50" and "2026-11-23" badly or not at all, Mandarin ones above all, so
prompts hold words. Mandarin says 两 before 百, 千, 万 and 亿, as callers do.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ivr.domain import Language

BEYOND: Final = 10**12
_ZH_DIGITS = "零一二三四五六七八九"
# Words in a string, split: a list of thirty quoted words cannot be proofread.
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_MONTHS = "January February March April May June July August September October November December"
_EN_ONES, _EN_TENS, _EN_MONTHS = _ONES.split(), _TENS.split(), _MONTHS.split()
_EN_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_ODD_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def number(value: int, language: Language) -> str:
    """A whole number below a trillion (10**12) in words; raises ValueError for a greater one."""
    if abs(value) >= BEYOND:
        raise ValueError("a number of more than twelve digits cannot be listened to")
    sign, value = ("", value) if value >= 0 else (_MINUS[language], -value)
    words = _zh_number(value) if language is Language.ZH else _en_number(value)
    return sign + words


def money(value: Decimal, language: Language) -> str:
    """An amount in yuan, rounded to the fen; raises ValueError from a trillion on."""
    if not value.is_finite() or abs(value) >= BEYOND:
        raise ValueError("an amount of more than twelve digits cannot be listened to")
    fen_in_all = int((value * 100).to_integral_value(ROUND_HALF_UP))
    sign = "" if fen_in_all >= 0 else _MINUS[language]
    yuan, fen = divmod(abs(fen_in_all), 100)
    if language is Language.ZH:
        return sign + _zh_number(yuan) + "元" + _zh_fen(fen)
    cents = f" and {_en_number(fen)} cents" if fen else ""
    return sign + _en_number(yuan) + " yuan" + cents


def day(value: date, language: Language) -> str:
    """A day without its year: 十二月三号, December third."""
    if language is Language.ZH:
        return f"{_zh_number(value.month)}月{_zh_number(value.day)}号"
    return f"{_EN_MONTHS[value.month - 1]} {_en_ordinal(value.day)}"


def day_and_year(value: date, language: Language) -> str:
    """A day with its year: 二零二七年十二月三号, December third twenty twenty seven."""
    if language is Language.ZH:
        year = "".join(_ZH_DIGITS[int(sign)] for sign in str(value.year))
        return f"{year}年{day(value, language)}"
    return f"{day(value, language)} {_en_year(value.year)}"


def weekday(value: date, language: Language) -> str:
    """The weekday of a day: 星期三, Wednesday."""
    if language is Language.ZH:
        return f"星期{'一二三四五六日'[value.weekday()]}"
    return _EN_WEEKDAYS[value.weekday()]


def digits(value: str, language: Language) -> str:
    """A digit string, digit by digit; Mandarin says 幺 for one, as on every telephone."""
    if language is Language.ZH:
        return " ".join("幺" if sign == "1" else _ZH_DIGITS[int(sign)] for sign in value)
    return " ".join(_EN_ONES[int(sign)] for sign in value)


_MINUS = {Language.ZH: "负", Language.EN: "minus "}


def _zh_number(value: int) -> str:
    if value >= 10**8:
        return _zh_joined(value, 10**8, "亿")
    if value >= 10**4:
        return _zh_joined(value, 10**4, "万")
    text, zeros = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        figure = value // unit % 10
        if figure == 0:
            zeros = bool(text)
            continue
        text += ("零" if zeros else "") + _zh_figure(figure, name) + name
        zeros = False
    # 十二, not 一十二, where it begins the number.
    return (text.removeprefix("一") if text.startswith("一十") else text) or "零"


def _zh_figure(figure: int, unit: str) -> str:
    return "两" if figure == 2 and unit in ("百", "千") else _ZH_DIGITS[figure]


def _zh_joined(value: int, unit: int, name: str) -> str:
    high, low = divmod(value, unit)
    head = ("两" if high == 2 else _zh_number(high)) + name
    if low == 0:
        return head
    gap = "零" if low < unit // 10 else ""
    tail = _zh_number(low)
    # 一万零十二 is 一万零一十二: inside a number the 一 is spoken.
    return head + gap + ("一" + tail if tail.startswith("十") else tail)


def _zh_fen(fen: int) -> str:
    tens, ones = divmod(fen, 10)
    text = f"{_ZH_DIGITS[tens]}角" if tens else ""
    if ones:
        text += ("" if tens else "零") + f"{_ZH_DIGITS[ones]}分"
    return text


def _en_number(value: int) -> str:
    for unit, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if value >= unit:
            return _en_joined(f"{_en_number(value // unit)} {name}", value % unit)
    if value >= 100:
        return _en_joined(f"{_EN_ONES[value // 100]} hundred", value % 100)
    if value < 20:
        return _EN_ONES[value]
    tens = _EN_TENS[value // 10 - 2]
    return f"{tens} {_EN_ONES[value % 10]}" if value % 10 else tens


def _en_joined(head: str, rest: int) -> str:
    return f"{head} {_en_number(rest)}" if rest else head


def _en_year(value: int) -> str:
    century, year = divmod(value, 100)
    if century == 20 and year < 10:
        return _en_number(value)
    if year < 10:
        return f"{_en_number(century)} " + (f"oh {_EN_ONES[year]}" if year else "hundred")
    return f"{_en_number(century)} {_en_number(year)}"


def _en_ordinal(value: int) -> str:
    *head, last = _en_number(value).split()
    if last in _EN_ODD_ORDINALS:
        last = _EN_ODD_ORDINALS[last]
    else:
        last = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return " ".join([*head, last])
