"""Words to sounds, in one place for both languages: overrides first, then lists, then guesses."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Reading = tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """The ways a word may be said; `sure` if a list or a clear rule knows them."""

    readings: tuple[Reading, ...]
    sure: bool


@dataclass(frozen=True)
class Doubt:
    """A word whose sounds are a guess; `line` goes into the pronunciations file if it is right."""

    word: str
    line: str


@dataclass(frozen=True)
class Spoken:
    """What is known of the sounds of a vocabulary; words without any sounds are `unsayable`."""

    readings: Mapping[str, tuple[Reading, ...]]
    doubts: tuple[Doubt, ...]
    unsayable: tuple[str, ...]


def pronounce_all(
    words: Iterable[str],
    overrides: Mapping[str, tuple[Reading, ...]],
    guess: Callable[[str], Guess],
    sounds: Iterable[str],
) -> Spoken:
    """The sounds of every word; readings with sounds the model lacks are dropped."""
    known = frozenset(sounds)
    readings: dict[str, tuple[Reading, ...]] = {}
    doubts: list[Doubt] = []
    unsayable: list[str] = []
    for word in sorted(set(words)):
        found = Guess(overrides[word], sure=True) if word in overrides else guess(word)
        fitting = tuple(dict.fromkeys(r for r in found.readings if r and known.issuperset(r)))
        if not fitting:
            unsayable.append(word)
            continue
        readings[word] = fitting
        if not found.sure:
            doubts.append(Doubt(word, f"{word}: {' '.join(fitting[0])}"))
    return Spoken(readings, tuple(doubts), tuple(unsayable))
