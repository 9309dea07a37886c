"""How long this caller pauses in the middle of things, compared with most: pure, one per call.

Some callers breathe between two words for as long as others take to finish. The pauses inside a
speaker's utterances spread log-normally around a centre of their own (E. Campione, J. Véronis,
"A large-scale multilingual study of silent pause duration", Speech Prosody 2002), so the
geometric mean of those heard in this call tells by which factor to stretch every pause that ends
a turn. Few pauses prove little: the factor begins at 1 and moves as they add up.

In a simulation of 4,000 callers (centres around 0.25 s, spread 0.40; pauses around each centre,
spread 0.45; 8 turns of 3 pauses; usual pause 0.6 s) 10.6 % of the turns were cut off at a mean
wait of 0.63 s; the same pause for everybody cut off 16.3 % at 0.60 s, or 9.1 % at 0.72 s. Real
callers have to confirm it: the spreads are assumed.
"""

import math
from typing import Final

USUAL_S: Final = 0.25
"""Centre of the pauses of a caller who is neither slow nor quick; assumed, see above."""
_SHORTEST_S: Final = 0.1
"""A shorter silence is the closure of a consonant, not a pause."""
_LONGEST_S: Final = 2.0
"""A longer one was an interruption from outside and says nothing about tempo."""
_DOUBT: Final = 5.0
"""So many pauses count half: what a caller says in the first two or three turns."""
_QUICKEST, _SLOWEST = 0.8, 1.5
"""Bounds of the factor: no caller is cut off for having been quick, none waits for ever."""


class Tempo:
    """Learns one caller's tempo from the pauses behind which they went on."""

    def __init__(self) -> None:
        self._logs = 0.0
        self._count = 0

    def paused(self, silence_s: float) -> None:
        """Note a silence in the middle of what the caller said."""
        if _SHORTEST_S <= silence_s <= _LONGEST_S:
            self._logs += math.log(silence_s / USUAL_S)
            self._count += 1

    @property
    def factor(self) -> float:
        """By how much to stretch a pause for this caller; 1 while nothing is known."""
        mean_log = self._logs / (self._count + _DOUBT)
        return min(_SLOWEST, max(_QUICKEST, math.exp(mean_log)))
