"""Texts as rows of weighted TF-IDF over words, word stems, neighbouring words and characters.

Mandarin arrives with or without blanks between words, depending on the ear; both become the same
features, because every Han character counts as a word of its own and runs of Han characters are
rejoined for the character n-grams.

Written out here instead of taken from scikit-learn, whose vectorizers need 2 ms for a single
text and a tenth of that for each of thousands: callers come one at a time.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy
from scipy.sparse import csr_matrix, hstack
from sentence_encoder import SIZE, Meanings
from stems import spelled_out, stem

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_BLANK_BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\s+(?=[{HAN}])")
_ONE_HAN = re.compile(f"([{HAN}])")
_NOT_TEXT = re.compile(r"[^\w\s']|_")
_NUMBERS = re.compile(
    "[0-9零〇一二三四五六七八九十百千万两幺]+|"
    r"\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)\b"
)
MEANING_WEIGHT = 1.7
"""Length of the encoder's vector beside the rows of words (1.4) and characters (1.0)."""
SEVERAL, SEVERAL_FROM = 2, 3000
"""From so many texts on, what occurs in one of them only is noise and costs time."""


def normalise(text: str) -> str:
    """Lower case, words spelled out, no punctuation, single blanks, none between Han characters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    plain = _NOT_TEXT.sub(" ", folded.replace("\u2019", "'"))
    words = " ".join(spelled_out(plain).split())
    return _BLANK_BETWEEN_HAN.sub("", words)


def plain(text: str) -> str:
    """As `normalise` does, but with punctuation and words as they are: for the encoder."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _BLANK_BETWEEN_HAN.sub("", " ".join(folded.split()))


def is_han(text: str) -> bool:
    """Whether a text holds Han characters, as Mandarin does, also where English is mixed in."""
    return _ONE_HAN.search(text) is not None


def words_of(normalised: str) -> list[str]:
    """The words of a normalised text, every Han character as one of its own."""
    return _ONE_HAN.sub(r" \1 ", normalised).split()


def word_grams(normalised: str) -> list[str]:
    """Words, stems, and two stems that follow each other or have one word between them."""
    words = words_of(normalised)
    stems = [stem(word) for word in words]
    next_to = [f"{a}_{b}" for a, b in pairwise(stems)]
    across = [f"{a}__{b}" for a, b in zip(stems, stems[2:], strict=False)]
    return [*words, *(f"#{each}" for each in stems), *next_to, *across]


def character_grams(normalised: str) -> list[str]:
    """Runs of two to four characters within each word and the blanks around it."""
    return [gram for word in normalised.split() for gram in _runs(f" {word} ")]


def _runs(padded: str) -> Iterator[str]:
    for length in (2, 3, 4):
        if len(padded) <= length:
            yield padded
            return
        yield from (padded[at : at + length] for at in range(len(padded) - length + 1))


def meant_in(rows: csr_matrix | numpy.ndarray) -> csr_matrix | numpy.ndarray:
    """The encoder's vectors in rows of `Features` that know it, with the length 1."""
    return rows[:, -SIZE:] / MEANING_WEIGHT


class View:
    """One way of cutting texts to pieces, with the pieces that training texts had."""

    def __init__(self, cut: Callable[[str], list[str]], weight: float) -> None:
        self.cut, self.weight = cut, weight
        self.terms: list[str] = []
        self.rarity = numpy.zeros(0, numpy.float32)
        self._place: dict[str, int] = {}
        self._rarest = 0.0

    def learn(self, normalised: Sequence[str]) -> None:
        """Take the pieces of these texts, and how rare each is."""
        held_by = Counter(term for text in normalised for term in set(self.cut(text)))
        least = SEVERAL if len(normalised) >= SEVERAL_FROM else 1
        terms = sorted(term for term, count in held_by.items() if count >= least)
        smoothed = numpy.array([1 + held_by[term] for term in terms], numpy.float64)
        self.restore(terms, numpy.log((1 + len(normalised)) / smoothed) + 1)

    def restore(self, terms: Sequence[str], rarity: numpy.ndarray) -> None:
        """Go on with what an earlier `learn` found."""
        self.terms, self.rarity = list(terms), rarity.astype(numpy.float32)
        self._place = {term: place for place, term in enumerate(self.terms)}
        self._rarest = float(self.rarity.max(initial=0.0))

    def row(self, normalised: str) -> tuple[list[int], numpy.ndarray]:
        """The places of the known pieces and their values.

        The length of a row is `weight`, to which pieces never learned add as much as the rarest
        that was: the more of a text is unknown, the less is it like any intent. Numbers are
        never strange: order numbers and amounts come with any question.
        """
        place = self._place
        terms = Counter(self.cut(normalised))
        counts = {place[term]: count for term, count in terms.items() if term in place}
        plain_words = _NUMBERS.sub(" ", normalised)
        strange = terms if plain_words == normalised else self.cut(plain_words)
        unknown = len(set(strange).difference(place)) * self._rarest**2
        found = list(counts)
        often = numpy.array([1 + math.log(count) for count in counts.values()], numpy.float32)
        values = often * self.rarity[found]
        length = math.sqrt(float(values @ values) + unknown)
        return found, values * (self.weight / length) if length else values


class Features:
    """Texts as rows; the first columns are words, then characters, then what a text means."""

    # Weights, stems and n-grams by cross-validation on BANKING77's training rows, November 2026:
    # .909 so, .905 without stems, .899 with characters across words; longer runs cost time only.
    def __init__(self, meanings: Meanings | None = None) -> None:
        """`meanings` are left out where there is no sentence encoder."""
        self.views = (View(word_grams, 1.4), View(character_grams, 1.0))
        self.meanings = meanings

    def learn(self, texts: Sequence[str]) -> None:
        """Take the pieces of the training texts."""
        normalised = [normalise(text) for text in texts]
        for view in self.views:
            view.learn(normalised)

    def row(self, text: str) -> tuple[list[int], numpy.ndarray]:
        """Columns and values of one text; empty where nothing is known of it."""
        columns, values = self._pieces(normalise(text))
        if self.meanings is None:
            return columns, values
        before = self._width
        return (
            [*columns, *range(before, before + SIZE)],
            numpy.hstack([values, MEANING_WEIGHT * self.meanings.of(plain(text))]),
        )

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """One row per text."""
        found = [self._pieces(normalise(text)) for text in texts]
        ends = numpy.cumsum([0, *(len(columns) for columns, _ in found)])
        columns = numpy.array([c for own, _ in found for c in own], numpy.int32)
        values = numpy.hstack([values for _, values in found] or [numpy.zeros(0)])
        shape = (len(texts), self._width)
        matrix = csr_matrix((values.astype(numpy.float32), columns, ends), shape)
        matrix.sort_indices()
        if self.meanings is None or not texts:
            return matrix
        meant = numpy.array([self.meanings.of(plain(text)) for text in texts])
        return hstack([matrix, csr_matrix(MEANING_WEIGHT * meant)], format="csr")

    @property
    def _width(self) -> int:
        return sum(len(view.terms) for view in self.views)

    def _pieces(self, normalised: str) -> tuple[list[int], numpy.ndarray]:
        columns, values = self.views[0].row(normalised)
        if not columns:
            return columns, values
        more, more_values = self.views[1].row(normalised)
        before = len(self.views[0].terms)
        return columns + [before + column for column in more], numpy.hstack([values, more_values])
