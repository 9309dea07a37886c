"""Values pressed on the keypad: amounts with * for the point, days as MMDD, choices by key."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.slots import days
from ivr.dialog.slots.amounts import plain_amount
from ivr.dialog.slots.digits import MAX_DIGITS
from ivr.dialog.slots.yes_no import NO, YES

_DIGITS: Final = re.compile("[0-9]+")
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(?:\*[0-9]{1,2})?")
_DAY: Final = re.compile("[0-9]{4}")
_YES_NO: Final = {"1": YES, "2": NO}


def value_of_keys(slot: Slot, digits: str, today: date) -> str | None:
    """The value in a keypad entry, or None if it does not fit."""
    if not slot.keypad:
        return None
    entry = _ENTRIES.get(slot.type)
    return entry(slot, digits, today) if entry is not None else None


def _digits(slot: Slot, digits: str, _today: date) -> str | None:
    if _DIGITS.fullmatch(digits) is None:
        return None
    fits = len(digits) == slot.length if slot.length is not None else len(digits) <= MAX_DIGITS
    return digits if fits else None


def _amount(_slot: Slot, digits: str, _today: date) -> str | None:
    if _AMOUNT.fullmatch(digits) is None:
        return None
    return plain_amount(Decimal(digits.replace("*", "."))) or None


def _day(slot: Slot, digits: str, today: date) -> str | None:
    if _DAY.fullmatch(digits) is None:
        return None
    found = days.month_day(today, int(digits[:2]), int(digits[2:]), slot.when)
    return found.isoformat() if found is not None else None


_ENTRIES: Final[Mapping[SlotType, Callable[[Slot, str, date], str | None]]] = {
    SlotType.DIGITS: _digits,
    SlotType.AMOUNT: _amount,
    SlotType.DATE: _day,
    SlotType.YES_NO: lambda _slot, digits, _today: _YES_NO.get(digits),
    SlotType.CHOICE: lambda slot, digits, _today: slot.option_keys.get(digits),
}
"""A text cannot be pressed."""
