"""How much the rules of ops are worth: learned from every call in which one fired."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ivr.predict.calibrate import Array
from ivr.predict.rules import Happened, Rule
from ivr.predict.trend import Past

START_WEIGHT: Final = 1.5
RATE: Final = 0.1
MOST_WEIGHT: Final = 6.0


@dataclass
class RuleBook:
    """All rules with their learned weights (log-odds), by the rule's question and text."""

    rules: tuple[Rule, ...] = ()
    weights: dict[str, float] = field(default_factory=dict[str, float])

    def fired(
        self, now_h: float, events: Sequence[Happened], past: Sequence[Past]
    ) -> tuple[Rule, ...]:
        """Give the rules that apply to a call."""
        return tuple(rule for rule in self.rules if rule.fires(now_h, events, past))

    def apply(self, names: Sequence[str], chances: Array, fired: Sequence[Rule]) -> Array:
        """Raise the odds of the questions whose rules fired; the sum stays as it was."""
        lift = np.zeros(len(chances))
        for rule in fired:
            if rule.question in names:
                lift[names.index(rule.question)] += self.weight(rule)
        if not lift.any():
            return chances
        raised = chances * np.exp(lift)
        return np.asarray(raised * (chances.sum() / raised.sum()))

    def learn(self, chances: Mapping[str, float], fired: Iterable[str], reason: str) -> None:
        """Correct the weights of the rules that fired (one step up the log-likelihood).

        `fired` holds their keys, `chances` the probabilities that were given.
        """
        for key in fired:
            question = key.partition(": ")[0]
            error = float(reason == question) - chances.get(question, 0.0)
            moved = self.weights.get(key, START_WEIGHT) + RATE * error
            self.weights[key] = min(max(moved, 0.0), MOST_WEIGHT)

    def weight(self, rule: Rule) -> float:
        """Give the log of the factor by which a rule raises the odds."""
        return self.weights.get(rule.key, START_WEIGHT)
