"""Conversations as data: what ships is right, and a mistake names its file and line."""

from pathlib import Path

import pytest

from ivr.errors import ConfigError
from ivr.sim.scenario import load_scenarios

GOOD = """\
title: A question
steps:
  - says: [fees]
  - hears: prompt
"""


def problem_of(tmp_path: Path, text: str) -> str:
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_scenarios(tmp_path)
    return str(caught.value)


def test_everything_that_the_bench_promises_to_try_is_there() -> None:
    shipped = load_scenarios()

    conditions = [line for scenario in shipped.values() for line in scenario.lines.values()]
    assert {line.codec for line in conditions} == {"ulaw", "alaw", "g722"}
    assert {line.background for line in conditions} > {"music", "television", "second_voice"}
    assert {line.snr_db for line in conditions if line.background == "babble"} == {20, 10, 5}
    assert {line.echo.loss_db for line in conditions if line.echo} >= {10, 20, 30, 40}
    assert {line.echo.delay_ms for line in conditions if line.echo} >= {30, 250}
    assert max(line.loss for line in conditions) == 0.05
    assert max(line.jitter_ms for line in conditions) == 60


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD, "utf-8")

    assert load_scenarios(tmp_path)["mine"].steps[0].says == ("fees",)


def test_an_unknown_clip_is_named(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, GOOD.replace("[fees]", "[fess]"))

    assert "mine.yaml" in problem
    assert "no clip 'fess'" in problem


def test_a_mistyped_key_is_named_with_its_line(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, GOOD.replace("hears:", "heers:"))

    assert "mine.yaml:4" in problem
    assert "heers" in problem


def test_a_step_does_one_thing(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, GOOD + "    says: [hours]\n")

    assert "mine.yaml:4" in problem
    assert "one thing" in problem


def test_an_unknown_background_is_told_with_the_known_ones(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, GOOD + "lines: {loud: {background: drums}}\n")

    assert "mine.yaml:5" in problem
    assert "babble" in problem


def test_an_unknown_scenario_is_told_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="one_word"):
        load_scenarios(only=["two_words"])
