"""Days in a sentence, in both languages, counted from a given today."""

from datetime import date

from ivr.dialog.slot_settings import Tense
from ivr.dialog.slots import dates_en, dates_zh
from ivr.dialog.slots.heard import Heard
from ivr.dialog.slots.match import Match, longest
from ivr.domain import Language


def dates_in(heard: Heard, today: date, when: Tense) -> list[Match]:
    """All days of a sentence, in their order; those that cannot be have no value."""
    spoken = dates_zh if heard.language is Language.ZH else dates_en
    whole = spoken.ALONE.fullmatch(heard.text)
    if whole is not None:
        value = _fitting(spoken.alone(whole, today, when), today, when)
        return [Match(value, *whole.span("day" if spoken is dates_zh else "ordinal"))]
    found = [
        Match(_fitting(reading(match, today, when), today, when), *match.span())
        for pattern, reading in spoken.READINGS
        for match in pattern.finditer(heard.text)
    ]
    return longest(found)


def _fitting(found: date | None, today: date, when: Tense) -> str:
    if found is None or (when is Tense.FUTURE and found < today):
        return ""
    return "" if when is Tense.PAST and found > today else found.isoformat()
