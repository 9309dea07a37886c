"""Numbers, digits, dates and times as callers say them: classes to fill into sentences.

A class gives one random example at a time; the language model learns the form of the class from
many. Dates and amounts are drawn to look like a lender's: round sums, days near today.
"""

from collections.abc import Callable
from random import Random

from ivr.asr.build import english, mandarin
from ivr.domain import Language

Class = Callable[[Random], str]

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NEAR_EN = (
    "today|tomorrow|yesterday|next week|last week|next month|last month|this month|this week|"
    "this morning|tonight|the end of the month|the day after tomorrow|in two weeks|in a week|"
    "two days ago|a week ago|by friday|on monday|next year|last year|this weekend|next weekend|"
    "the beginning of the month|the middle of the month|in three days|in a couple of days|"
    "in a fortnight|in a month|a week from today|the day before yesterday|end of the month"
).split("|")
_NEAR_ZH = (
    "今天|明天|后天|昨天|前天|下 周|上 周|这 周|下 个 月|上 个 月|这 个 月|本 月|月底|月 初|年底|"
    "周末|明年|去年|今年|下 个 星期|过 两 天|过 几 天|今天 下午|明天 上午|今天 晚上|大后天|"
    "今 晚|明 早|昨 晚|今 日|明 日|月 中|上 旬|中 旬|下 旬|三 天 以后|两 天 前|下 下 周|"
    "半 个 月 以后|这 个 周末|下 周末|下 个 月 初|这 个 月底"
).split("|")


DIGITS_LENGTHS = (2, 3, 4, 5, 6, 8, 10, 11, 15, 16, 18)
"""Lengths with a class of their own, `digits4` and so on."""


def classes(language: Language) -> dict[str, Class]:
    """Every class by its name in templates, without braces."""
    digits = _digits_en if language is Language.EN else _digits_zh
    shared: dict[str, Class] = {
        f"digits{count}": lambda random, count=count: digits(random, count)  # type: ignore[misc]  # bound per class
        for count in DIGITS_LENGTHS
    }
    shared["digits"] = lambda random: digits(random, random.choice((3, 4, 4, 5, 6, 6, 8, 10, 11)))
    shared["digit"] = lambda random: digits(random, 1)
    own = _ENGLISH if language is Language.EN else _MANDARIN
    return {**shared, **own}


def _sum_of_money(random: Random) -> int:
    return random.choice(
        (
            random.randrange(1, 100),
            random.randrange(1, 20) * 50,
            random.randrange(100, 1000),
            random.randrange(1, 100) * 100,
            random.randrange(1, 100) * 1000,
            random.randrange(1000, 20000),
        )
    )


def _digit_string(random: Random, count: int) -> list[int]:
    """Digits at random; people choose and make up rows (1 2 3 4) far more often than chance."""
    if count > 2 and random.random() < _ROWS:
        first = random.randrange(10)
        return [(first + at) % 10 for at in range(count)]
    return [random.randrange(10) for _ in range(count)]


_ROWS = 0.1


# --- English -----------------------------------------------------------------------------


def _digits_en(random: Random, count: int) -> str:
    said: list[str] = []
    digits = _digit_string(random, count)
    while count > 0:
        digit = digits[-count]
        word = "oh" if digit == 0 and random.random() < 0.4 else english.cardinal(digit)[0]
        run = 2 if count > 1 and random.random() < 0.06 else 1
        run = 3 if count > 2 and random.random() < 0.015 else run
        said.append(("", "", "double ", "triple ")[run] + word)
        count -= run
    return " ".join(said)


def _number_en(random: Random) -> str:
    return " ".join(
        english.cardinal(random.choice((random.randrange(1, 32), _sum_of_money(random))))
    )


def _amount_en(random: Random) -> str:
    number = _sum_of_money(random)
    words = english.cardinal(number)
    if number > 100 and number % 100 and random.random() < 0.3:
        words.insert(words.index("hundred") + 1 if "hundred" in words else 0, "and")
    if 1000 < number < 10000 and number % 100 == 0 and number % 1000 and random.random() < 0.5:
        words = [*english.cardinal(number // 100), "hundred"]
    if number < 100 and random.random() < 0.05:
        return " ".join([*words, random.choice(("grand", "thousand", "million"))])
    unit = random.choice(("dollars", "dollars", "dollars", "yuan", "pounds", "euros", ""))
    said = " ".join([*words, unit]).removeprefix("and ").strip()
    return said + (f" and {_cents(random)} cents" if unit and random.random() < 0.1 else "")


def _cents(random: Random) -> str:
    return " ".join(english.cardinal(random.randrange(1, 100)))


def _date_en(random: Random) -> str:
    day, month = " ".join(english.ordinal(random.randrange(1, 32))), random.choice(_MONTHS)
    forms = (
        f"the {day} of {month}",
        f"{month} {day}",
        f"{month} the {day}",
        f"the {day}",
        random.choice(_DAYS),
        random.choice(("next ", "last ", "on ", "this ")) + random.choice(_DAYS),
        random.choice(_NEAR_EN),
        random.choice(_NEAR_EN),
        f"{month} {day} {_year_en(random)}",
    )
    return random.choice(forms)


def _year_en(random: Random) -> str:
    year = random.randrange(1940, 2030)
    if year >= 2000:
        tail = english.cardinal(year % 100) if year % 100 else []
        return " ".join(["two thousand", *(["and"] if random.random() < 0.2 else []), *tail])
    return " ".join([*english.cardinal(19), *english.cardinal(year % 100)])


def _clock_en(random: Random) -> str:
    hour = english.cardinal(random.randrange(1, 13))[0]
    past = ("half past", "quarter past", "quarter to")
    return random.choice(
        (
            f"{hour} o'clock",
            f"{hour} thirty",
            f"{random.choice(past)} {hour}",
            f"{hour} a m",
            f"{hour} p m",
            f"{hour} in the {random.choice(('morning', 'afternoon', 'evening'))}",
        )
    )


_ENGLISH: dict[str, Class] = {
    "number": _number_en,
    "amount": _amount_en,
    "date": _date_en,
    "clock": _clock_en,
}


# --- Mandarin ----------------------------------------------------------------------------


def _apart(characters: str) -> str:
    return " ".join(characters)


def _digits_zh(random: Random, count: int) -> str:
    """Digit by digit; in a string of digits, 1 is as often 幺 as 一 (and never 两 for 2)."""
    digits = [mandarin.cardinal(digit) for digit in _digit_string(random, count)]
    return " ".join("幺" if d == "一" and random.random() < 0.5 else d for d in digits)


def _number_zh(random: Random) -> str:
    number = random.choice(
        (random.randrange(1, 32), random.randrange(1, 13), _sum_of_money(random))
    )
    said = _apart(mandarin.cardinal(number))
    return random.choice(("二", "两")) if number == 2 else said


def _amount_zh(random: Random) -> str:
    number = _sum_of_money(random)
    if number > 20000 and number % 1000 == 0 and number % 10000 == 0:
        tens_of_thousands = _apart(mandarin.cardinal(number // 10000))
        return f"{tens_of_thousands} 万 {random.choice(('', '块', '元', '块 钱'))}"
    said = _apart(mandarin.cardinal(number))
    if number < 100 and random.random() < 0.15:
        jiao, fen = random.sample("一二三四五六七八九", 2)
        tails = (f"块 {jiao}", f"块 {jiao} 毛", f"元 {jiao} 角", f"块 {jiao} 毛 {fen} 分")
        return f"{said} {random.choice((*tails, '元 整', '万 块 人民币'))}"
    if number > 1000 and number % 100 == 0 and number % 1000 and random.random() < 0.5:
        said = said.removesuffix(" 百")  # 三千五
    return f"{said} {random.choice(('块', '块 钱', '元', '元', '块', ''))}"


def _date_zh(random: Random) -> str:
    month = _apart(mandarin.cardinal(random.randrange(1, 13)))
    day = _apart(mandarin.cardinal(random.randrange(1, 32)))
    week = random.choice(("周", "星期", "礼拜")) + " " + random.choice("一二三四五六日天")
    forms = (
        f"{month} 月 {day} {random.choice(('号', '日'))}",
        f"{month} 月 {day} {random.choice(('号', '日'))}",
        f"{day} 号",
        f"下 个 月 {day} 号",
        f"这 个 月 {day} 号",
        week,
        f"{random.choice(('下', '上', '这'))} {week}",
        random.choice(_NEAR_ZH),
        random.choice(_NEAR_ZH),
        f"{_year_zh(random)} 年 {month} 月 {day} {random.choice(('号', '日'))}",
    )
    return random.choice(forms)


def _year_zh(random: Random) -> str:
    return " ".join(mandarin.cardinal(int(d)) for d in str(random.randrange(1940, 2030)))


def _clock_zh(random: Random) -> str:
    part = random.choice(("上午", "下午", "晚上", "早上", "中午", ""))
    hour = random.randrange(1, 13)
    said = "两" if hour == 2 else _apart(mandarin.cardinal(hour))
    return f"{part} {said} 点 {random.choice(('', '', '半', '钟', '一 刻', '左右'))}"


_MANDARIN: dict[str, Class] = {
    "number": _number_zh,
    "amount": _amount_zh,
    "date": _date_zh,
    "clock": _clock_zh,
}
