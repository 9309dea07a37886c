"""A slot's value as the hotline reads it back; callers who say it so again give the same value."""

from datetime import date
from decimal import Decimal

from ivr.dialog import spoken
from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.slots import days
from ivr.dialog.slots.yes_no import YES
from ivr.domain import Language

_YES_NO = {Language.ZH: ("是", "不是"), Language.EN: ("yes", "no")}


def readback(slot: Slot, value: str, language: Language, today: date) -> str:
    """The value in words; raises ValueError, ArithmeticError or KeyError for one it cannot hold."""
    match slot.type:
        case SlotType.DIGITS:
            return spoken.digits(value, language)
        case SlotType.AMOUNT:
            return spoken.money(Decimal(value), language)
        case SlotType.DATE:
            return _day(slot, date.fromisoformat(value), language, today)
        case SlotType.YES_NO:
            return _YES_NO[language][0 if value == YES else 1]
        case SlotType.CHOICE:
            return slot.options[value].of(language)[0]
        case SlotType.TEXT:
            return value


def _day(slot: Slot, value: date, language: Language, today: date) -> str:
    """With its year only where the day alone would be taken for one of another year.

    With its weekday always: whoever says "next Wednesday" knows that, and not the date.
    """
    is_clear = days.month_day(today, value.month, value.day, slot.when) == value
    day = spoken.day(value, language) if is_clear else spoken.day_and_year(value, language)
    weekday = spoken.weekday(value, language)
    return f"{day}，{weekday}" if language is Language.ZH else f"{weekday}, {day}"
