"""Which question a text asks, how sure that is, and whether it asks anything that is known.

Needs scikit-learn and nothing of Rasa, so that `evaluate nlu` measures the very code that serves
callers.

One SVM for each intent tells it from all others. The distances become probabilities with a
temperature (Guo et al. 2017), and a text is refused where even the nearest intent is too far:
both fitted on examples that were held back, so that they hold for texts never seen. The same
examples choose the thresholds of the dialog's acts. Of a piece of a sentence, `precedents.py`
tells what else it may be part of. Where there is a sentence encoder, the SVMs know its vectors too,
and their distances are mixed with those that `meant.py` learns from the vectors alone.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import expected_turns
import numpy
from distances import Distances, MixedDistances
from expected_turns import Cases, Thresholds
from lead_ins import without_lead_in
from meant import MeantDistances
from precedents import Precedents, corrected
from sentence_encoder import Meanings, meanings
from text_features import Features, plain

FOLDS = 5
MANY = 3000
"""From so many examples on, one held-back fifth says enough about temperature and threshold."""
REJECTED, REJECTED_WITH_OUTSIDERS = 0.07, 0.045
"""Shares of held-back texts in scope that the thresholds refuse. Callers stray further from the
examples than held-back examples do: .045 became .069 on CLINC150's validation rows."""
OUTSIDERS_REFUSED = 0.95
"""Share of held-back examples of `oos` that is enough to refuse."""
TEMPERATURES = numpy.geomspace(0.05, 2.0, 75)
UNFITTED_TEMPERATURE, UNFITTED_THRESHOLD = 0.25, 0.3
"""Used where an intent has too few examples to hold any back."""
OUT_OF_SCOPE = "oos"
"""Examples of this intent are pushed away from every other; it is never an answer itself."""


@dataclass(frozen=True)
class Understanding:
    """Intents with probabilities, most probable first, and whether none of them may be taken.

    The ranking is empty for a text without any word that was ever seen, and holds no intent for
    what is out of scope; its share of the probability is missing from the others.
    """

    ranking: list[tuple[str, float]]
    is_refused: bool


class IntentModel:
    """Give `understand(text)`: intents with probabilities, and whether they may be taken."""

    def __init__(self, strength: float = 0.5, meanings: Meanings | None = None) -> None:
        """`strength` is the inverse of the regularisation; higher trusts the examples more.

        `meanings` are what a sentence encoder tells, where there is one.
        """
        self.strength, self.meanings = strength, meanings
        self.temperature, self.threshold = UNFITTED_TEMPERATURE, UNFITTED_THRESHOLD
        self.thresholds = Thresholds()
        self.cases: list[tuple[list[str], Cases]] = []
        """What was held back in `fit`, for whoever draws it; not kept with the model."""

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> "IntentModel":
        """Learn from examples; needs at least two intents."""
        if self.meanings is not None:
            asked = (without_lead_in(text) for text in texts)
            self.meanings.keep([plain(text) for text in (*texts, *asked)])
        self._calibrate(list(texts), list(intents))
        self._learn(texts, intents)
        if self.meanings is not None:
            self.meanings.forget()
        return self

    @property
    def intents(self) -> list[str]:
        """The known intents, in the order of the columns."""
        return self.distances.intents

    def understand(self, text: str) -> Understanding:
        """Rank the intents; refuse by how far the first lies from the examples out of scope, or
        by its probability where none are known. What callers say before they come to the point is
        left out.
        """
        text = without_lead_in(text)
        columns, values = self.features.row(text)
        if not columns:
            return Understanding([], is_refused=True)
        distances = self.distances.of_one(columns, values)[None, :]
        likely = softmax(distances / self.temperature)
        row = corrected(likely, self.precedents.counts(text)[None, :])[0]
        inside = [i for i in numpy.argsort(-row) if self.intents[i] != OUT_OF_SCOPE]
        ranking = [(self.intents[i], float(row[i])) for i in inside]
        return Understanding(ranking, bool(self._sureness(distances)[0] < self.threshold))

    def _sureness(self, distances: numpy.ndarray) -> numpy.ndarray:
        """What `threshold` is on: the likeliest intent's probability, or its lead over `oos`."""
        if OUT_OF_SCOPE not in self.intents:
            return softmax(distances / self.temperature).max(axis=1)
        outside = self.intents.index(OUT_OF_SCOPE)
        return numpy.delete(distances, outside, axis=1).max(axis=1) - distances[:, outside]

    def _learn(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        self.features = Features(self.meanings)
        self.features.learn(texts)
        kind = Distances if self.meanings is None else MixedDistances
        self.distances = kind(self.features.rows(texts), intents, self.strength)
        column = {intent: c for c, intent in enumerate(self.intents)}
        self.precedents = Precedents(texts, [column[i] for i in intents], len(column))

    def _calibrate(self, texts: list[str], intents: list[str]) -> None:
        held = [self._held_back(texts, intents, *fold) for fold in _folds(intents)]
        if not held:
            return
        # Folds may know different intents; only the distances matter, so they are kept apart.
        loss = [sum(fold.loss(temperature) for fold in held) for temperature in TEMPERATURES]
        self.temperature = float(TEMPERATURES[int(numpy.argmin(loss))])
        for fold in held:
            fold.model.temperature = self.temperature
        self.threshold = _refused_under(held)
        self.cases = [(fold.texts, fold.cases(self.threshold)) for fold in held]
        self.thresholds = expected_turns.choose(joined([cases for _, cases in self.cases]))

    def _held_back(
        self, texts: list[str], intents: list[str], learn: list[int], held: list[int]
    ) -> "HeldBack":
        model = IntentModel(self.strength, self.meanings)
        model._learn([texts[i] for i in learn], [intents[i] for i in learn])
        column = {intent: c for c, intent in enumerate(model.intents)}
        known = [i for i in held if intents[i] in column]
        chosen = [texts[i] for i in known]
        right = numpy.array([column[intents[i]] for i in known])
        asked = [without_lead_in(text) for text in chosen]  # as `understand` reads them
        distances = model.distances.of(model.features.rows(asked))
        counts = numpy.array([model.precedents.counts(text) for text in asked])
        return HeldBack(chosen, model, distances, counts, right)

    def parts(self) -> dict[str, object]:
        """What has to be kept to restore the model."""
        meant = {} if self.meanings is None else {"meant": self.distances.meant.weights}
        return {
            "strength": self.strength,
            "encoder": self.meanings is not None,
            "temperature": self.temperature,
            "threshold": self.threshold,
            "thresholds": asdict(self.thresholds),
            # One text is read a hundred times faster than tens of thousands.
            "terms": ["\n".join(view.terms) for view in self.features.views],
            "rarity": [view.rarity for view in self.features.views],
            "intents": self.distances.intents,
            "weights": self.distances.weights,
            "offsets": self.distances.offsets,
            "examples": "\n".join(self.precedents.texts),
            "columns": self.precedents.columns,
            **meant,
        }

    @classmethod
    def from_parts(cls, parts: dict[str, object]) -> "IntentModel":
        """The inverse of `parts`."""
        model = cls(parts["strength"], meanings(parts["encoder"]))
        model.temperature, model.threshold = parts["temperature"], parts["threshold"]
        model.thresholds = Thresholds(**parts["thresholds"])
        kind = Distances if model.meanings is None else MixedDistances
        model.features, model.distances = Features(model.meanings), kind.__new__(kind)
        kept = zip(model.features.views, parts["terms"], parts["rarity"], strict=True)
        for view, terms, rarity in kept:
            view.restore(terms.split("\n"), rarity)
        for name in ("intents", "weights", "offsets"):
            setattr(model.distances, name, parts[name])
        if model.meanings is not None:
            model.distances.meant = MeantDistances(parts["meant"])
        examples = parts["examples"].split("\n")
        model.precedents = Precedents(examples, parts["columns"], len(model.intents))
        return model


@dataclass(frozen=True)
class HeldBack:
    """A model that learned some examples, its distances of the others, and their right columns."""

    texts: list[str]
    model: IntentModel
    distances: numpy.ndarray
    counts: numpy.ndarray
    right: numpy.ndarray

    @property
    def is_inside(self) -> numpy.ndarray:
        """Which of the texts are in scope."""
        intents = numpy.array(self.model.intents)
        return intents[self.right] != OUT_OF_SCOPE

    def loss(self, temperature: float) -> float:
        """How improbable the right intents of texts in scope are at this temperature."""
        rows = numpy.flatnonzero(self.is_inside)
        found = self.probabilities(temperature)[rows, self.right[rows]]
        return float(-numpy.log(numpy.maximum(found, 1e-12)).sum())

    def probabilities(self, temperature: float) -> numpy.ndarray:
        """Of each intent, a row per text."""
        return corrected(softmax(self.distances / temperature), self.counts)

    def cases(self, threshold: float) -> Cases:
        """What each text would have been taken for, for the choice of thresholds."""
        probabilities = self.probabilities(self.model.temperature)
        if OUT_OF_SCOPE in self.model.intents:
            probabilities[:, self.model.intents.index(OUT_OF_SCOPE)] = 0.0
        order = numpy.argsort(-probabilities, axis=1)[:, :2]
        first, second = numpy.take_along_axis(probabilities, order, axis=1).T
        is_first, is_second = (order == self.right[:, None]).T
        # Two intents of which one is out of scope leave a second that is none.
        is_second &= second > 0
        is_refused = self.model._sureness(self.distances) < threshold
        return Cases(first, second, is_first, is_second, is_refused)


def _refused_under(held: Sequence[HeldBack]) -> float:
    """Where to refuse: a small share in scope, and less where that catches the outsiders too."""
    inside, outside = [], []
    for fold in held:
        sureness = fold.model._sureness(fold.distances)
        inside.append(sureness[fold.is_inside])
        outside.append(sureness[~fold.is_inside])
    outsiders = numpy.concatenate(outside)
    if not len(outsiders):
        return float(numpy.quantile(numpy.concatenate(inside), REJECTED))
    # Never under 0, where what is out of scope lies nearer than any intent.
    needed = max(0.0, float(numpy.quantile(outsiders, OUTSIDERS_REFUSED)))
    allowed = float(numpy.quantile(numpy.concatenate(inside), REJECTED_WITH_OUTSIDERS))
    return min(needed, allowed)


def softmax(rows: numpy.ndarray) -> numpy.ndarray:
    """Each row as probabilities."""
    powers = numpy.exp(rows - rows.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def joined(cases: Sequence[Cases]) -> Cases:
    """Several folds as one."""
    names = ("first", "second", "is_first", "is_second", "is_refused")
    return Cases(*(numpy.concatenate([getattr(each, name) for each in cases]) for name in names))


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
