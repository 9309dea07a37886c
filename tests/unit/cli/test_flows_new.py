"""`ivr flows new` begins a file in which only the words are missing."""

import shutil
from pathlib import Path

import pytest

from ivr.cli.flows_new import new
from ivr.dialog.check import check
from ivr.dialog.flows import load_flows
from ivr.errors import ConfigError
from tests.needs import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("hotline", "navigation"):
        shutil.copy(ROOT / "flows" / f"{name}.yaml", tmp_path)
    return tmp_path


def test_what_is_missing_in_a_new_question_is_told_with_its_line(folder: Path) -> None:
    new("refer_a_friend", zh="推荐朋友", en="a friend", folder=folder)

    (finding,) = check(folder, frozenset({"service"}), {})
    assert finding.place.file == folder / "refer_a_friend.yaml"
    assert finding.place.line
    assert "Write something there" in finding.remedy


def test_a_new_question_is_a_flow_once_its_words_are_written(folder: Path) -> None:
    new("refer_a_friend", zh="推荐: '朋友'", en="somebody's friend", folder=folder)
    file = folder / "refer_a_friend.yaml"
    text = file.read_text("utf-8").replace("    -\n", "    - 推荐 朋友\n", 1)
    text = text.replace("    -\n", "    - refer a friend\n", 1)
    answer = text.index("answer:")
    said = text[answer:].replace("  zh:\n  en:\n", "  zh: 好的。\n  en: Yes.\n")
    file.write_text(text[:answer] + said, "utf-8")

    flow = load_flows(folder).flows["refer_a_friend"]

    assert (flow.titles.zh, flow.titles.en) == ("推荐: '朋友'", "somebody's friend")
    findings = check(folder, frozenset({"service"}), {})
    assert [each for each in findings if each.place.file == file] == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Refer a Friend", "such as refer_a_friend"),
        ("推荐", "cannot be the name"),
        ("../refund", "cannot be the name"),
        ("repeat", "taken by the hotline"),
    ],
)
def test_a_name_that_no_question_may_have_is_refused(folder: Path, name: str, told: str) -> None:
    before = sorted(folder.iterdir())

    with pytest.raises(ConfigError, match=told):
        new(name, folder=folder)

    assert sorted(folder.iterdir()) == before


def test_a_question_that_is_there_is_never_overwritten(folder: Path) -> None:
    file = folder / "refund.yaml"
    file.write_text("somebody's work", "utf-8")

    with pytest.raises(ConfigError, match="there already"):
        new("refund", folder=folder)

    assert file.read_text("utf-8") == "somebody's work"
