"""How long to wait before the event socket is tried again. Pure but for the dice."""

import random
from typing import Final

FIRST_S: Final = 0.1
LONGEST_S: Final = 5.0
MOST_HEARTBEATS: Final = 64


class Backoff:
    """0.1 s, 0.2 s … 5 s between failed attempts; heartbeats, doubling, after a replacement.

    Up to half of jitter is added, so that restarted controllers do not come in step. Two
    controllers of one application replace each other for ever; the growing wait keeps that from
    becoming a fight, while a visitor who has left is replaced again soon.
    """

    def __init__(self, heartbeat_s: float) -> None:
        self._heartbeat_s = heartbeat_s
        self._wait_s = FIRST_S
        self._heartbeats = 1
        self._was_replaced = False

    def succeeded(self) -> None:
        """The socket opened."""
        self._wait_s = FIRST_S

    def replaced(self) -> None:
        """Another controller took our place."""
        self._was_replaced = True

    def next_s(self) -> float:
        """Give the seconds to wait now."""
        if self._was_replaced:
            self._was_replaced = False
            wait_s = self._heartbeats * self._heartbeat_s
            self._heartbeats = min(2 * self._heartbeats, MOST_HEARTBEATS)
        else:
            wait_s = self._wait_s
            self._wait_s = min(2 * self._wait_s, LONGEST_S)
        return wait_s * (1 + random.random() / 2)  # noqa: S311  # jitter, no secret
