"""How many examples of each intent hold all words of a text that tell anything.

A classifier learns from whole sentences, and is as sure of a piece of one: in "my card" it finds
nothing but what it knows from "I lost my card". Callers do say pieces. The examples that hold all
the words of a piece show what else it may be part of, so they correct the classifier's
probabilities as observations correct a prior (Dirichlet-multinomial: Gelman et al., Bayesian Data
Analysis, 3.4). Of a sentence with a word more there are hardly ever any, and nothing changes.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy
from stems import stem
from text_features import normalise, words_of

PRIOR_EXAMPLES = 2.0
"""How many examples the classifier's word counts for. Turning it up believes it more."""
FEWEST = 5
"""Fewer examples than this are chance."""

TELLING_NOTHING = frozenset(map(stem, ("my", "the", "a", "please", "我", "的", "请")))
"""Words that no question is told apart by: "my card please" and "我的卡" say "card"."""


class Precedents:
    """The words of all examples, and which examples hold each."""

    def __init__(self, texts: Sequence[str], columns: Sequence[int], intents: int) -> None:
        """`columns` are the intents of the texts, counted from 0."""
        self.texts = [normalise(text) for text in texts]
        self.columns = numpy.array(columns, numpy.int32)
        self.intents = intents
        self._whole = set(self.texts)
        self._holders: dict[str, set[int]] = defaultdict(set)
        for row, text in enumerate(self.texts):
            for word in _words(text):
                self._holders[word].add(row)

    def counts(self, text: str) -> numpy.ndarray:
        """Examples of each intent that hold all words; none for what is an example itself."""
        normalised = normalise(text)
        words = _words(normalised)
        words = words - TELLING_NOTHING or words
        if normalised in self._whole or not words:
            return numpy.zeros(self.intents)
        holders = sorted((self._holders.get(word, set()) for word in words), key=len)
        found = set.intersection(*holders)
        if len(found) < FEWEST:
            return numpy.zeros(self.intents)
        return numpy.bincount(self.columns[list(found)], minlength=self.intents)


def corrected(probabilities: numpy.ndarray, counts: numpy.ndarray) -> numpy.ndarray:
    """The classifier's probabilities, a row per text, after seeing the examples in `counts`.

    Examples are no callers: who wrote ten of a question with "bank card" and two of another did
    not count calls, and each further one tells less. So n of them count for the root of n.
    """
    told = numpy.sqrt(counts)
    seen = told.sum(axis=-1, keepdims=True)
    return (told + PRIOR_EXAMPLES * probabilities) / (seen + PRIOR_EXAMPLES)


def _words(normalised: str) -> set[str]:
    return {stem(word) for word in words_of(normalised)}
