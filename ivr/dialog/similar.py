"""Examples of different questions that are the same, or nearly, to whoever hears them."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

NEARLY: Final = 0.8
"""Share of common pieces from which two examples are nearly the same; "where is my refund" and
"where is my new refund" share 0.83."""


def near_duplicates(texts: Sequence[str], owners: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    """Give pairs of examples of different owners; True where they are exactly the same.

    Compares character pairs (Dice's coefficient). Two texts that are alike share most of their
    pairs, so each is compared only with those that share one of its rarest (prefix filtering,
    Chaudhuri et al. 2006): thousands of examples take a fraction of a second.
    """
    plain = [text.lower().replace(" ", "") for text in texts]
    pieces = [_pairs(text) for text in plain]
    sets = _as_bits(pieces)
    count = Counter(pair for pairs in pieces for pair in pairs)
    holders: dict[str, list[int]] = defaultdict(list)
    for at, pairs in enumerate(pieces):
        rarest = sorted(pairs, key=lambda pair: (count[pair], pair))[: _decisive(len(pairs))]
        for other in sorted({other for pair in rarest for other in holders[pair]}):
            if owners[other] != owners[at]:
                same = plain[other] == plain[at]
                common = (sets[other] & sets[at]).bit_count()
                if same or 2 * common >= NEARLY * (len(pieces[other]) + len(pairs)):
                    yield other, at, same
        for pair in rarest:
            holders[pair].append(at)


def _decisive(size: int) -> int:
    """How many rarest pairs are enough: whoever shares none of them shares too few in all."""
    shared_at_least = math.ceil(size * NEARLY / (2 - NEARLY) - 1e-9)
    return size - shared_at_least + 1


def _pairs(text: str) -> frozenset[str]:
    padded = f"^{text}$"
    return frozenset(padded[at : at + 2] for at in range(len(padded) - 1))


def _as_bits(pieces: Sequence[frozenset[str]]) -> list[int]:
    """Sets as whole numbers, one bit for each pair: what two share is counted ten times faster."""
    bit = {pair: 1 << at for at, pair in enumerate({p: None for pairs in pieces for p in pairs})}
    return [sum(bit[pair] for pair in pairs) for pairs in pieces]
