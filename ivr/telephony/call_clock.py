"""Where a call's recording is shorter than the call, and by how much. Pure.

Asterisk records what passes: where the caller's packets are lost, or are those of a key (RFC 4733),
and we are silent, nothing passes, and the recording is short by that time. The call's own clock
goes on, and so do the times of its turns. What arrived from the caller lies in the recording bit by
bit, so frames of sound that occur once there and once here tell which moment is which; between
two of them the recording is drawn out, where our clock was filled, until both agree again.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Final

from ivr.domain import FRAME_S

FILLED: Final = 0
"""Stands for a frame that did not arrive."""
_BYTES: Final = 8
_MOST_FRAMES: Final = round(4 * 3600 / FRAME_S)
"""Four hours, 6 MB; beyond them a call's recording stays as it is."""
_STANDSTILL: Final = round(1.0 / FRAME_S)
"""So far ahead a recording is only where our clock stood still: while an agent was rung."""


class CallClock:
    """Notes for each frame of a call's clock what arrived in it."""

    def __init__(self) -> None:
        self._noted = bytearray()

    def heard(self, frame: bytes) -> None:
        """A frame has arrived."""
        self._note(digest(frame))

    def filled(self) -> None:
        """Something was heard in the place of a frame that did not arrive."""
        self._note(FILLED)

    @property
    def noted(self) -> bytes:
        """What arrived: eight bytes a frame, to be read with `frames_of`; two make one in a row."""
        return bytes(self._noted)

    def _note(self, number: int) -> None:
        if len(self._noted) < _MOST_FRAMES * _BYTES:
            self._noted += number.to_bytes(_BYTES, sys.byteorder)


def frames_of(noted: bytes) -> Sequence[int]:
    """Give what `CallClock.noted` holds: a digest each, `FILLED` where nothing arrived."""
    return memoryview(noted).cast("Q")


def digest(frame: bytes) -> int:
    """Give a number for what a frame sounds like; never `FILLED`."""
    found = blake2b(frame, digest_size=_BYTES).digest()
    return int.from_bytes(found, "little") or 1


def gaps(clock: Sequence[int], recorded: Sequence[int]) -> list[int]:
    """Give the frames of a recording before which one is missing, rising; the same n times for n.

    `clock` is what `frames_of` gave, `recorded` the digests of the caller's side.
    """
    found: list[int] = []
    here, there, base, is_first = 0, 0, 0, True
    for at, place in _landmarks(clock, recorded):  # behind the last one nobody can tell
        ahead = place + len(found) - at
        if is_first or ahead - base > _STANDSTILL:
            base, is_first = max(0, ahead), False
        found += _drawn_out(clock[here:at], there, place, base - ahead)
        here, there = at, place
    return found


def _drawn_out(stretch: Sequence[int], start: int, end: int, missing: int) -> Iterator[int]:
    """Place so many missing frames in a stretch of the recording, where the clock was filled."""
    place = start
    for number in stretch:
        if missing <= 0:
            return
        if number == FILLED:
            missing -= 1
            yield min(place, end)
        else:
            place += 1
    yield from [end] * max(0, missing)


def _landmarks(clock: Sequence[int], recorded: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give (frame of the clock, frame of the recording) of sounds that occur once in each."""
    here, there = _once(clock), _once(recorded)
    behind = -1
    for number, at in here.items():
        place = there.get(number, -1)
        if place > behind:
            behind = place
            yield at, place


def _once(frames: Iterable[int]) -> dict[int, int]:
    """Give the place of each number that occurs once, in order."""
    places: dict[int, int] = {}
    again: set[int] = {FILLED}
    for at, number in enumerate(frames):
        if number in places:
            again.add(number)
        places.setdefault(number, at)
    return {number: at for number, at in places.items() if number not in again}


def pieces(cuts: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    """Give the pieces of a recording of `length` frames between its gaps: (first, behind last)."""
    yield from pairwise((0, *cuts, length))
