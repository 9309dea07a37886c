"""Examples of different questions that are the same, or nearly, to whoever hears them."""

import math
from bisect import bisect_left
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
    2012): thousands of examples take a fraction of a second. `NEARLY` of its pieces an example
    has in common with a longer one that is alike, and with a shorter one NEARLY / (2 - NEARLY);
    whoever shares fewer than three of the rarest that are left then shares too few.
    """
    return sorted(_alike(texts, owners), key=lambda pair: (pair[1], pair[0]))


def _alike(texts: Sequence[str], owners: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    plain = [text.lower().replace(" ", "") for text in texts]
    pieces = [_pairs(text) for text in plain]
    count = Counter(chain.from_iterable(pieces))
    rank = {pair: at for at, pair in enumerate(sorted(count, key=lambda p: (count[p], p)))}
    holders: dict[int, list[int]] = defaultdict(list)
    # The shortest first, so that what is kept needs to be found only by longer ones.
    shortest_first = sorted(range(len(texts)), key=lambda at: len(pieces[at]))
    sizes = [len(pieces[at]) for at in shortest_first]
    for place, at in enumerate(shortest_first):
        rarest, size = sorted(map(rank.__getitem__, pieces[at])), len(pieces[at])
        least = _shared_at_least(size, NEARLY / (2 - NEARLY))
        long_enough = bisect_left(sizes, least)
        kept = [holders[pair] for pair in rarest[: size - least + _COMMON]]
        met = Counter(chain.from_iterable(each[bisect_left(each, long_enough) :] for each in kept))
        enough = min(_COMMON, least)
        for other in [shortest_first[other] for other, times in met.items() if times >= enough]:
            if owners[other] != owners[at]:
                same = plain[other] == plain[at]
                common = len(pieces[other] & pieces[at])
                if same or 2 * common >= NEARLY * (len(pieces[other]) + size):
                    yield min(other, at), max(other, at), same
        for pair in rarest[: size - _shared_at_least(size, NEARLY) + _COMMON]:
            holders[pair].append(place)


def _shared_at_least(size: int, share: float) -> int:
    return math.ceil(size * share - 1e-9)


def _pairs(text: str) -> frozenset[str]:
    padded = f"^{text}$"
    return frozenset(padded[at : at + 2] for at in range(len(padded) - 1))
