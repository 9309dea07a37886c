"""The backtest: nothing from the future, better than simple guessers, sane on odd logs."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from ivr.errors import ConfigError
from ivr.predict.evaluate import backtest
from ivr.predict.log_file import LoggedCall
from ivr.predict.model import Guess, OnlinePredictor
from ivr.predict.trend import Moment
from tests.unit.predict.logs import START_H, habitual_calls

TEST_FROM_H = START_H + 360 * 0.5


@dataclass
class _Recorded(OnlinePredictor):
    """Keeps every distribution it gives."""

    use_network: bool = False
    given: list[tuple[float, tuple[float, ...]]] = field(default_factory=list)

    def guess(self, moment: Moment) -> Guess:
        guess = super().guess(moment)
        self.given.append((moment.now_h, tuple(guess.chances)))
        return guess


@dataclass
class _Leaky(_Recorded):
    """Is a thousandth surer of the true answer than it can know."""

    answers: dict[float, str] = field(default_factory=dict)

    def guess(self, moment: Moment) -> Guess:
        guess = OnlinePredictor.guess(self, moment)
        number = self.reasons.number(self.answers[moment.now_h])
        if number is not None and number < len(guess.chances):
            guess.chances[number] += 0.001
        self.given.append((moment.now_h, tuple(guess.chances)))
        return guess


def _future_changed(calls: list[LoggedCall], after: int) -> list[LoggedCall]:
    """Give the log with every answer from a call on turned into something else."""
    return [
        call
        if number < after
        else replace(call, reason=f"x{number % 5}", detail="y", resolved_h=call.at_h)
        for number, call in enumerate(calls)
    ]


def _sees_the_future(make: Callable[[list[LoggedCall]], _Recorded]) -> bool:
    """Whether guesses up to a call depend on answers of that call or of later ones."""
    calls, after = habitual_calls(), 450
    given = []
    for log in (calls, _future_changed(calls, after)):
        model = make(log)
        backtest(log, TEST_FROM_H, model=model)
        given.append([chances for at_h, chances in model.given if at_h <= calls[after].at_h])
    return given[0] != given[1]


def test_no_guess_depends_on_its_own_answer_or_on_a_later_one() -> None:
    assert not _sees_the_future(lambda log: _Recorded())


def test_a_planted_leak_is_caught() -> None:
    assert _sees_the_future(lambda log: _Leaky(answers={call.at_h: call.reason for call in log}))


def test_a_case_counts_as_resolved_only_from_then_on() -> None:
    calls = habitual_calls()
    never = [replace(call, resolved_h=call.at_h + 1e6) for call in calls]
    after_the_log = [replace(call, resolved_h=call.at_h + 2e6) for call in calls]

    models = [_Recorded(), _Recorded()]
    for log, model in zip((never, after_the_log), models, strict=True):
        backtest(log, TEST_FROM_H, model=model)

    assert models[0].given == models[1].given


def test_habits_are_found() -> None:
    result = backtest(habitual_calls(habit=0.9), TEST_FROM_H)

    # The law: own reason 90 %, else one of six at random -> .92 is the best possible top-1.
    assert result.model.top1 > 0.85
    # Under this law a caller's own shares are all there is to know.
    assert result.model.log_loss < 1.05 * result.baselines["most_frequent"].log_loss
    assert result.model.log_loss < 0.85 * result.baselines["last"].log_loss
    assert result.model.precision_at_70 is not None
    assert result.model.precision_at_70 > 0.8


def test_chance_is_not_mistaken_for_habit() -> None:
    result = backtest(habitual_calls(habit=0.0), TEST_FROM_H)

    assert result.model.top1 < 0.28
    assert result.model.ece < 0.12
    assert result.model.coverage_at_70 == 0.0


def test_reasons_known_late_are_learned_late() -> None:
    calls = habitual_calls(calls=400)

    result = backtest(
        calls, TEST_FROM_H, known_after_h=1e6, model=OnlinePredictor(use_network=False)
    )

    assert {judged.past_calls for judged in result.judged} == {0}


def test_a_reason_seen_once_and_a_caller_without_number_are_taken() -> None:
    calls = habitual_calls()
    calls[450] = replace(calls[450], reason="只出现一次")
    calls[460] = replace(calls[460], caller="")

    result = backtest(calls, TEST_FROM_H, model=OnlinePredictor(use_network=False))

    once = result.judged[450 - 360]
    assert once.rank == 0
    assert 0 < once.chance_of_truth < 0.2
    assert result.judged[460 - 360].past_calls == 0


def test_a_caller_with_every_call_of_the_log_is_guessed_all_the_same() -> None:
    calls = [replace(call, caller="robot") for call in habitual_calls(calls=450)]

    result = backtest(calls, START_H + 440 * 0.5, model=OnlinePredictor(use_network=False))

    assert result.model.n == 10  # what it costs is measured in tests/bench


@pytest.mark.parametrize(("test_from_h", "words"), [(0.0, "before"), (1e9, "from")])
def test_a_date_outside_the_log_is_explained(test_from_h: float, words: str) -> None:
    with pytest.raises(ConfigError, match=f"no calls {words}"):
        backtest(habitual_calls(calls=50), test_from_h)


def test_a_log_too_short_to_fit_still_gets_guesses() -> None:
    calls = habitual_calls(calls=120)

    result = backtest(calls, calls[100].at_h)

    assert result.model.n == 20
    assert result.model.top1 > 0.3
