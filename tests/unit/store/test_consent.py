"""Speech is learned from only where consent is recorded, and never once it was withdrawn."""

from datetime import UTC, datetime, timedelta

from ivr.domain import CallerEvent
from ivr.store.consent import GIVEN, WITHDRAWN, may_learn_from

ENDED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def told(kind: str, hours: float) -> CallerEvent:
    """Give what was told so many hours after the call."""
    return CallerEvent("key", kind, ENDED + timedelta(hours=hours), f"crm-{kind}-{hours}")


def test_without_consent_nothing_is_learned() -> None:
    assert not may_learn_from(ENDED, [])
    assert not may_learn_from(ENDED, [told("payment_failed", -5)])


def test_consent_holds_for_its_call_and_for_later_ones() -> None:
    assert may_learn_from(ENDED, [told(GIVEN, -2000)])
    assert may_learn_from(ENDED, [told(GIVEN, -0.05)])
    assert may_learn_from(ENDED, [told(GIVEN, 0.9)])  # written down after the call


def test_consent_does_not_reach_back_to_calls_before_it() -> None:
    assert not may_learn_from(ENDED, [told(GIVEN, 30)])


def test_a_withdrawal_holds_for_calls_before_it_too() -> None:
    assert not may_learn_from(ENDED, [told(GIVEN, -2000), told(WITHDRAWN, 30)])
    assert not may_learn_from(ENDED, [told(WITHDRAWN, -3), told(GIVEN, -3)])


def test_consent_given_anew_counts_from_then_on() -> None:
    again = [told(GIVEN, -2000), told(WITHDRAWN, -30), told(GIVEN, -20)]

    assert may_learn_from(ENDED, again)
    assert not may_learn_from(ENDED - timedelta(hours=40), again)


def test_a_call_that_did_not_end_is_left_alone() -> None:
    assert not may_learn_from(None, [told(GIVEN, -2000)])
