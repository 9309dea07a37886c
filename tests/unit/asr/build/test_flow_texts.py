"""What `ivr models build` reads from a folder of flows."""

from pathlib import Path

import pytest

from ivr.asr.build.flow_texts import read_examples
from ivr.dialog.flows import load_flows
from ivr.domain import Language
from tests.needs import ROOT


def texts_of(tmp_path: Path, yaml: str, language: Language = Language.EN) -> list[str]:
    (tmp_path / "flow.yaml").write_text(yaml, "utf-8")
    return [example.text for example in read_examples(tmp_path, language, {})]


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        ("{type: digits, length: 4}", "{digits4}"),
        ("{type: digits, length: 7}", "{digits}"),
        ("{type: amount}", "{amount}"),
        ("{type: date}", "{date}"),
    ],
)
@pytest.mark.parametrize("key", ["slots", "identity"])
def test_answers_to_slots_are_sentences(tmp_path: Path, key: str, slot: str, said: str) -> None:
    assert set(texts_of(tmp_path, f"{key}:\n  name: {slot}\n")) == {said}


@pytest.mark.parametrize("kind", ["yes_no", "text"])
def test_slots_that_hold_no_figures_add_nothing(tmp_path: Path, kind: str) -> None:
    assert texts_of(tmp_path, f"slots:\n  name: {{type: {kind}}}\n") == []


def test_options_of_a_choice_are_sentences(tmp_path: Path) -> None:
    options = "options: {a: {zh: [半年], en: [half a year]}}"
    yaml = f"slots:\n  months:\n    type: choice\n    {options}\n"

    assert texts_of(tmp_path, yaml) == ["half a year"]
    assert texts_of(tmp_path, yaml, Language.ZH) == ["半年"]


def test_pronunciations_are_no_flow() -> None:
    assert (ROOT / "flows" / "pronunciations.yaml").exists()
    assert "pronunciations" not in load_flows(ROOT / "flows").flows
