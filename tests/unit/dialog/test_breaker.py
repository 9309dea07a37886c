"""The circuit breaker, with a clock of its own."""

from ivr.dialog.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_not_before() -> None:
    breaker = Breaker(2, 10, Clock())
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert not breaker.is_open

    breaker.failed()

    assert breaker.is_open


def test_it_lets_one_try_through_after_its_rest() -> None:
    clock = Clock()
    breaker = Breaker(1, 10, clock)
    breaker.failed()
    clock.now = 10.1
    assert not breaker.is_open

    breaker.failed()

    assert breaker.is_open


def test_a_success_closes_it() -> None:
    breaker = Breaker(1, 10, Clock())
    breaker.failed()

    breaker.succeeded()

    assert not breaker.is_open
