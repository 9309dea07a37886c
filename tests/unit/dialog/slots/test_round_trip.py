"""What the hotline reads back, said again by the caller, is the same value."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as some

from ivr.dialog.slot_settings import Slot
from ivr.dialog.slots import readback, value_of_words
from ivr.dialog.slots.amounts import GREATEST, plain_amount
from ivr.domain import Language
from tests.unit.dialog.slots.asked import (
    AMOUNT,
    CHOICE,
    COMING_DAY,
    DAY,
    FOUR,
    NUMBER,
    PAST_DAY,
    SATURDAY,
    YES_NO,
)

languages = some.sampled_from(Language)
yuan = some.one_of(
    some.decimals(0, GREATEST, places=2),
    some.decimals(0, 100_000, places=2),
    some.integers(0, 12).map(lambda zeros: Decimal(10) ** min(zeros, 11)),
)
todays = some.dates(date(1912, 1, 1), date(2090, 12, 31))


def said_again(slot: Slot, value: str, language: Language, today: date = SATURDAY) -> str | None:
    words = readback(slot, value, language, today)
    # As the ear gives it: lower case and no punctuation.
    return value_of_words(slot, words.lower(), language, today)


@settings(max_examples=1000)
@given(yuan, languages)
def test_amounts(value: Decimal, language: Language) -> None:
    written = plain_amount(value)

    assert said_again(AMOUNT, written, language) == written


@settings(max_examples=500)
@given(todays, some.integers(-3000, 3000), languages)
def test_days_of_any_year(today: date, ahead: int, language: Language) -> None:
    wanted = (today + timedelta(days=ahead)).isoformat()
    slot = COMING_DAY if ahead > 0 else PAST_DAY if ahead < 0 else DAY

    assert said_again(slot, wanted, language, today) == wanted
    assert said_again(DAY, wanted, language, today) == wanted


@settings(max_examples=500)
@given(some.text("0123456789", min_size=1, max_size=32), languages)
def test_digits(value: str, language: Language) -> None:
    assert said_again(NUMBER, value, language) == value


@given(some.text("0123456789", min_size=4, max_size=4), languages)
def test_card_tails(value: str, language: Language) -> None:
    assert said_again(FOUR, value, language) == value


@given(some.sampled_from([(YES_NO, "yes"), (YES_NO, "no"), (CHOICE, "card"), (CHOICE, "loan")]))
def test_yes_no_and_choices(asked: tuple[Slot, str]) -> None:
    slot, value = asked

    for language in Language:
        assert said_again(slot, value, language) == value
