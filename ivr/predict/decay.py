"""Counts that fade: what was frequent lately weighs more than what was frequent once."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MAX_KEYS = 20_000
"""Keys a table may hold; beyond it the faintest half goes. 20,000 x 50 reasons is 8 MB a memory."""


class Reasons:
    """The reasons seen so far, each with a number; new ones join at the end."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.names = list(names)
        self._index = {name: number for number, name in enumerate(names)}

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name: str) -> int | None:
        """Give the reason's number, None when it was never seen."""
        return self._index.get(name)

    def add(self, name: str) -> int:
        """Give the reason's number, making one for a new reason."""
        if name not in self._index:
            self._index[name] = len(self.names)
            self.names.append(name)
        return self._index[name]


class FadingCounts:
    """Per key, counts of every reason, each kept with several memories.

    A count halves every `half_lives_h[m]` hours in memory m. A key's counts are brought up to
    date when they are touched, so an untouched key costs nothing. Time may step back a little
    (calls end out of order): a late count enters as faded as it would be had it come in time.
    """

    def __init__(self, *half_lives_h: float) -> None:
        self.half_lives_h = np.array(half_lives_h)
        self.rows: dict[Hashable, tuple[Matrix, float]] = {}

    def at(self, key: Hashable, now_h: float, size: int) -> Matrix:
        """Give memories x reasons as of `now_h`, for `size` reasons (a fresh array)."""
        counts = np.zeros((len(self.half_lives_h), size))
        row = self.rows.get(key)
        if row is not None:
            kept, then_h = row
            known = kept.shape[1]
            np.multiply(kept, self._fade(now_h - then_h), out=counts[:, :known])
        return counts

    def add(self, key: Hashable, now_h: float, reason: int, size: int) -> None:
        """Count one call of a reason at `now_h`; `size` must not be below an earlier one."""
        then_h = self.rows[key][1] if key in self.rows else now_h
        counts = self.at(key, max(now_h, then_h), size)
        counts[:, reason] += self._fade(then_h - now_h)[:, 0]
        self.rows[key] = (counts, max(now_h, then_h))
        if len(self.rows) > MAX_KEYS:
            self._forget_faintest()

    def _fade(self, hours: float) -> Matrix:
        faded: Matrix = np.exp2(-max(hours, 0.0) / self.half_lives_h)[:, None]
        return faded

    def _forget_faintest(self) -> None:
        latest = max(then_h for _, then_h in self.rows.values())
        weight = {
            key: float((counts * self._fade(latest - then_h)).sum())
            for key, (counts, then_h) in self.rows.items()
        }
        keep = sorted(weight, key=weight.__getitem__, reverse=True)[: MAX_KEYS // 2]
        self.rows = {key: self.rows[key] for key in keep}


def shrunk(counts: Vector, prior: Vector, strength: float) -> Vector:
    """Turn counts into probabilities, drawn towards `prior` as if by `strength` calls.

    Dirichlet smoothing; with few counts the prior speaks, with many the counts do.
    """
    mixed: Vector = (counts + strength * prior) / (counts.sum() + strength)
    return mixed
