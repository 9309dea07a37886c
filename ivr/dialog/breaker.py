"""A circuit breaker: after some failures in a row, leave the engine alone for a while."""

from collections.abc import Callable


class Breaker:
    """Counts failures in a row; open means: do not even try.

    `now` is a clock in seconds. After `rest_s` one try is let through; it closes or reopens.
    """

    def __init__(self, failures: int, rest_s: float, now: Callable[[], float]) -> None:
        self._limit, self._rest_s, self._now = failures, rest_s, now
        self._failures, self._opened_at = 0, 0.0

    @property
    def is_open(self) -> bool:
        """Whether the engine is being left alone right now."""
        return self._failures >= self._limit and self._now() - self._opened_at < self._rest_s

    def succeeded(self) -> None:
        """The engine answered."""
        self._failures = 0

    def failed(self) -> None:
        """The engine did not answer, or answered nonsense."""
        self._failures += 1
        if self._failures >= self._limit:
            self._opened_at = self._now()
