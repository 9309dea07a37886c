"""Caller ids that callers, trunks and forgers send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.caller_id import LONGEST, cleaned_number


@pytest.mark.parametrize(
    ("claimed", "number"),
    [
        ("+86 138-0000-0001", "+8613800000001"),
        ("7001", "7001"),
        ("", ""),
        ("anonymous", ""),
        ('"Eve" <sip:7001@h>', "7001"),
        ("+", ""),
        ("😀12", "12"),
        ("٣٤", ""),
    ],
)
def test_only_digits_and_a_leading_plus_are_kept(claimed: str, number: str) -> None:
    assert cleaned_number(claimed) == number


@given(st.text())
def test_nothing_else_ever_comes_through(claimed: str) -> None:
    number = cleaned_number(claimed)

    assert not set(number.removeprefix("+")) - set("0123456789")
    assert len(number) <= LONGEST + 1
