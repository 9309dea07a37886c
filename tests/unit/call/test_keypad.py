"""Key presses become one entry."""

import pytest

from ivr.call.keypad import MAX_KEYS, Keypad
from ivr.domain import Expect, Keys, Language, Listening


def keypad(expect: Expect, max_digits: int | None = None) -> Keypad:
    pad = Keypad()
    pad.expect(Listening(Language.EN, expect, max_digits=max_digits))
    return pad


@pytest.mark.parametrize("expect", [Expect.YES_NO, Expect.MENU])
def test_a_menu_takes_one_key_at_once(expect: Expect) -> None:
    pad = keypad(expect)

    pad.press("3")

    assert pad.is_complete
    assert pad.take() == Keys("3")


def test_an_open_question_waits_a_moment_for_more_keys() -> None:
    pad = keypad(Expect.FREE)

    pad.press("2")

    assert not pad.is_complete
    assert pad.wait_s(between_keys_s=2.5) < 1.0


def test_a_number_waits_longer_for_its_next_key() -> None:
    assert keypad(Expect.DIGITS).wait_s(between_keys_s=2.5) == 2.5


def test_a_number_is_complete_with_as_many_digits_as_were_asked_for() -> None:
    pad = keypad(Expect.DIGITS, max_digits=4)

    for key in "471":
        pad.press(key)
        assert not pad.is_complete
    pad.press("1")

    assert pad.is_complete


def test_a_hash_ends_a_number_and_is_not_part_of_it() -> None:
    pad = keypad(Expect.AMOUNT)

    for key in "250#":
        pad.press(key)

    assert pad.is_complete
    assert pad.take() == Keys("250")


def test_a_lone_hash_is_kept() -> None:
    pad = keypad(Expect.DIGITS)

    pad.press("#")

    assert pad.take() == Keys("#")


@pytest.mark.parametrize("expect", list(Expect))
def test_a_star_waits_a_moment_for_the_second_key_of_a_command(expect: Expect) -> None:
    pad = keypad(expect, max_digits=4)

    pad.press("*")

    assert not pad.is_complete
    assert pad.wait_s(between_keys_s=2.5) < 1.0


@pytest.mark.parametrize("expect", list(Expect))
def test_a_command_is_complete_with_its_second_key(expect: Expect) -> None:
    pad = keypad(expect, max_digits=4)

    pad.press("*")
    pad.press("3")

    assert pad.is_complete
    assert pad.take() == Keys("*3")


def test_a_new_question_forgets_the_keys_of_the_old_one() -> None:
    pad = keypad(Expect.DIGITS)
    pad.press("9")

    pad.expect(Listening(Language.EN, Expect.DIGITS))

    assert pad.is_empty


def test_a_cat_on_the_phone_fills_no_memory() -> None:
    pad = keypad(Expect.DIGITS)

    for _ in range(10_000):
        pad.press("5")

    assert len(pad.take().digits) == MAX_KEYS
