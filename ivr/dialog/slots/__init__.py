"""What callers say, or press, when they are asked for something: text in, value out.

Values are texts in a plain form: digits, ISO dates, decimal amounts in yuan, `yes` and `no`, the
names of options. Nothing here raises for what a caller says, and nothing takes longer than its
length allows: every expression reads a sentence once, and too long a sentence holds no value.

    heard       the sentence in a plain form        digits      幺三八, double two
    match       which of several values is meant    amounts     三千五, five k
    numbers_*   numbers in words                    dates       下周三, the twenty third
    days        the calendar                        yes_no      没错, not really
    keys        values from the keypad              choices     one of named options
    readback    values as they are read back        several     many slots in one sentence

Why a grammar of our own: docs/adr/slot-grammar.md.
"""

from datetime import date

from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.slots.digits import spoken_digits
from ivr.dialog.slots.heard import MAX_SIGNS, heard
from ivr.dialog.slots.keys import value_of_keys
from ivr.dialog.slots.readback import readback
from ivr.dialog.slots.several import Given, match_for, plain_values_in, values_in
from ivr.dialog.slots.yes_no import yes_no
from ivr.domain import Language

__all__ = [
    "Given",
    "plain_values_in",
    "readback",
    "spoken_digits",
    "value_of_keys",
    "value_of_words",
    "values_in",
    "yes_or_no",
]


def value_of_words(slot: Slot, text: str, language: Language, today: date) -> str | None:
    """The value in the caller's words, or None if they hold none, or no clear one.

    Days are counted from `today`.
    """
    if slot.type is SlotType.TEXT:
        # Control characters would travel on to systems and to the agent's screen.
        printable = (sign if sign.isprintable() else " " for sign in text[:MAX_SIGNS])
        return " ".join("".join(printable).split()) or None
    match = match_for(slot, heard(text, language), today)
    return match.value if match is not None else None


def yes_or_no(text: str, language: Language) -> str | None:
    """`yes` or `no`, if the words say so plainly."""
    match = yes_no(heard(text, language))
    return match.value if match is not None else None
