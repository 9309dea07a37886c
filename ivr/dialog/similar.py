"""Examples of different questions that are the same, or nearly, to whoever hears them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

NEARLY: Final = 0.8
"""Share of common pieces from which two examples are nearly the same; "where is my refund" and
"where is my new refund" share 0.83."""


def near_duplicates(texts: Sequence[str], owners: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    """Give pairs of examples of different owners; True where they are exactly the same.

    Compares character pairs (Dice's coefficient). Two texts that are alike share most of their
    pairs, so it is enough to look at those that share one of a text's rarest: thousands of
    examples take a fraction of a second.
    """
    plain = [text.lower().replace(" ", "") for text in texts]
    pieces = [_pairs(text) for text in plain]
    holders: dict[str, list[int]] = defaultdict(list)
    for at, pairs in enumerate(pieces):
        rare = sorted(pairs, key=lambda pair: (len(holders[pair]), pair))
        # Likeness of NEARLY or more leaves out less than 1 - NEARLY / (2 - NEARLY) of the pairs.
        enough = int(len(pairs) * (1 - NEARLY / (2 - NEARLY))) + 1
        candidates = {other for pair in rare[:enough] for other in holders[pair]}
        for other in sorted(candidates):
            if owners[other] != owners[at]:
                same = plain[other] == plain[at]
                if same or _likeness(pieces[other], pairs) >= NEARLY:
                    yield other, at, same
        for pair in pairs:
            holders[pair].append(at)


def _pairs(text: str) -> frozenset[str]:
    padded = f"^{text}$"
    return frozenset(padded[at : at + 2] for at in range(len(padded) - 1))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
