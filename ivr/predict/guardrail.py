"""Switches offers off when callers suffer from them, and says why.

Among calls with an offer and calls of the hold-out that would have had one, the shares that
hang up on the machine and that end with a person are compared. When offers make one of them
worse beyond chance, offers stop until a person has looked.
"""

import math
from collections import Counter, deque
from collections.abc import Callable
from itertools import product
from typing import Final, NamedTuple

LATEST: Final = 4000
FEWEST: Final = 50
"""Calls on each side before anything is concluded."""
Z: Final = 2.58
"""One-sided 0.5 %; looked at with every call, so stricter than for a single look."""
HARM: Final = 0.03
"""Smaller differences of shares are not worth an alarm."""


class Ended(NamedTuple):
    """How a call ended that got an offer or would have."""

    was_offered: bool
    hung_up: bool
    was_transferred: bool


_KINDS: Final = tuple(Ended(*each) for each in product((False, True), repeat=3))
"""Every way in which a call can end, by its digit."""


class Guardrail:
    """Watches the latest calls; `tripped` is empty or says what is wrong."""

    def __init__(self, tripped: str = "", seen: str = "") -> None:
        """Go on with what `seen` gave before a restart; raises ValueError where it is damaged."""
        self.tripped = tripped
        self._calls = deque(_kind(each) for each in seen[-LATEST:])
        self._counts = Counter(self._calls)

    @property
    def seen(self) -> str:
        """The calls that count, a digit each, oldest first: to be kept over a restart."""
        return "".join(str(_KINDS.index(call)) for call in self._calls)

    def watch(self, call: Ended) -> bool:
        """Take a call; gives True when it is the one that trips the guardrail."""
        self._calls.append(call)
        self._counts[call] += 1
        if len(self._calls) > LATEST:
            self._counts[self._calls.popleft()] -= 1
        if self.tripped:
            return False
        self.tripped = self._worse(
            "callers hang up more often", lambda ended: ended.hung_up
        ) or self._worse("callers ask for a person more often", lambda ended: ended.was_transferred)
        return bool(self.tripped)

    def reset(self) -> None:
        """Let offers be made again; what was seen so far is forgotten."""
        self.tripped = ""
        self._calls.clear()
        self._counts.clear()

    def _worse(self, words: str, happened: Callable[[Ended], bool]) -> str:
        offered, harmed = self._share(happened, was_offered=True)
        held, anyway = self._share(happened, was_offered=False)
        if min(offered, held) < FEWEST:
            return ""
        pooled = (harmed + anyway) / (offered + held)
        error = math.sqrt(pooled * (1 - pooled) * (1 / offered + 1 / held))
        if harmed / offered - anyway / held < max(HARM, Z * error):
            return ""
        return (
            f"{words} with an offer: {100 * harmed / offered:.0f} % of {offered} calls, "
            f"{100 * anyway / held:.0f} % of {held} without"
        )

    def _share(self, happened: Callable[[Ended], bool], *, was_offered: bool) -> tuple[int, int]:
        """Give how many calls there were and in how many it happened."""
        side = {call: n for call, n in self._counts.items() if call.was_offered is was_offered}
        return sum(side.values()), sum(n for call, n in side.items() if happened(call))


def _kind(digit: str) -> Ended:
    if digit not in "01234567":
        raise ValueError("no call ends in such a way")
    return _KINDS[int(digit)]
