"""What to do about an utterance, from how probable its likeliest questions are.

Training chooses the thresholds by expected turns (`ivr/dialog/bot/expected_turns.py`) and they
travel with each understood text; `thresholds` in `flows/hotline.yaml` replaces them one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from ivr.dialog.flows import Thresholds

CLOSE: Final = 0.5
"""Two are close where the second has at least this share of the first's probability."""


class Act(StrEnum):
    """The four ways to go on from an utterance."""

    ANSWER = "answer"
    CONFIRM = "confirm"
    """"You want to …, right?\""""
    CHOOSE = "choose"
    """"Is it A or B?\""""
    GUIDE = "guide"
    """Ask to describe it."""


@dataclass(frozen=True, slots=True)
class ChosenThresholds:
    """Probabilities, 0 to 1, as training chose them.

    The defaults hold where a model brings none: they follow from the costs in
    `ivr/dialog/bot/expected_turns.py` if probabilities are exactly right.
    """

    answer: float = 0.71
    confirm: float = 0.4
    choose: float = 0.52

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> "ChosenThresholds":  # JSON from Rasa
        """Read what the model sent; the defaults where it sent nothing."""
        given = given or {}
        names = ("answer", "confirm", "choose")
        return cls(**{name: float(given[name]) for name in names if name in given})

    def replaced_by(self, own: Thresholds) -> "ChosenThresholds":
        """These, with what the flows set in their place."""
        return replace(self, **own.model_dump(exclude_none=True))


AS_COSTS_SAY: Final = ChosenThresholds()


def act_for(probabilities: Sequence[float], thresholds: ChosenThresholds) -> Act:
    """What to do; `probabilities` are of the likeliest questions, most probable first.

    A text that the model refused as out of scope is not for this rule: guide.
    """
    first, second = [*probabilities, 0.0, 0.0][:2]
    if first <= 0:
        return Act.GUIDE
    if first >= thresholds.answer:
        return Act.ANSWER
    if second >= CLOSE * first and first + second >= thresholds.choose:
        return Act.CHOOSE
    return Act.CONFIRM if first >= thresholds.confirm else Act.GUIDE
