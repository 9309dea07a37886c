"""How long the event socket waits before it is tried again."""

from ivr.telephony.ari_backoff import LONGEST_S, MOST_HEARTBEATS, Backoff


def test_failures_wait_longer_and_longer_up_to_a_limit() -> None:
    backoff = Backoff(5.0)

    waits = [backoff.next_s() for _ in range(12)]

    assert 0.1 <= waits[0] <= 0.15
    assert waits[5] >= 3.2
    assert max(waits) <= 1.5 * LONGEST_S


def test_a_success_starts_over() -> None:
    backoff = Backoff(5.0)
    for _ in range(9):
        backoff.next_s()

    backoff.succeeded()

    assert backoff.next_s() <= 0.15


def test_two_controllers_replace_each_other_ever_more_rarely() -> None:
    backoff = Backoff(1.0)

    waits = []
    for _ in range(10):
        backoff.succeeded()
        backoff.replaced()
        waits.append(backoff.next_s())

    assert 1.0 <= waits[0] <= 1.5
    assert waits[9] >= MOST_HEARTBEATS
