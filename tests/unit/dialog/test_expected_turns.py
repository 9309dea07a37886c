"""The choice of thresholds by what they cost callers."""

from collections.abc import Iterator
from types import ModuleType

import numpy
import pytest

from ivr.dialog.thresholds import CLOSE, Act, ChosenThresholds, act_for
from tests.unit.dialog.bot_files import bot_file


@pytest.fixture(scope="module")
def expected_turns() -> Iterator[ModuleType]:
    with bot_file("expected_turns") as module:
        yield module


def calibrated(count: int = 4000, inflated: float = 1.0) -> dict[str, numpy.ndarray]:
    """Texts whose first probability is right as often as it says, or less if inflated."""
    chance = numpy.random.default_rng(1)
    first = chance.uniform(0.05, 0.99, count)
    second = (1 - first) * chance.uniform(0, 1, count)
    second = numpy.minimum(second, first)
    drawn = chance.uniform(0, 1, count)
    is_first = drawn < first / inflated
    return {
        "first": first,
        "second": second,
        "is_first": is_first,
        "is_second": ~is_first & (drawn < first / inflated + second),
        "is_refused": numpy.zeros(count, bool),
    }


def test_what_is_counted_follows_the_rule_of_the_dialog(expected_turns: ModuleType) -> None:
    steps = [(a / 20, b / 20) for a in range(20) for b in range(a + 1) if a + b <= 20]
    ours = ChosenThresholds(answer=0.66, confirm=0.31, choose=0.52)
    costs = expected_turns.Costs(wrong=8.0, confirm=1.0, choose=2.0, guide=4.0)
    price = {Act.ANSWER: 8.0, Act.CONFIRM: 1.0 + 4.0, Act.CHOOSE: 2.0 + 4.0, Act.GUIDE: 4.0}

    for first, second in steps:
        nothing = numpy.array([False])
        case = expected_turns.Cases(
            numpy.array([first]), numpy.array([second]), nothing, nothing, nothing
        )
        counted = expected_turns.turns(case, expected_turns.Thresholds(0.66, 0.31, 0.52), costs)
        assert counted == price[act_for((first, second), ours)]
    assert expected_turns.CLOSE == CLOSE
    assert expected_turns.Thresholds() == expected_turns.Thresholds(
        ChosenThresholds().answer, ChosenThresholds().confirm, ChosenThresholds().choose
    )


def test_the_chosen_thresholds_cost_no_more_than_the_usual(expected_turns: ModuleType) -> None:
    cases, costs = expected_turns.Cases(**calibrated(inflated=1.6)), expected_turns.Costs()

    chosen = expected_turns.choose(cases, costs)

    usual = expected_turns.turns(cases, expected_turns.Thresholds(), costs)
    assert expected_turns.turns(cases, chosen, costs) < usual


def test_probabilities_that_promise_too_much_raise_the_answer_threshold(
    expected_turns: ModuleType,
) -> None:
    honest = expected_turns.choose(expected_turns.Cases(**calibrated()))
    boastful = expected_turns.choose(expected_turns.Cases(**calibrated(inflated=1.5)))

    assert boastful.answer > honest.answer + 0.1


def test_a_dearer_wrong_answer_confirms_more(expected_turns: ModuleType) -> None:
    cases = expected_turns.Cases(**calibrated())

    usual = expected_turns.choose(cases)
    dear = expected_turns.choose(cases, expected_turns.Costs(wrong=20.0))

    assert dear.answer > usual.answer


def test_without_texts_the_usual_thresholds_stay(expected_turns: ModuleType) -> None:
    nothing = {name: values[:0] for name, values in calibrated(10).items()}

    assert expected_turns.choose(expected_turns.Cases(**nothing)) == expected_turns.Thresholds()
