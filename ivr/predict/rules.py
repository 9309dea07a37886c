"""Rules that ops write: what has happened elsewhere makes a question more likely.

A rule is a line of words in a flow file: `payment failed within 24 h`, `repayment due within
3 days`, `card replaced`, `open case`. It fires when such an event is known at the time of the
call; then the flow's odds are multiplied. By how much is learned: a rule starts with a belief
of e^1.5 = 4.5 times and is corrected with every call in which it fired.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from ivr.errors import ConfigError
from ivr.predict.calibrate import Array
from ivr.predict.trend import Past

UNITS_H: Final = {
    "minute": 1 / 60,
    "min": 1 / 60,
    "h": 1.0,
    "hour": 1.0,
    "day": 24.0,
    "week": 168.0,
}
FORM: Final = re.compile(r"^(?P<what>[\w ]+?)(?: within (?P<n>\d+) ?(?P<unit>[a-z]+?)s?)?$")
USUAL_H: Final = 168.0
OPEN_CASE: Final = "open_case"
START_WEIGHT: Final = 1.5
RATE: Final = 0.1
MOST_WEIGHT: Final = 6.0


class Happened(NamedTuple):
    """Something that happened to a caller elsewhere; the future counts for what is due."""

    kind: str
    at_h: float


@dataclass(frozen=True, slots=True)
class Rule:
    """`kind` of event within `within_h` hours of the call, before or (when due) after it."""

    question: str
    text: str
    kind: str
    within_h: float

    @property
    def key(self) -> str:
        """What names the rule in records: question and words."""
        return f"{self.question}: {self.text}"

    def fires(self, now_h: float, events: Sequence[Happened], past: Sequence[Past]) -> bool:
        """Whether it applies to a call now."""
        if self.kind == OPEN_CASE:
            return any(
                call.reason == self.question
                and call.resolved_h > now_h >= call.at_h
                and now_h - call.at_h <= self.within_h
                for call in past
            )
        return any(
            event.kind == self.kind and abs(now_h - event.at_h) <= self.within_h for event in events
        )


def parse_rule(question: str, text: str) -> Rule:
    """Read a rule's words; raises ConfigError with an example when they make no sense."""
    found = FORM.match(" ".join(text.lower().split()))
    unit = UNITS_H.get(found["unit"]) if found and found["unit"] else None
    if not found or (found["unit"] and unit is None):
        remedy = "Write `payment failed within 24 h`, `repayment due within 3 days`, `open case`."
        raise ConfigError(f"rule {text!r} of {question!r} is not understood.", remedy)
    within_h = float(found["n"]) * unit if unit else USUAL_H
    return Rule(question, text, found["what"].replace(" ", "_"), within_h)


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
