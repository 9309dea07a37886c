"""Words that sound alike and lead to different flows.

Two words are alike when one sound changed, added or left out turns one into the other, and the
rest is long enough for that to be heard easily as the same (one sound in four or more).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from ivr.asr.build.pronunciation import Reading

_SHORTEST = 4


@dataclass(frozen=True)
class Alike:
    """Two words a caller's line will mix up, and the flows that each of them decides for."""

    first: str
    second: str
    first_flows: tuple[str, ...]
    second_flows: tuple[str, ...]


def sound_alikes(
    flows_of: Mapping[str, frozenset[str]], readings: Mapping[str, tuple[Reading, ...]]
) -> tuple[Alike, ...]:
    """Pairs of words from disjoint sets of flows whose sounds are the same or nearly so."""
    pairs: set[tuple[str, str]] = set()
    for words in _neighbours(flows_of, readings).values():
        pairs |= {(a, b) for a, b in combinations(sorted(words), 2)}
    found = [
        Alike(a, b, tuple(sorted(flows_of[a])), tuple(sorted(flows_of[b])))
        for a, b in sorted(pairs)
        if not flows_of[a] & flows_of[b]
    ]
    return tuple(found)


def _neighbours(
    words: Iterable[str], readings: Mapping[str, tuple[Reading, ...]]
) -> dict[Reading, set[str]]:
    """Words by every form of theirs with one sound masked: neighbours share such a form."""
    forms: dict[Reading, set[str]] = defaultdict(set)
    for word in words:
        for reading in readings.get(word, ()):
            forms[reading].add(word)
            if len(reading) >= _SHORTEST:
                for at in range(len(reading)):
                    forms[(*reading[:at], "*", *reading[at + 1 :])].add(word)
    return forms
