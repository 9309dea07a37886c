"""Which question a text asks: TF-IDF of words, neighbouring words and characters, then linear SVMs.

Needs scikit-learn and nothing of Rasa, so that `evaluate nlu` measures the very code that serves
callers. Mandarin arrives with or without blanks between words, depending on the ear; both
become the same features, because every Han character counts as a word of its own and runs of
Han characters are rejoined for the character n-grams.

One SVM for each intent tells it from all others. The distances become probabilities with a
temperature (Guo et al. 2017), and a text is refused where even the nearest intent is too far:
both fitted on examples that were held back, so that they hold for texts never seen.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_BLANK_BETWEEN_HAN = re.compile(f"(?<=[{HAN}])\\s+(?=[{HAN}])")
_ONE_HAN = re.compile(f"([{HAN}])")
_WORD = r"\S+"
_NOT_TEXT = re.compile(r"[^\w\s']|_")


def normalise(text: str) -> str:
    """Lower case, no punctuation, single blanks, none between Han characters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    words = " ".join(_NOT_TEXT.sub(" ", folded).split())
    return _BLANK_BETWEEN_HAN.sub("", words)


def as_words(text: str) -> str:
    """The text with every Han character as a word of its own."""
    return " ".join(_ONE_HAN.sub(r" \1 ", normalise(text)).split())


FOLDS = 5
MANY = 3000
"""From so many examples on, one held-back fifth says enough about temperature and threshold."""
REJECTED, REJECTED_WITH_OUTSIDERS = 0.07, 0.05
"""Shares of held-back texts in scope that the thresholds refuse. Callers stray further from the
examples than held-back examples do: .07 became .105 on CLINC150's validation rows."""
TEMPERATURES = numpy.geomspace(0.05, 2.0, 75)
UNFITTED_TEMPERATURE, UNFITTED_THRESHOLD = 0.25, 0.3
"""Used where an intent has too few examples to hold any back."""
OUT_OF_SCOPE = "oos"
"""Examples of this intent are pushed away from every other; it is never an answer itself."""


def with_neighbours(text: str) -> str:
    """The words, then every two that follow each other, also with one word between them."""
    words = as_words(text).split()
    next_to = [f"{a}_{b}" for a, b in pairwise(words)]
    across = [f"{a}__{b}" for a, b in zip(words, words[2:], strict=False)]
    return " ".join(words + next_to + across)


# What is counted, its weight beside the others, and how a text is made ready for it. Weights from
# one fold of five of BANKING77, November 2026: .9175 so, .9145 with equal weights, .9115 without
# the words one apart, .915 with every pair of words added; character 5-grams cost time only.
_VIEWS = (
    (with_neighbours, 1.4, {"analyzer": "word", "token_pattern": _WORD}),
    (normalise, 1.0, {"analyzer": "char_wb", "ngram_range": (2, 4)}),
)


class Features:
    """Texts as rows of weighted TF-IDF."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Learn the vocabulary; what occurs once in many texts is noise and costs time."""
        seldom = 2 if len(texts) >= MANY else 1
        self.vectorizers = [
            TfidfVectorizer(sublinear_tf=True, min_df=seldom, dtype=numpy.float32, **options)
            for _, _, options in _VIEWS
        ]
        for vectorizer, (view, _, _) in zip(self.vectorizers, _VIEWS, strict=True):
            vectorizer.fit([view(text) for text in texts])

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """One row per text; all zero where no word of it was ever seen."""
        words, *more = [
            vectorizer.transform([view(text) for text in texts]) * weight
            for vectorizer, (view, weight, _) in zip(self.vectorizers, _VIEWS, strict=True)
        ]
        is_known = diags((words.getnnz(axis=1) > 0).astype(numpy.float32))
        return is_known.dot(hstack([words, *more])).tocsr()


class Distances:
    """How far a row lies on an intent's side: one linear SVM per intent."""

    def __init__(self, rows: csr_matrix, intents: Sequence[str], strength: float) -> None:
        svm = LinearSVC(C=strength, tol=1e-2, random_state=1).fit(rows, list(intents))
        self.intents = [str(intent) for intent in svm.classes_]
        two = len(self.intents) == 2  # scikit-learn then keeps the second intent's SVM only
        weights = numpy.vstack([-svm.coef_, svm.coef_]) if two else svm.coef_
        offsets = numpy.hstack([-svm.intercept_, svm.intercept_]) if two else svm.intercept_
        # Contiguous by feature: else each single text would copy the whole matrix.
        self.weights = numpy.ascontiguousarray(weights.T, dtype=numpy.float32)
        self.offsets = offsets.astype(numpy.float32)

    def of(self, rows: csr_matrix) -> numpy.ndarray:
        """One row per text, one column per intent."""
        return rows.dot(self.weights) + self.offsets


class IntentModel:
    """Give `ranking(text)`: intents with probabilities, most probable first."""

    def __init__(self, strength: float = 0.5) -> None:
        """`strength` is the inverse of the regularisation; higher trusts the examples more."""
        self.strength = strength
        self.temperature, self.threshold = UNFITTED_TEMPERATURE, UNFITTED_THRESHOLD

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> "IntentModel":
        """Learn from examples; needs at least two intents."""
        self._calibrate(list(texts), list(intents))
        self._learn(texts, intents)
        return self

    def probabilities(self, texts: Sequence[str]) -> numpy.ndarray:
        """One row per text, one column per `intents`; each row sums to 1, or is 0 where a text
        has no word that was ever seen: nothing can be said about it.
        """
        rows = self.features.rows(texts)
        found = softmax(self.distances.of(rows) / self.temperature)
        found[rows.getnnz(axis=1) == 0] = 0.0
        return found

    @property
    def intents(self) -> list[str]:
        """The known intents, in the order of the columns."""
        return self.distances.intents

    def ranking(self, text: str) -> list[tuple[str, float]]:
        """Intents with probabilities, most probable first; empty for a foreign text."""
        row = self.probabilities([text])[0]
        order = numpy.argsort(-row)
        named = [(self.intents[i], float(row[i])) for i in order if row[i] > 0]
        return [(intent, probability) for intent, probability in named if intent != OUT_OF_SCOPE]

    def is_sure(
        self, text: str, ranking: Sequence[tuple[str, float]], threshold: float | None = None
    ) -> bool:
        """Whether the first of a text's ranking may be taken; by its probability if a threshold
        is given or no examples out of scope are known, else by how far it lies from those.
        """
        if not ranking:
            return False
        if threshold is not None:
            return ranking[0][1] >= threshold
        if OUT_OF_SCOPE not in self.intents:
            return ranking[0][1] >= self.threshold
        distances = self.distances.of(self.features.rows([text]))
        return bool(_lead(distances, self.intents)[0] >= self.threshold)

    def _learn(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        self.features = Features(texts)
        self.distances = Distances(self.features.rows(texts), intents, self.strength)

    def _calibrate(self, texts: list[str], intents: list[str]) -> None:
        held = [self._held_back(texts, intents, *fold) for fold in _folds(intents)]
        if not held:
            return
        # Folds may know different intents; only the distances matter, so they are kept apart.
        loss = [sum(_loss(d / t, right) for d, right, _ in held) for t in TEMPERATURES]
        self.temperature = float(TEMPERATURES[int(numpy.argmin(loss))])
        if OUT_OF_SCOPE in intents:
            surest = [_lead(distances, known) for distances, _, known in held]
            share = REJECTED_WITH_OUTSIDERS
        else:
            surest = [softmax(d / self.temperature).max(axis=1) for d, _, _ in held]
            share = REJECTED
        self.threshold = float(numpy.quantile(numpy.concatenate(surest), share))

    def _held_back(
        self, texts: list[str], intents: list[str], learn: list[int], held: list[int]
    ) -> tuple[numpy.ndarray, list[int], list[str]]:
        """Distances of held-back texts in scope, the right columns, the columns' intents."""
        model = IntentModel(self.strength)
        model._learn([texts[i] for i in learn], [intents[i] for i in learn])
        column = {intent: c for c, intent in enumerate(model.intents)}
        known = [i for i in held if intents[i] in column and intents[i] != OUT_OF_SCOPE]
        rows = model.features.rows([texts[i] for i in known])
        return model.distances.of(rows), [column[intents[i]] for i in known], model.intents

    def parts(self) -> dict[str, object]:
        """What has to be kept to restore the model."""
        return {
            "strength": self.strength,
            "temperature": self.temperature,
            "threshold": self.threshold,
            "vectorizers": self.features.vectorizers,
            "intents": self.distances.intents,
            "weights": self.distances.weights,
            "offsets": self.distances.offsets,
        }

    @classmethod
    def from_parts(cls, parts: dict[str, object]) -> "IntentModel":
        """The inverse of `parts`."""
        model = cls(parts["strength"])
        model.temperature, model.threshold = parts["temperature"], parts["threshold"]
        model.features, model.distances = Features.__new__(Features), Distances.__new__(Distances)
        model.features.vectorizers = parts["vectorizers"]
        for name in ("intents", "weights", "offsets"):
            setattr(model.distances, name, parts[name])
        return model


def softmax(rows: numpy.ndarray) -> numpy.ndarray:
    """Each row as probabilities."""
    powers = numpy.exp(rows - rows.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _lead(distances: numpy.ndarray, intents: list[str]) -> numpy.ndarray:
    """How much nearer the nearest intent is than what is out of scope, if such is known."""
    if OUT_OF_SCOPE not in intents:
        return distances.max(axis=1)
    outside = intents.index(OUT_OF_SCOPE)
    return numpy.delete(distances, outside, axis=1).max(axis=1) - distances[:, outside]


def _loss(distances: numpy.ndarray, right: list[int]) -> float:
    found = softmax(distances)[numpy.arange(len(right)), right]
    return float(-numpy.log(numpy.maximum(found, 1e-12)).sum())


def _folds(intents: list[str]) -> Iterator[tuple[list[int], list[int]]]:
    """Rows to learn and rows held back; none where an intent would have nothing left."""
    dealt = [0] * len(intents)
    seen: Counter[str] = Counter()
    for row, intent in enumerate(intents):
        dealt[row] = seen[intent] % FOLDS
        seen[intent] += 1
    if sum(count >= FOLDS for intent, count in seen.items() if intent != OUT_OF_SCOPE) < 2:
        return
    for fold in range(1 if len(intents) >= MANY else FOLDS):
        yield (
            [row for row, place in enumerate(dealt) if place != fold],
            [row for row, place in enumerate(dealt) if place == fold],
        )
