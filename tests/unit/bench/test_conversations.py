"""Which conversations are held, and what becomes of their figures."""

from pathlib import Path

import pytest

from ivr.analytics.sounds import Stretch
from ivr.bench.conversations import Wanted, appointments
from ivr.bench.figures import by_sound, figures_of, goals, is_promised, rows
from ivr.bench.judge import JudgedCall, JudgedPrompt, JudgedTurn
from ivr.bench.report import leave, report
from ivr.bench.truth import HeldCall
from ivr.sim.scenario import Scenario, Step, load_scenarios

TURN = JudgedTurn("free", ("fees",))


def a_call(*turns: JudgedTurn, prompts: tuple[JudgedPrompt, ...] = ()) -> JudgedCall:
    return JudgedCall(HeldCall("mine", "plain", "en", 1, "7001"), turns, prompts, ())


def waits(asked: str, *seconds: float) -> list[JudgedTurn]:
    return [JudgedTurn(asked, ("yes",), silence_s=each) for each in seconds]


def test_the_short_form_is_a_part_of_the_long_one() -> None:
    shipped = load_scenarios()

    short, full = (set(appointments(Wanted(shipped, is_full, 1))) for is_full in (False, True))

    assert short < full


def test_every_call_has_a_seed_of_its_own_within_its_line() -> None:
    scenario = Scenario(title="x", calls=3, steps=(Step(says=("fees",)),))

    booked = appointments(Wanted({"x": scenario}, is_full=False, seed=10))

    assert [each.seed for each in booked] == [10, 11, 12] * 2


def test_answers_to_closed_and_to_open_questions_are_told_apart() -> None:
    figures = figures_of([a_call(*waits("closed", 0.3, 0.3), *waits("free", 0.9))])

    assert (figures.closed_s["p50"], figures.free_s["p50"]) == (0.3, 0.9)


@pytest.mark.parametrize(("slowest_s", "is_met"), [(0.6, True), (0.9, False)])
def test_a_goal_is_met_only_at_both_percentiles(slowest_s: float, is_met: bool) -> None:
    figures = figures_of([a_call(*waits("closed", 0.3, 0.3, slowest_s))])

    closed = goals(figures, figures)[0]

    assert closed.is_met is is_met


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    nothing = figures_of([])

    assert {goal.is_met for goal in goals(nothing, nothing)} == {None}


def test_a_single_lost_first_word_misses_the_goal() -> None:
    figures = figures_of([a_call(TURN, JudgedTurn("free", ("fees",), lost_first_word=True))])

    lost = next(goal for goal in goals(figures, figures) if "first words" in goal.name)

    assert lost.is_met is False
    assert lost.measured.startswith("1 of 2")


@pytest.mark.parametrize(("loss_db", "expected"), [(None, True), (20, True), (10, False)])
def test_no_promise_is_made_for_echo_stronger_than_20_db(
    loss_db: float | None, expected: bool
) -> None:
    assert is_promised(loss_db) is expected


def test_small_sounds_are_counted_by_kind() -> None:
    when = Stretch(0, 1)
    prompts = (
        JudgedPrompt(when, "", "cough", was_stopped=True),
        JudgedPrompt(when, "", "cough"),
        JudgedPrompt(when, "", "door"),
    )

    assert by_sound([a_call(prompts=prompts)]) == {"cough": (1, 2), "door": (0, 1)}


def test_figures_are_left_as_data_and_as_a_page_that_loads_nothing(tmp_path: Path) -> None:
    scenario = Scenario(title="A <question>", steps=(Step(says=("fees",)),))
    wanted = Wanted({"mine": scenario}, is_full=False, seed=1)

    data, shown = leave(report([a_call(*waits("closed", 0.5))], wanted), wanted, tmp_path)

    page = shown.read_text("utf-8")
    assert "A &lt;question&gt;" in page
    assert "http" not in page
    assert '"closed_s"' in data.read_text("utf-8")
    assert len(rows([a_call(TURN), a_call(TURN)])) == 1
