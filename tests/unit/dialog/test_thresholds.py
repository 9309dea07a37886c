"""What is done about an utterance, from probabilities and thresholds."""

import pytest

from ivr.dialog.actions import input_of
from ivr.dialog.flows import Thresholds
from ivr.dialog.step import Understood
from ivr.dialog.thresholds import Act, ChosenThresholds, act_for

THRESHOLDS = ChosenThresholds(answer=0.7, confirm=0.4, choose=0.5)


@pytest.mark.parametrize(
    ("probabilities", "act"),
    [
        ((0.9, 0.05), Act.ANSWER),
        ((0.7,), Act.ANSWER),
        ((0.45, 0.4), Act.CHOOSE),
        ((0.3, 0.25), Act.CHOOSE),
        ((0.6, 0.1), Act.CONFIRM),
        ((0.41, 0.0), Act.CONFIRM),
        ((0.2, 0.15), Act.GUIDE),
        ((0.0, 0.0), Act.GUIDE),
        ((), Act.GUIDE),
    ],
)
def test_probabilities_decide_what_is_done(probabilities: tuple[float, ...], act: Act) -> None:
    assert act_for(probabilities, THRESHOLDS) is act


def test_the_flows_replace_single_thresholds_of_training() -> None:
    replaced = THRESHOLDS.replaced_by(Thresholds(answer=0.9))

    assert replaced == ChosenThresholds(answer=0.9, confirm=0.4, choose=0.5)


def test_the_thresholds_of_the_model_arrive_with_the_text() -> None:
    latest = {
        "intent": {"name": "balance", "confidence": 0.6},
        "text": "balance",
        "thresholds": {"answer": 0.61, "confirm": 0.3, "choose": 0.45},
    }

    said = input_of(latest)

    assert isinstance(said, Understood)
    assert said.chosen == ChosenThresholds(answer=0.61, confirm=0.3, choose=0.45)


def test_a_model_without_thresholds_leaves_the_defaults() -> None:
    said = input_of({"intent": {"name": "balance", "confidence": 0.6}, "text": "balance"})

    assert isinstance(said, Understood)
    assert said.chosen == ChosenThresholds()
