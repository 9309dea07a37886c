"""Examples of different questions that are the same, or nearly, to whoever hears them."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

NEARLY: Final = 0.8
"""Share of common pieces from which two examples are nearly the same; "where is my refund" and
"where is my new refund" share 0.83."""
_COMMON: Final = 3
"""Rare pieces that two must share before they are compared; with 1, ten times as many are."""


def near_duplicates(texts: Sequence[str], owners: Sequence[str]) -> list[tuple[int, int, bool]]:
    """Give pairs of examples of different owners; True where they are exactly the same.

    In the order of their second. Compares character pairs (Dice's coefficient). Two texts that
    are alike share most of their pairs, so each is compared only with those that share several of
    its rarest (prefix filtering, Chaudhuri et al. 2006, with longer prefixes as in Wang et al.
    2012): thousands of examples take a fraction of a second.
    """
    return sorted(_alike(texts, owners), key=lambda pair: (pair[1], pair[0]))


def _alike(texts: Sequence[str], owners: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    plain = [text.lower().replace(" ", "") for text in texts]
    pieces = [_pairs(text) for text in plain]
    count = Counter(chain.from_iterable(pieces))
    rank = {pair: at for at, pair in enumerate(sorted(count, key=lambda p: (count[p], p)))}
    holders: dict[int, list[int]] = defaultdict(list)
    # The shortest first, so that what is kept needs to be found only by longer ones.
    for at in sorted(range(len(texts)), key=lambda at: len(pieces[at])):
        rarest, size = sorted(map(rank.__getitem__, pieces[at])), len(pieces[at])
        looked_up = rarest[: _decisive(size, NEARLY / (2 - NEARLY))]
        met = Counter(chain.from_iterable([holders[pair] for pair in looked_up]))
        enough = min(_COMMON, _shared_at_least(size, NEARLY / (2 - NEARLY)))
        for other in [other for other, times in met.items() if times >= enough]:
            if owners[other] != owners[at]:
                same = plain[other] == plain[at]
                common = len(pieces[other] & pieces[at])
                if same or 2 * common >= NEARLY * (len(pieces[other]) + size):
                    yield min(other, at), max(other, at), same
        for pair in rarest[: _decisive(size, NEARLY)]:
            holders[pair].append(at)


def _decisive(size: int, share: float) -> int:
    """How many rarest pairs are enough: whoever shares fewer than three of them shares too few.

    `share` of its pairs is the least that an example has in common with one that is alike: more
    with a longer one (NEARLY) than with a shorter one.
    """
    return size - _shared_at_least(size, share) + _COMMON


def _shared_at_least(size: int, share: float) -> int:
    return math.ceil(size * share - 1e-9)


def _pairs(text: str) -> frozenset[str]:
    padded = f"^{text}$"
    return frozenset(padded[at : at + 2] for at in range(len(padded) - 1))
