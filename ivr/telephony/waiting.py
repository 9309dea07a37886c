"""Callers who wait for an agent, and who of them is next.

All callers of one exchange stand in one line: the urgent ones first, the others behind them, each
by arrival. A caller waits for the phones of their queue that they have not tried yet; a phone that
is free goes to the first who waits for it. Nobody who rings a phone already is overtaken.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

LOOK_AGAIN_S: Final = 1.0
"""Phones log in and agents end calls of their own without telling us; how often we look."""


@dataclass(frozen=True, slots=True)
class Place:
    """A caller's place in the line; the smaller is served first."""

    is_after_the_urgent: bool
    number: int

    @property
    def rank(self) -> tuple[bool, int]:
        """Urgent before others, then by arrival."""
        return (self.is_after_the_urgent, self.number)


class WaitingLine:
    """Who waits for which phones (extensions), and which phones are being rung."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: dict[Place, frozenset[str]] = {}
        self._ringing: set[str] = set()
        self._changed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many callers wait for a phone."""
        return len(self._waiting)

    def join(self, *, is_urgent: bool) -> Place:
        """Stand in line, waiting for nothing yet."""
        return Place(not is_urgent, next(self._numbers))

    def leave(self, place: Place) -> None:
        """Wait no longer; harmless for who does not."""
        self._waiting.pop(place, None)
        self.look_again()

    def take(self, place: Place, free: Sequence[str], wanted: frozenset[str]) -> str | None:
        """Give the first free phone that nobody before this caller waits for, and ring it.

        None while there is none: then the caller waits for all `wanted` phones. A phone that was
        taken has to be given back with `rung`.
        """
        before = [phones for other, phones in self._waiting.items() if other.rank < place.rank]
        claimed = self._ringing.union(*before)
        phone = next((each for each in free if each not in claimed), None)
        if phone is None:
            self._waiting[place] = wanted
            return None
        self._waiting.pop(place, None)
        self._ringing.add(phone)
        return phone

    def rung(self, phone: str) -> None:
        """It is not rung any more: it was answered, or it was not."""
        self._ringing.discard(phone)
        self.look_again()

    def look_again(self) -> None:
        """Wake all who wait: a phone may have become free."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self) -> None:
        """Return when it is worth looking again."""
        try:
            async with asyncio.timeout(LOOK_AGAIN_S):
                await self._changed.wait()
        except TimeoutError:
            return
