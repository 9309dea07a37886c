"""Days as English says them: the twenty third, next Wednesday, in three days, December third."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from ivr.dialog.slot_settings import Tense
from ivr.dialog.slots import days
from ivr.dialog.slots.heard import listed
from ivr.dialog.slots.numbers_en import ONES, TEENS, TENS, number

Reading = Callable[[re.Match[str], date, Tense], date | None]

_LOW_ORDINALS: Final = listed("first second third fourth fifth sixth seventh eighth ninth")
_ORDINALS: Final = [
    *_LOW_ORDINALS,
    *listed("tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"),
    *listed("seventeenth eighteenth nineteenth twentieth"),
    *(f"twenty {word}" for word in _LOW_ORDINALS),
    "thirtieth",
    "thirty first",
]
_CARDINALS: Final = [word for word in (*ONES, *TEENS) if word != "zero"] + [
    f"{tens} {ones}".strip()
    for tens, last in (("twenty", 9), ("thirty", 1))
    for ones in list(ONES)[: last + 1]
]
_MONTHS: Final = listed(
    "january february march april may june july august september october november december"
)
_WEEKDAYS: Final = listed("monday tuesday wednesday thursday friday saturday sunday")


def _choices(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_ORDINAL_OF: Final = {words: at for at, words in enumerate(_ORDINALS, start=1)}
_CARDINAL_OF: Final = {
    words.removesuffix(" zero"): at for at, words in enumerate(_CARDINALS, start=1)
}
_MONTH_OF: Final = {
    **{name: at for at, name in enumerate(_MONTHS, start=1)},
    **{name[:3]: at for at, name in enumerate(_MONTHS, start=1)},
    "sept": 9,
}
_WEEKDAY_OF: Final = {name: at for at, name in enumerate(_WEEKDAYS)}


def _below_hundred(value: int) -> str:
    """As years end: 26 is "twenty six", 5 is "oh five"."""
    tens = {at: word for word, at in TENS.items()}
    small = {at: word for word, at in (*ONES.items(), *TEENS.items())}
    if value < 10:
        return f"oh {small[value]}"
    if value < 20:
        return small[value]
    return f"{tens[value // 10 * 10]} {small[value % 10]}" if value % 10 else tens[value]


_YEAR_OF: Final = {
    **{
        f"{head} {_below_hundred(at)}": century + at
        for head, century in (("nineteen", 1900), ("twenty", 2000))
        for at in range(1, 100)
    },
    **{
        f"{head} {_below_hundred(at).removeprefix('oh ')}": 2000 + at
        for head in ("two thousand", "two thousand and")
        for at in range(1, 100)
    },
    "nineteen hundred": 1900,
    "two thousand": 2000,
}

_ORDINAL: Final = rf"(?P<ordinal>{_choices(_ORDINALS)}|[0-9]{{1,2}} (?:st|nd|rd|th))"
_DAY: Final = (
    rf"(?P<day>{_choices(_ORDINALS)}|{_choices(_CARDINAL_OF)}|[0-9]{{1,2}}(?: (?:st|nd|rd|th))?)"
)
_MONTH: Final = rf"(?P<month>{_choices(_MONTH_OF)})"
_YEAR: Final = rf"(?: (?:of )?(?P<year>(?:19|20)[0-9]{{2}}|{_choices(_YEAR_OF)}))"
_N: Final = rf"(?P<n>an?|a couple(?: of)?|{_choices(_CARDINAL_OF)}|[0-9]{{1,3}}|[a-z]+ty)"
_WHICH: Final = r"(?P<which>this|the|next|last|coming)"
_AHEAD: Final = {"this": 0, "the": 0, "coming": 0, "next": 1, "last": -1, None: 0}
_NAMED_DAYS: Final = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
    "yesterday": -1,
    "last night": -1,
    "day before yesterday": -2,
}


_HOLIDAYS: Final = {
    "new year's day": (1, 1),
    "new year": (1, 1),
    "valentine's day": (2, 14),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
}
"""Days with a name that are the same every year."""


def _holiday(match: re.Match[str], today: date, when: Tense) -> date | None:
    return days.month_day(today, *_HOLIDAYS[match["holiday"]], when)


def _day_number(words: str) -> int:
    words = re.sub(r" (?:st|nd|rd|th)$", "", words)
    return _ORDINAL_OF.get(words) or _CARDINAL_OF.get(words) or int(words)


def _named_day(match: re.Match[str], today: date, _when: Tense) -> date | None:
    return days.day_from(today, _NAMED_DAYS[match["name"]])


def _from_today(match: re.Match[str], today: date, _when: Tense) -> date | None:
    words = match["n"]
    value = _FEW.get(words) or number(words.split())
    if value is None or (match["before"] is None and match["after"] is None):
        return None
    count = int(value) * (-1 if match["after"] in ("ago", "before") else 1)
    if match["span"] == "month":
        return days.months_from(today, count)
    return days.day_from(today, count * _SPAN_DAYS[match["span"]])


_FEW: Final = {"a": 1, "an": 1, "a couple": 2, "a couple of": 2}
_SPAN_DAYS: Final = {"day": 1, "week": 7, "fortnight": 14}


def weekday(match: re.Match[str], today: date, when: Tense) -> date | None:
    """The day of "wednesday", "next wednesday", "wednesday next week"."""
    which, week = _WEEKDAY_OF[match["weekday"]], match["week"] or match["week2"]
    if week:
        return days.weekday_of_week(today, which, _AHEAD[week])
    match match["which"]:
        case "next":
            return days.weekday_of_week(today, which, 1)
        case "last":
            return days.weekday(today, which, Tense.PAST)
        case "this" | "coming":
            return days.weekday(today, which, Tense.FUTURE)
        case _:
            return days.weekday(today, which, when)


def is_vague(match: re.Match[str], reading: Reading, today: date) -> bool:
    """Whether a day was named so that another may be meant: "next Wednesday" on a Monday."""
    if reading is weekday:
        if match["week"] or match["week2"] or match["which"] == "last":
            return False
        which, is_next = _WEEKDAY_OF[match["weekday"]], match["which"] == "next"
        return days.is_vague_weekday(today, which, is_next=is_next)
    if reading in (_part_of, _end_of_named_month):
        return match["part"] not in ("end", "last day")
    if reading is _from_today:
        return match["n"].startswith("a couple")
    return reading in (_weekend, _after_next)


def _weekend(match: re.Match[str], today: date, when: Tense) -> date | None:
    if match["which"] in ("next", "last"):
        return days.weekday_of_week(today, 5, _AHEAD[match["which"]])
    return days.weekday(today, 5, when)


def _month_day(match: re.Match[str], today: date, when: Tense) -> date | None:
    month, day = _MONTH_OF[match["month"]], _day_number(match["day"])
    if match["year"]:
        year = _YEAR_OF.get(match["year"]) or int(match["year"])
        return days.exact(year, month, day)
    return days.month_day(today, month, day, when)


def _weeks_from(match: re.Match[str], today: date, _when: Tense) -> date | None:
    """So many weeks behind a day that is named: "a week from tomorrow", "friday week"."""
    weeks = 2 if match["n"] == "two" else 1
    if "name" in match.re.groupindex and match["name"]:
        return days.day_from(today, _NAMED_DAYS[match["name"]] + 7 * weeks)
    first = days.weekday(today, _WEEKDAY_OF[match["weekday"]], Tense.FUTURE)
    return None if first is None else days.day_from(first, 7 * weeks)


def _after_next(match: re.Match[str], today: date, _when: Tense) -> date | None:
    return days.weekday_of_week(today, _WEEKDAY_OF[match["weekday"]], 2)


def _day_of_named_month(match: re.Match[str], today: date, when: Tense) -> date | None:
    if match["which"] == "the":
        return days.day_of_month(today, _day_number(match["ordinal"]), when)
    return days.months_from(today, _AHEAD[match["which"]], _day_number(match["ordinal"]))


def _day_alone(match: re.Match[str], today: date, when: Tense) -> date | None:
    return days.day_of_month(today, _day_number(match["ordinal"]), when)


def _part_of(match: re.Match[str], today: date, when: Tense) -> date | None:
    ahead, part = _AHEAD[match["which"]], match["part"]
    if match["span"] == "year":
        is_end = part in ("end", "last day")
        return days.exact(today.year + ahead, 12 if is_end else 1, 31 if is_end else 1)
    found = _part(part, today, ahead)
    is_open = match["which"] in (None, "the") and found is not None
    if is_open and found is not None and found < today and when is not Tense.PAST:
        return _part(part, today, 1)
    if is_open and found is not None and found > today and when is Tense.PAST:
        return _part(part, today, -1)
    return found


def _part(name: str, today: date, months: int) -> date | None:
    if name in ("end", "last day"):
        return days.end_of_month(today, months)
    return days.months_from(today, months, 15 if name in ("middle", "mid") else 1)


def _end_of_named_month(match: re.Match[str], today: date, when: Tense) -> date | None:
    first = days.month_day(today.replace(day=1), _MONTH_OF[match["month"]], 1, when)
    return None if first is None else _part(match["part"], first, 0)


def _numeric(match: re.Match[str], _today: date, _when: Tense) -> date | None:
    return days.exact(int(match["year"]), int(match["month"]), int(match["day"]))


_PARTS: Final = r"(?P<part>end|last day|beginning|start|middle|mid)"

READINGS: Final[tuple[tuple[re.Pattern[str], Reading], ...]] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), reading)
    for pattern, reading in (
        (rf"(?:the )?(?P<name>{_choices(_NAMED_DAYS)})", _named_day),
        (
            rf"(?P<before>in )?{_N} (?P<span>day|week|month|fortnight)s?(?:'s)?(?: time)?"
            r"(?: (?P<after>from now|from today|later|ago|before|hence))?",
            _from_today,
        ),
        (
            rf"(?:(?P<week>this|next|last) week (?:on )?)?(?:{_WHICH} )?"
            rf"(?P<weekday>{_choices(_WEEKDAYS)})(?: (?:of )?(?P<week2>this|next|last) week)?",
            weekday,
        ),
        (
            rf"(?P<n>a|one|two) weeks? (?:from|after|on) "
            rf"(?:(?P<name>{_choices(_NAMED_DAYS)})|(?:this )?(?P<weekday>{_choices(_WEEKDAYS)}))",
            _weeks_from,
        ),
        (rf"(?P<weekday>{_choices(_WEEKDAYS)}) (?P<n>week)(?! after)", _weeks_from),
        (rf"(?:the )?(?P<weekday>{_choices(_WEEKDAYS)}) after next", _after_next),
        (rf"(?P<holiday>{_choices(_HOLIDAYS)})", _holiday),
        (rf"(?:{_WHICH} )?weekend", _weekend),
        (rf"(?:the )?{_DAY} (?:day )?(?:of )?{_MONTH}{_YEAR}?", _month_day),
        (rf"{_MONTH} (?:the )?{_DAY}{_YEAR}?", _month_day),
        (rf"(?:the )?{_ORDINAL} (?:of )?{_WHICH} month", _day_of_named_month),
        (rf"{_WHICH} month (?:on )?(?:the )?{_ORDINAL}", _day_of_named_month),
        (rf"(?<!one )(?<!a )(?:on )?(?:the )?{_ORDINAL}", _day_alone),
        (rf"(?:the )?{_PARTS} (?:of )?(?:{_WHICH} )?(?P<span>month|year)", _part_of),
        (r"(?P<which>this )?(?P<span>month|year) (?P<part>end)", _part_of),
        (rf"(?:the )?{_PARTS} (?:of )?{_MONTH}", _end_of_named_month),
        (
            r"(?P<year>[0-9]{4}) [-/] (?P<month>[0-9]{1,2}) [-/] (?P<day>[0-9]{1,2})",
            _numeric,
        ),
    )
)
"""How a day may be said, and what it means; of readings of one place the longest counts."""

ALONE: Final = re.compile(
    rf"(?:(?:uh|um|on|it's|it|is|the|maybe|please) )*"
    rf"(?P<ordinal>{_choices(_CARDINAL_OF)}|[0-9]{{1,2}})(?: please)?"
)
"""A bare number that is the whole answer to "which day?"."""


def alone(match: re.Match[str], today: date, when: Tense) -> date | None:
    """The day of a bare number."""
    return _day_alone(match, today, when)
