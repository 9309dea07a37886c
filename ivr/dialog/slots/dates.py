"""Days in a sentence, in both languages, counted from a given today."""

from dataclasses import replace
from datetime import date
from typing import Final

from ivr.dialog.slot_settings import Tense
from ivr.dialog.slots import dates_en, dates_zh
from ivr.dialog.slots.heard import Heard
from ivr.dialog.slots.match import Match, longest
from ivr.domain import Language

_BETWEEN: Final = ("", "the", "on", "on the", "是", "也就是", "就是", "that's", "that's the")
"""What may stand between a day and its weekday: "Wednesday the fourteenth", 十四号星期三."""
_Span = tuple[int, int]


def dates_in(heard: Heard, today: date, when: Tense) -> list[Match]:
    """All days of a sentence, in their order; those that cannot be have no value."""
    spoken = dates_zh if heard.language is Language.ZH else dates_en
    whole = spoken.ALONE.fullmatch(heard.text)
    if whole is not None:
        value = _fitting(spoken.alone(whole, today, when), today, when)
        return [Match(value, *whole.span("day" if spoken is dates_zh else "ordinal"))]
    found: list[Match] = []
    weekdays: dict[_Span, int] = {}
    for pattern, reading in spoken.READINGS:
        for match in pattern.finditer(heard.text):
            day = reading(match, today, when)
            is_clear = not spoken.is_vague(match, reading, today)
            value = _fitting(day, today, when)
            start, end = match.span()
            found.append(Match(value, start, end, is_clear=is_clear))
            if reading is spoken.weekday and day is not None:
                weekdays[match.span()] = day.weekday()
    return _with_weekdays(heard, longest(found), weekdays)


def _fitting(found: date | None, today: date, when: Tense) -> str:
    if found is None or (when is Tense.FUTURE and found < today):
        return ""
    return "" if when is Tense.PAST and found > today else found.isoformat()


def _with_weekdays(heard: Heard, matches: list[Match], weekdays: dict[_Span, int]) -> list[Match]:
    """Days with their weekday said beside them as one day; one of another weekday is unclear."""
    joined: list[Match] = []
    for match in matches:
        before = joined[-1] if joined else None
        if before is not None and _are_one_day(heard, before, match, weekdays):
            joined[-1] = _one_day(before, match, weekdays)
        else:
            joined.append(match)
    return joined


def _are_one_day(heard: Heard, one: Match, other: Match, weekdays: dict[_Span, int]) -> bool:
    is_one_a_weekday = ((one.start, one.end) in weekdays) != ((other.start, other.end) in weekdays)
    return is_one_a_weekday and heard.text[one.end : other.start].strip() in _BETWEEN


def _one_day(one: Match, other: Match, weekdays: dict[_Span, int]) -> Match:
    is_first = (one.start, one.end) in weekdays
    named, day = (one, other) if is_first else (other, one)
    weekday = weekdays[named.start, named.end]
    fits = day.value and date.fromisoformat(day.value).weekday() == weekday
    return replace(day, value=day.value if fits else "", start=one.start, end=other.end)
