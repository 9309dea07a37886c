"""The set-up does each step once, and explains what went wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from setup.steps import Step, carry_out
from setup.work import SetupError, Work


def _step(make: Callable[[Work], None], inputs: str = "1", is_there: bool = True) -> Step:
    return Step("tea", "a pot of tea", lambda _: inputs, lambda _: is_there, make, "Boil water.")


def test_a_step_is_done_once(tmp_path: Path) -> None:
    done: list[str] = []
    step = _step(lambda work: done.append(work.title))

    assert carry_out([step], tmp_path)
    assert carry_out([step], tmp_path)

    assert done == ["a pot of tea"]


def test_a_step_is_done_again_when_its_inputs_change(tmp_path: Path) -> None:
    done: list[str] = []
    carry_out([_step(lambda _: done.append("green"), "green")], tmp_path)

    carry_out([_step(lambda _: done.append("black"), "black")], tmp_path)

    assert done == ["green", "black"]


def test_a_failed_step_tells_problem_log_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def spill(work: Work) -> None:
        work.note("the pot broke")
        raise SetupError("No pot.")

    assert not carry_out([_step(spill)], tmp_path)

    said = capsys.readouterr().out
    assert "a pot of tea: FAILED. No pot." in said
    assert "last line: # the pot broke" in said
    assert f"log: {tmp_path}/.setup/log/tea.log" in said
    assert "remedy: Boil water." in said


def test_a_failed_step_stops_those_behind_it(tmp_path: Path) -> None:
    done: list[str] = []

    def fail(_: Work) -> None:
        raise SetupError("No.")

    second = Step("cake", "cake", lambda _: "", lambda _: True, lambda _: done.append("cake"))

    assert not carry_out([_step(fail), second], tmp_path)
    assert done == []


def test_a_step_whose_product_is_missing_afterwards_has_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not carry_out([_step(lambda _: None, is_there=False)], tmp_path)

    assert "its product is not there" in capsys.readouterr().out


def test_a_command_that_fails_leaves_its_words_in_the_log(tmp_path: Path) -> None:
    work = Work(tmp_path, "tea", tmp_path / "log")

    with pytest.raises(SetupError, match="exit status 3"):
        work.run("sh", "-c", "echo no water; exit 3")

    assert work.log.read_text().splitlines()[-1] == "no water"


def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="within 0 s"):
        Work(tmp_path, "tea", tmp_path / "log").run("sleep", "60", deadline_s=0.1)
