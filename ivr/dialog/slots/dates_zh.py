"""Days as Mandarin says them: 后天, 下周三, 二十三号, 十二月三号, 三天以后, 月底."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from ivr.dialog.slot_settings import Tense
from ivr.dialog.slots import days, numbers_zh

Reading = Callable[[re.Match[str], date, Tense], date | None]

# Figures are taken whole or not at all: of 3.5日 the 5 is no day.
_N: Final = r"(?:(?<![0-9.])[0-9]{1,3}(?![0-9.])|[零一二三四五六七八九十两百]{1,5})"
# 星期五十二月四号 is a Friday in December: a number of a day begins where no other ends, or behind
# a weekday.
_BEGINS: Final = (
    r"(?:(?<![零一二三四五六七八九十0-9.])(?<![周期拜])|(?<=[周期拜][一二三四五六日天]))"
)
_M: Final = rf"{_BEGINS}(?:十[一二]?|[一二三四五六七八九]|1[0-2]|0?[1-9])"
_D: Final = (
    rf"{_BEGINS}(?:[一二三]?十[一二三四五六七八九]?|[二三]十|[零一二三四五六七八九]"
    r"|(?<![0-9.])[0-9]{1,2}(?![0-9.]))"
)
_YEAR: Final = (
    r"(?:(?P<year>[0-9]{4}|[零一二三四五六七八九]{4}|[零一二三四五六七八九]{2})年"
    "|(?P<named>[今明后去前])年)"
)
_WHICH_MONTH: Final = r"(?P<which>下下|下|上上|上|这|本|当)个?月"
_WEEK: Final = r"(?:周|星期|礼拜)"
_SPAN: Final = rf"(?:(?P<half>半)个月|(?P<n>{_N})(?:(?P<days>天)|个?(?:{_WEEK}|(?P<months>月))))"
_AHEAD: Final = {"下下": 2, "下": 1, "上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, None: 0}
_NAMED_DAYS: Final = {
    "今天": 0, "今日": 0, "今儿": 0, "今晚": 0, "今早": 0, "当天": 0,
    "明天": 1, "明日": 1, "明儿": 1, "明晚": 1, "明早": 1,
    "后天": 2, "后日": 2, "大后天": 3,
    "昨天": -1, "昨日": -1, "昨晚": -1, "昨儿": -1, "前天": -2, "前日": -2, "大前天": -3,
}  # fmt: skip
_HOLIDAYS: Final = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "劳动节": (5, 1), "儿童节": (6, 1),
    "国庆": (10, 1), "圣诞": (12, 25),
}  # fmt: skip
"""Days with a name that are the same every year; those of the moon's calendar are asked for."""
_NAMED_YEARS: Final = {"今": 0, "明": 1, "后": 2, "去": -1, "前": -2}
_WEEKDAYS: Final = {sign: at for at, sign in enumerate("一二三四五六日")} | {"天": 6} | {
    str(at + 1): at for at in range(7)
}  # fmt: skip


def _figure(text: str) -> int:
    value = numbers_zh.number(text)
    return int(value) if value is not None and value == int(value) else -1


def _named_day(match: re.Match[str], today: date, _when: Tense) -> date | None:
    return days.day_from(today, _NAMED_DAYS[match.group()])


def _from_today(match: re.Match[str], today: date, _when: Tense) -> date | None:
    sign = -1 if (match["side"] or "").endswith("前") else 1
    if match["half"]:
        return days.day_from(today, sign * 15)  # 半个月 is fifteen days, whatever the month
    count = _figure(match["n"])
    if count < 0:
        return None
    if match["months"]:
        return days.months_from(today, sign * count)
    return days.day_from(today, sign * count * (1 if match["days"] else 7))


def weekday(match: re.Match[str], today: date, when: Tense) -> date | None:
    """The day of 周三, 下周三."""
    which = _WEEKDAYS[match["day"]]
    if match["which"]:
        return days.weekday_of_week(today, which, _AHEAD[match["which"]])
    return days.weekday(today, which, when)


def is_vague(match: re.Match[str], reading: Reading, today: date) -> bool:
    """Whether a day was named so that another may be meant: 周末, 过两天, 下周三 on a Monday."""
    if reading is weekday:
        is_bare = match["which"] is None
        is_next = match["which"] == "下"
        day = _WEEKDAYS[match["day"]]
        return (is_next or is_bare) and days.is_vague_weekday(today, day, is_next=is_next)
    if reading is _part_of_month:
        return match["part"] in "初中"
    if reading is _from_today:
        return match["n"] == "两" and match["days"] is not None
    return reading is _weekend


def _weekend(match: re.Match[str], today: date, when: Tense) -> date | None:
    if match["which"]:
        return days.weekday_of_week(today, 5, _AHEAD[match["which"]])
    return days.weekday(today, 5, when)


def _month_day(match: re.Match[str], today: date, when: Tense) -> date | None:
    month, day = _figure(match["month"]), _figure(match["day"])
    year = _year(match, today) if "year" in match.re.groupindex else None
    if year is not None:
        return days.exact(year, month, day)
    return days.month_day(today, month, day, when)


def _day_of_named_month(match: re.Match[str], today: date, _when: Tense) -> date | None:
    return days.months_from(today, _AHEAD[match["which"]], _figure(match["day"]))


def _day(match: re.Match[str], today: date, when: Tense) -> date | None:
    return days.day_of_month(today, _figure(match["day"]), when)


def _holiday(match: re.Match[str], today: date, when: Tense) -> date | None:
    return days.month_day(today, *_HOLIDAYS[match.group()], when)


def _part_of_month(match: re.Match[str], today: date, when: Tense) -> date | None:
    if match["month"]:
        first = days.month_day(today.replace(day=1), _figure(match["month"]), 1, when)
        return None if first is None else _part(match["part"], first, 0)
    if match["which"]:
        return _part(match["part"], today, _AHEAD[match["which"]])
    found = _part(match["part"], today, 0)
    if found is not None and found < today and when is not Tense.PAST:
        return _part(match["part"], today, 1)
    if found is not None and found > today and when is Tense.PAST:
        return _part(match["part"], today, -1)
    return found


def _part(name: str, today: date, months: int) -> date | None:
    if name in ("底", "末", "最后一天"):
        return days.end_of_month(today, months)
    return days.months_from(today, months, 1 if name == "初" else 15)


def _end_of_year(match: re.Match[str], today: date, _when: Tense) -> date | None:
    year = today.year + _NAMED_YEARS.get(match["named"] or "今", 0)
    return days.exact(year, 1, 1) if match["part"] == "初" else days.exact(year, 12, 31)


def _numeric(match: re.Match[str], _today: date, _when: Tense) -> date | None:
    return days.exact(int(match["year"]), int(match["month"]), int(match["day"]))


def _year(match: re.Match[str], today: date) -> int | None:
    if match["named"]:
        return today.year + _NAMED_YEARS[match["named"]]
    if not match["year"]:
        return None
    year = _figure(match["year"])
    return year if year > 99 else today.year // 100 * 100 + year


READINGS: Final[tuple[tuple[re.Pattern[str], Reading], ...]] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        ("|".join(sorted(_NAMED_DAYS, key=len, reverse=True)), _named_day),
        (rf"{_SPAN}(?P<side>以后|之后|后|以前|之前|前)", _from_today),
        (rf"再?过{_SPAN}(?P<side>以后|之后|后)?", _from_today),
        (rf"(?P<which>下下|下|上上|上|这|本)?个?{_WEEK}(?P<day>[一二三四五六日天1-7])", weekday),
        (rf"(?P<which>下下|下|上上|上|这|本)?个?{_WEEK}末", _weekend),
        (rf"{_YEAR}的?(?P<month>{_N})月份?的?(?P<day>{_N})[号日]?", _month_day),
        (rf"(?P<month>{_M})月份?的?(?P<day>{_N})[号日]?", _month_day),
        (rf"{_WHICH_MONTH}的?(?P<day>{_N})[号日]?", _day_of_named_month),
        (rf"(?P<day>{_D})[号日]", _day),
        ("|".join(_HOLIDAYS), _holiday),
        (
            rf"(?:{_WHICH_MONTH}|(?P<month>{_N})?月)份?的?(?P<part>[底末初中]|最后一天)",
            _part_of_month,
        ),
        (r"(?P<named>[今明后去])?年(?P<part>[底末初])", _end_of_year),
        (r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})", _numeric),
    )
)
"""How a day may be said, and what it means; of readings of one place the longest counts."""

ALONE: Final = re.compile(rf"(?:是|在|就|那就|嗯|呃|好)*(?P<day>{_N})(?:吧|呢|啊|的)*")
"""A bare number that is the whole answer to "which day?"."""


def alone(match: re.Match[str], today: date, when: Tense) -> date | None:
    """The day of a bare number."""
    return _day(match, today, when)
