"""Rules that ops write: what has happened elsewhere makes a question more likely.

A rule is a line of words in a flow file: `payment failed within 24 h`, `repayment due within
3 days`, `card replaced`, `open case`. It fires when such an event is known at the time of the
call; then the flow's odds are multiplied. By how much is learned: a rule starts with a belief
of e^1.5 = 4.5 times and is corrected with every call in which it fired.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ivr.errors import ConfigError

if TYPE_CHECKING:
    from ivr.predict.trend import Past  # needs numpy, which checking flows does not

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

    def fires(self, now_h: float, events: Sequence[Happened], past: "Sequence[Past]") -> bool:
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
    # A time that was not understood would become part of the event's name, which never happens.
    is_timeless = found and not unit and "within" in found["what"].split()
    if not found or is_timeless or (found["unit"] and unit is None):
        remedy = "Write `payment failed within 24 h`, `repayment due within 3 days`, `open case`."
        raise ConfigError(f"rule {text!r} of {question!r} is not understood.", remedy)
    within_h = float(found["n"]) * unit if unit else USUAL_H
    return Rule(question, text, found["what"].replace(" ", "_"), within_h)
