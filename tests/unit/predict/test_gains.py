"""Gains are measured against the hold-out and drawn towards what is known where calls are few."""

import pytest

from ivr.predict.gains import START, Gains, Measured, Measuring, measure


def _calls(
    n: int, took_s: float, *, offered: bool, right: bool, group: str = "new"
) -> list[Measured]:
    return [Measured("fees", group, took_s, offered, right)] * n


def test_before_any_call_one_starts_from_a_turn_and_half_a_turn() -> None:
    assert Gains().of("fees", "new") == START
    assert START.wrong_s == START.right_s / 2


def test_many_calls_speak_for_themselves() -> None:
    calls = (
        _calls(5000, 40.0, offered=True, right=True)
        + _calls(5000, 60.0, offered=False, right=True)
        + _calls(5000, 72.0, offered=True, right=False)
        + _calls(5000, 60.0, offered=False, right=False)
    )

    gain = measure(calls).of("fees", "new")

    assert gain.right_s == pytest.approx(20.0, rel=0.05)
    assert gain.wrong_s == pytest.approx(12.0, rel=0.05)


def test_few_calls_hardly_move_the_belief() -> None:
    calls = _calls(2, 0.0, offered=True, right=True) + _calls(2, 90.0, offered=False, right=True)

    assert measure(calls).of("other", "") == measure(calls).of("", "")
    assert measure(calls).of("", "").right_s < 2 * START.right_s


def test_a_wrong_offer_never_counts_as_a_gain() -> None:
    calls = _calls(900, 10.0, offered=True, right=False) + _calls(
        900, 90.0, offered=False, right=False
    )

    assert measure(calls).of("fees", "new").wrong_s == 0.0


def test_a_group_without_calls_gets_the_question_s_gain() -> None:
    calls = _calls(500, 40.0, offered=True, right=True) + _calls(
        500, 60.0, offered=False, right=True
    )

    gains = measure(calls)

    assert gains.of("fees", "returning") == gains.of("fees", "")
    assert gains.of("fees", "returning").right_s > START.right_s


# --- what was measured fades --------------------------------------------------------------------


def _harmful(calls: int, age_d: float) -> list[Measured]:
    """An offer of one question that costs 20 s, right or not."""
    return [
        Measured("fees", "new", took_s, offered, right, age_d)
        for offered, took_s in ((True, 80.0), (False, 60.0))
        for right in (True, False)
        for _ in range(calls)
    ]


def _helpful(calls: int) -> list[Measured]:
    return [
        Measured("refund", "new", took_s, offered, True)
        for offered, took_s in ((True, 50.0), (False, 60.0))
        for _ in range(calls)
    ]


@pytest.mark.parametrize(("calls", "still_d", "again_d"), [(100, 7.0, 120.0), (1000, 60.0, 270.0)])
def test_a_question_that_cost_time_is_worth_a_trial_again_when_its_calls_have_faded(
    calls: int, still_d: float, again_d: float
) -> None:
    still = measure(_harmful(calls, still_d) + _helpful(1000)).of("fees", "new")
    again = measure(_harmful(calls, again_d) + _helpful(1000)).of("fees", "new")

    assert still.right_s < 0
    assert again.right_s > 0


def test_a_day_of_a_bad_trial_ends_it() -> None:
    trial = _harmful(60, 0.0)

    assert measure(_harmful(1000, 270.0) + trial + _helpful(1000)).of("fees", "new").right_s < 0


def test_measuring_keeps_no_calls() -> None:
    measuring = Measuring()
    for number in range(3000):
        measuring.take(Measured("fees", "new", float(number % 60), number % 2 == 0, True))

    assert len(measuring._cells) == 3
