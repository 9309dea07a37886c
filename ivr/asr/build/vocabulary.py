"""Which words a caller may say, and which of them the ear can hear.

`check` answers for one text in well under a millisecond without building anything; `collect`
turns the flows' examples into sentences for the language model.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ivr.asr.build import english, mandarin, talk
from ivr.asr.build.classes import classes
from ivr.asr.build.lexicon import UNKNOWN
from ivr.asr.build.pronunciation import Guess
from ivr.domain import Language
from ivr.errors import ConfigError, Place

_SLOT = re.compile(r"\{(\w+)\}")
_RASA_SLOT = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Example:
    """A sentence that callers of a flow say; `weight` is how often, relative to the others.

    {names} stand for values of a slot or for a class of `classes.py`; "[500](amount)" counts
    as its words.
    """

    text: str
    weight: float = 1.0
    flow: str = ""


@dataclass(frozen=True)
class Sentence:
    """An example as words; `lost` are pieces that cannot be said (emoji, other scripts)."""

    words: tuple[str, ...]
    weight: float
    flow: str
    lost: tuple[str, ...] = ()


def read_words(path: Path) -> frozenset[str]:
    """The vocabulary of a model from its `graph/words.txt`. Raises ConfigError."""
    try:
        rows = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
        return frozenset(row[0] for row in rows if int(row[1]) > 0) - {UNKNOWN}
    except (OSError, ValueError, IndexError, UnicodeDecodeError) as error:
        remedy = "Fetch or build the model again: `ivr models get` or `ivr models build`."
        raise ConfigError("the model's word list cannot be read.", remedy, Place(path)) from error


def split(text: str, language: Language, known: frozenset[str]) -> tuple[list[str], list[str]]:
    """The words of a text as this ear writes them, and the pieces nobody can say."""
    plain = _RASA_SLOT.sub(r"\1", text)
    if language is Language.EN:
        return english.words(plain)
    return mandarin.words(plain, known)


def check(text: str, language: Language, known: frozenset[str]) -> tuple[str, ...]:
    """The words of `text` that an ear with the words `known` cannot hear; empty if all is well.

    {names} of slots are passed over. Takes some 20 µs a sentence.
    """
    _, lost = split(_SLOT.sub(" ", text), language, known)
    return tuple(dict.fromkeys([*unknown(text, language, known), *lost]))


def unknown(text: str, language: Language, known: frozenset[str]) -> tuple[str, ...]:
    """The words of `text` that are not among `known` and could be: what nobody can say is none."""
    words, _ = split(_SLOT.sub(" ", text), language, known)
    return tuple(dict.fromkeys(word for word in words if word not in known))


def pronounce(word: str, language: Language) -> Guess:
    """How a word of a language may be said."""
    return english.pronounce(word) if language is Language.EN else mandarin.pronounce(word)


def written_words(
    examples: Iterable[Example], language: Language, known: frozenset[str]
) -> frozenset[str]:
    """Mandarin words that the flows' authors set apart with blanks, up to four characters.

    A sentence without any blank tells nothing, a longer piece is more likely a sentence, and
    what known words make up (这|个) stays apart, or it would be counted half as either.
    """
    if language is Language.EN:
        return frozenset()
    pieces = (piece for example in examples for piece in _pieces(example.text))
    words = {piece for piece in pieces if mandarin.is_word(piece)}
    return frozenset(word for word in words if not known.issuperset(mandarin.cut(word, known)))


def _pieces(text: str) -> list[str]:
    pieces = text.split()
    return pieces if len(pieces) > 1 else []


@cache
def class_words(language: Language) -> frozenset[str]:
    """Every word that numbers, dates, times and amounts are made of."""
    filler = talk.Filler(language, seed=3)
    names = classes(language)
    said = (filler.fill(f"{{{name}}}") for name in names for _ in range(400))
    return frozenset(word for sentence in said for word in sentence.split())


def collect(
    examples: Iterable[Example],
    slots: Mapping[str, Sequence[str]],
    language: Language,
    known: frozenset[str],
    fillings: int = 6,
) -> tuple[Sentence, ...]:
    """Examples as weighted sentences of words; those with {names} are filled several times."""
    filler = talk.Filler(language, slots, seed=4)
    sentences = []
    for example in examples:
        times = fillings if _SLOT.search(example.text) else 1
        for _ in range(times):
            words, lost = split(filler.fill(example.text), language, known)
            sentences.append(
                Sentence(tuple(words), example.weight / times, example.flow, tuple(lost))
            )
    return tuple(sentences)
