"""Events of other systems: checked, without numbers of people, in UTC."""

from datetime import UTC, datetime

import pytest

from ivr.store.incoming import EventError, read_event

KEY = "a" * 32
GIVEN = {"source_id": "bank-1", "kind": "payment_failed", "at": "2026-05-04T11:58:00+08:00"}


def _key_of(number: str) -> str:
    return KEY if any(sign.isdigit() for sign in number) else ""


def test_a_number_becomes_a_key_and_time_becomes_utc() -> None:
    event = read_event({**GIVEN, "caller": "+86 138 0013 8000"}, _key_of)

    assert event.caller_key == KEY
    assert event.at == datetime(2026, 5, 4, 3, 58, tzinfo=UTC)
    assert event.payload == {}


def test_further_fields_are_kept_unless_they_look_like_numbers_of_people() -> None:
    given = {
        **GIVEN,
        "caller_key": KEY,
        "channel": "app",
        "amount": 120.5,
        "phone": "138 0013 8000",
        "card": 6222020200112233,
        "nested": {"a": 1},
    }

    assert read_event(given, _key_of).payload == {"channel": "app", "amount": 120.5}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"source_id": ""}, "source_id is missing"),
        ({"source_id": 7}, "source_id is missing or no text"),
        ({"source_id": "x" * 300}, "longer than 200"),
        ({"kind": "payment failed!"}, "kind 'payment failed!'"),
        ({"at": "yesterday"}, "at is no time"),
        ({"caller": "", "caller_key": ""}, "caller is missing"),
        ({"caller": "anonymous"}, "caller holds no digits"),
        ({"caller_key": "13800138000"}, "caller_key is no key"),
        ({f"f{n}": n for n in range(30)}, "more than 20"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(wrong: dict[str, object], complaint: str) -> None:
    with pytest.raises(EventError, match=complaint):
        read_event({**GIVEN, "caller": "138", **wrong}, _key_of)
