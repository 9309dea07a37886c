"""What calls hear with: each keeps to its end what it began with, and what is left over goes.

Publishing may bring a newer ear at any moment. Calls that begin from then on get it; those in
progress keep theirs, because the newer one may have forgotten words that only their flows have.
An ear that nobody has any more leaves memory by itself, with the last reference to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from ivr.asr import Ear, Recognizer
from ivr.call.completeness import SoundsUnfinished, never
from ivr.call.engines import Engines
from ivr.domain import Listening
from ivr.errors import EngineUnavailable

MOST_FORMER: Final = 2
"""Earlier ears that may stay in memory for calls in progress, some 10 MB for each language. With
one more, the calls on the oldest go on with the present one: an hour's call through three
publications of new words must not cost the others their memory."""


@dataclass(frozen=True)
class Hearing:
    """What calls hear with, and what sounds to them like an unfinished sentence."""

    recognizer: Recognizer
    sounds_unfinished: SoundsUnfinished = never


class Hearings:
    """Lends each call what is current when it begins."""

    def __init__(self, first: Hearing) -> None:
        self._current = first
        self._lent: list[_Lent] = []

    @property
    def current(self) -> Hearing:
        """What a call that began now would hear with."""
        return self._current

    @property
    def calls_on_former(self) -> int:
        """How many calls hear with an earlier ear than one that began now would."""
        return sum(each.recognizer is not self._current.recognizer for each in self._lent)

    def serve(self, hearing: Hearing) -> None:
        """Give this to calls that begin from now on; no wait in here."""
        self._current = hearing
        in_order = {id(each.recognizer): each.recognizer for each in self._lent}
        in_order.pop(id(hearing.recognizer), None)
        too_many = list(in_order)[:-MOST_FORMER]
        for each in self._lent:
            if id(each.recognizer) in too_many:
                each.recognizer = hearing.recognizer

    @contextmanager
    def lend(self, engines: Engines) -> Iterator[Engines]:
        """Have engines that hear, while inside, with what is current now."""
        lent = _Lent(self._current.recognizer)
        self._lent.append(lent)
        unfinished = self._current.sounds_unfinished
        try:
            yield replace(engines, recognizer=lent, sounds_unfinished=unfinished)
        finally:
            self._lent.remove(lent)
            # What still holds the call (a traceback, a log record) must not hold the ear.
            lent.recognizer = _OVER

    async def is_healthy(self) -> bool:
        """Whether the current ear could listen right now."""
        return await self._current.recognizer.is_healthy()


class _Lent:
    """Keeps `Recognizer` for one call."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer

    def listen(self, listening: Listening) -> Ear:
        return self.recognizer.listen(listening)

    async def is_healthy(self) -> bool:
        return await self.recognizer.is_healthy()


class _Over:
    """Keeps `Recognizer` for a call that has ended."""

    def listen(self, listening: Listening) -> Ear:
        del listening
        raise EngineUnavailable("ear", "the call is over")

    async def is_healthy(self) -> bool:
        return False


_OVER: Final = _Over()
