"""Values pressed on the keypad."""

import pytest

from ivr.dialog.slot_settings import Slot
from ivr.dialog.slots import value_of_keys
from tests.unit.dialog.slots.asked import (
    AMOUNT,
    CHOICE,
    DAY,
    FOUR,
    NUMBER,
    PAST_DAY,
    PROMPT,
    SATURDAY,
    TEXT,
    YES_NO,
)


@pytest.mark.parametrize(
    ("slot", "keys", "wanted"),
    [
        (FOUR, "0042", "0042"),
        (NUMBER, "12345", "12345"),
        (AMOUNT, "3500", "3500"),
        (AMOUNT, "3500*50", "3500.50"),
        (AMOUNT, "3500*5", "3500.50"),
        (DAY, "1203", "2026-12-03"),
        (PAST_DAY, "1203", "2025-12-03"),
        (YES_NO, "1", "yes"),
        (YES_NO, "2", "no"),
        (CHOICE, "1", "card"),
    ],
)
def test_an_entry_that_fits_is_the_value(slot: Slot, keys: str, wanted: str) -> None:
    assert value_of_keys(slot, keys, SATURDAY) == wanted


@pytest.mark.parametrize(
    ("slot", "keys"),
    [
        *((FOUR, keys) for keys in ("123", "12345", "12*4", "*", "", "٣٣٣٣")),
        (NUMBER, "1" * 33),
        *((AMOUNT, keys) for keys in ("*", "3500*", "*50", "1*234", "9" * 13, "1*2*3")),
        *((DAY, keys) for keys in ("0230", "1301", "0000", "123", "")),
        (YES_NO, "3"),
        (CHOICE, "9"),
        (TEXT, "1"),
    ],
)
def test_an_entry_that_does_not_fit_is_no_answer(slot: Slot, keys: str) -> None:
    assert value_of_keys(slot, keys, SATURDAY) is None


def test_a_slot_without_a_keypad_takes_no_keys() -> None:
    spoken_only = Slot(type=FOUR.type, length=4, prompt=PROMPT, keypad=False)

    assert value_of_keys(spoken_only, "1234", SATURDAY) is None


def test_an_entry_ends_by_itself_where_its_length_is_known() -> None:
    assert [slot.max_keys for slot in (FOUR, AMOUNT, DAY, YES_NO, CHOICE)] == [4, None, 4, 1, 1]
