"""Three simple guessers that the predictor must beat in the same run, on the same calls.

Each is fair: it learns online like the predictor, is smoothed, and its one number (how far to
trust the caller's past) is fitted on the training calls.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from ivr.predict.decay import Reasons, Vector
from ivr.predict.trend import Past

Kind = Literal["constant", "last", "most_frequent"]
KINDS: Final[tuple[Kind, ...]] = ("constant", "last", "most_frequent")
TRUSTS: Final[dict[Kind, tuple[float, ...]]] = {
    "constant": (0.0,),
    "last": (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8),
    "most_frequent": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
}


class Baseline:
    """`constant`: shares of all calls. `last`: the caller's last reason gets `trust`, the
    shares the rest. `most_frequent`: the caller's n own calls, smoothed as if by `trust` more
    that follow the shares."""

    def __init__(self, kind: Kind, reasons: Reasons) -> None:
        self.kind, self.reasons = kind, reasons
        self.trust = TRUSTS[kind][0]
        self._counts: list[int] = []
        self._losses = dict.fromkeys(TRUSTS[kind], 0.0)

    def chances(self, past: Sequence[Past]) -> Vector:
        """Give a probability for every known reason."""
        shares, own = self._shares(), self._own(past)
        weight = self._weight(self.trust, past)
        return shares if own is None else (1 - weight) * shares + weight * own

    def learn(self, past: Sequence[Past], reason: str, fitting: bool) -> None:
        """Count a call; while `fitting`, also learn how far to trust the caller's past."""
        number = self.reasons.add(reason)
        self._counts += [0] * (len(self.reasons) - len(self._counts))
        own = self._own(past)
        if fitting and own is not None:
            everywhere = float(self._shares()[number])
            for trust in self._losses:
                weight = self._weight(trust, past)
                chance = (1 - weight) * everywhere + weight * float(own[number])
                self._losses[trust] -= math.log(max(chance, 1e-9))
            self.trust = min(self._losses, key=self._losses.__getitem__)
        self._counts[number] += 1

    def _weight(self, trust: float, past: Sequence[Past]) -> float:
        return len(past) / (len(past) + trust) if self.kind == "most_frequent" else trust

    def _shares(self) -> Vector:
        counts = np.zeros(len(self.reasons)) + 0.5
        counts[: len(self._counts)] += self._counts
        shares: Vector = counts / counts.sum()
        return shares

    def _own(self, past: Sequence[Past]) -> Vector | None:
        if self.kind == "constant" or not past:
            return None
        own = np.zeros(len(self.reasons))
        for call in past[-1:] if self.kind == "last" else past:
            number = self.reasons.number(call.reason)
            if number is not None:
                own[number] += 1.0
        return own / own.sum() if own.any() else None
