"""Files of flows: what is accepted, what is refused and how."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from ivr.dialog.compile import BOT_DIR, LEARNING, compile_project, training_version
from ivr.dialog.flows import load_flows
from ivr.dialog.lookups import LOOKUPS
from ivr.errors import ConfigError
from tests.needs import ROOT
from tests.unit.dialog.talk import starter_flows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    return tmp_path / "flows"


def test_the_starter_set_has_a_lenders_questions() -> None:
    flows = starter_flows().flows

    assert len(flows) >= 18
    assert all(len(f.examples.zh) >= 12 and len(f.examples.en) >= 12 for f in flows.values())


def test_every_lookup_of_the_starter_set_exists() -> None:
    named = {flow.lookup.python for flow in starter_flows().flows.values() if flow.lookup}

    assert named <= set(LOOKUPS)


def test_no_example_belongs_to_two_flows() -> None:
    flows = starter_flows()
    seen: dict[str, str] = {}
    groups = [(flow.id, flow.examples) for flow in flows.flows.values()]
    groups += [
        (name, getattr(flows.navigation, name)) for name in type(flows.navigation).model_fields
    ]

    for id_, examples in groups:
        for example in (*examples.zh, *examples.en):
            assert seen.setdefault(example.replace(" ", ""), id_) == id_, example


def test_an_unknown_key_is_refused_with_its_place(folder: Path) -> None:
    file = folder / "fees.yaml"
    file.write_text(file.read_text("utf-8").replace("answer:", "anwser:"), "utf-8")

    with pytest.raises(ConfigError, match=r"fees\.yaml:\d+") as caught:
        load_flows(folder)

    assert "answer" in str(caught.value)


def test_a_missing_translation_is_refused(folder: Path) -> None:
    file = folder / "fees.yaml"
    file.write_text(
        file.read_text("utf-8").replace("titles: {zh: 利息和费用, en", "titles: {en"), "utf-8"
    )

    with pytest.raises(ConfigError, match=r"titles\.zh"):
        load_flows(folder)


@pytest.mark.parametrize("id_", ["other_name", "yes", "keys"])
def test_an_id_that_is_taken_or_not_the_files_name_is_refused(folder: Path, id_: str) -> None:
    file = folder / "fees.yaml"
    name = id_ if id_ != "other_name" else "fees"
    text = file.read_text("utf-8").replace("id: fees", f"id: {id_}")
    (folder / f"{name}.yaml").write_text(text, "utf-8")

    with pytest.raises(ConfigError, match=id_):
        load_flows(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="flows_dir"):
        load_flows(tmp_path / "nowhere")


def test_wording_changes_the_version_but_needs_no_training(folder: Path) -> None:
    before = load_flows(folder)
    file = folder / "fees.yaml"
    file.write_text(file.read_text("utf-8").replace("no\n    other fees", "no extra fees"), "utf-8")

    after = load_flows(folder)

    assert after.version != before.version
    assert training_version(after) == training_version(before)


def test_a_new_example_needs_training(folder: Path) -> None:
    before = load_flows(folder)
    file = folder / "fees.yaml"
    file.write_text(
        file.read_text("utf-8").replace("  en:\n", "  en:\n    - any charges\n", 1), "utf-8"
    )

    assert training_version(load_flows(folder)) != training_version(before)


def test_a_sentence_encoder_needs_training(folder: Path) -> None:
    before = load_flows(folder)
    file = folder / "hotline.yaml"
    file.write_text("sentence_encoder: true\n" + file.read_text("utf-8"), "utf-8")

    after = load_flows(folder)

    assert training_version(after) != training_version(before)
    assert "encoder: true" in compile_project(after, "")["config.yml"]
    assert "encoder" not in compile_project(before, "")["config.yml"]


def test_the_project_holds_keys_and_no_wording() -> None:
    project = compile_project(starter_flows(), "http://127.0.0.1:1/webhook")

    assert "您下次还款日" not in "".join(project.values())
    assert "refund_form" in project["data/rules.yml"]
    assert "http://127.0.0.1:1/webhook" in project["endpoints.yml"]


def test_whatever_the_classifier_is_made_of_needs_training_when_it_changes() -> None:
    files = {"hotline_nlu.py"}
    while more := {file for name in files for file in imported_by(name)} - files:
        files |= more

    assert files == set(LEARNING)


def imported_by(name: str) -> list[str]:
    tree = ast.parse((BOT_DIR / name).read_text("utf-8"))
    found = [each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    found += [a.name for each in ast.walk(tree) if isinstance(each, ast.Import) for a in each.names]
    return [f"{each}.py" for each in found if each and (BOT_DIR / f"{each}.py").exists()]


def test_flows_that_were_published_before_a_sentence_came_are_still_readable(folder: Path) -> None:
    hotline = folder / "hotline.yaml"
    text = hotline.read_text("utf-8")
    for name in ("read_back", "take_your_time", "noisy_room"):
        text = re.sub(rf"^  {name}:.*\n(?:    .*\n)*", "", text, flags=re.MULTILINE)
        assert name not in text
    hotline.write_text(text, "utf-8")

    wording = load_flows(folder).hotline.wording

    assert "{{ value }}" in wording.read_back.en
    assert wording.take_your_time.zh
    assert wording.noisy_room.en
