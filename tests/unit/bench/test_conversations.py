"""Which conversations are held, and what becomes of their figures."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ivr.analytics.sounds import Stretch
from ivr.audio.wav import write_wav
from ivr.bench.conversations import Wanted, appointments, judged_again
from ivr.bench.figures import by_sound, figures_of, goals, is_promised, rows
from ivr.bench.judge import JudgedCall, JudgedPrompt, JudgedTurn
from ivr.bench.report import leave, report
from ivr.bench.truth import HeldCall, Said
from ivr.cli import app
from ivr.errors import ConfigError
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


def test_a_run_can_be_judged_again_without_calling_anybody(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 80000).astype("<i2")
    hotline = np.zeros(80000, "<i2")
    hotline[4000:16000], hotline[40000:56000] = noise[4000:16000], noise[40000:56000]
    write_wav(tmp_path / "1.wav", bytes(160000), hotline.tobytes())
    said = Said(Stretch(3.0, 4.4), ("fees",), "free")
    call = HeldCall("mine", "plain", "en", 1, "7001", said=(said,), recording="1.wav")
    of_another = replace(call, scenario="not asked for")
    told = [{"call": each.as_json(), "kept": []} for each in (of_another, call)]
    (tmp_path / "truth.json").write_text(json.dumps(told), "utf-8")

    (judged,) = judged_again(tmp_path, ["mine"])

    assert judged.call.scenario == "mine"
    assert judged.turns[0].silence_s == 0.6


def test_scenarios_of_which_no_call_was_held_cannot_be_judged_again(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text("[]", "utf-8")

    with pytest.raises(ConfigError, match="--only"):
        judged_again(tmp_path, ["mine"])


def test_there_is_nothing_to_judge_again_before_the_first_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Hold conversations first"):
        judged_again(tmp_path, ["mine"])


def test_a_ladder_that_cannot_be_read_is_refused_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def converse(*_: object) -> object:
        raise AssertionError("conversations were held")

    monkeypatch.setattr("ivr.cli.bench._converse", converse)

    result = CliRunner().invoke(app, ["bench", "--callers", "1,ten", "--out", str(tmp_path)])

    assert result.exit_code == 2
    assert "'ten' is no number of callers" in result.output
