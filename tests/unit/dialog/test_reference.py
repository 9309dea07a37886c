"""What ops and their editors are told of the files is what the classes accept."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter
from typer.testing import CliRunner

from ivr.cli import app
from ivr.config.load import load_yaml
from ivr.dialog.conversations import load_conversations
from ivr.dialog.flows import Flow
from ivr.dialog.hotline_wording import Wording
from ivr.dialog.reference import DOCUMENT, examples_by_class, parts_of, redrawn
from ivr.dialog.schema import FOLDER, KINDS, as_text, schema_of
from tests.needs import ROOT

PARTS = sorted(
    {part for kind in KINDS.values() for part in parts_of(kind)}, key=lambda p: p.__name__
)
FIELDS = [
    pytest.param(part, name, id=f"{part.__name__}.{name}")
    for part in PARTS
    for name in part.model_fields
]
EXAMPLES = examples_by_class()


def test_the_reference_is_drawn_from_the_classes() -> None:
    written = (ROOT / DOCUMENT).read_text("utf-8")

    assert written == redrawn(written), "run `make docs`"
    assert "### Flow\n" in written


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_for_editors_are_those_of_the_classes(kind: str) -> None:
    assert (ROOT / FOLDER / f"{kind}.json").read_text("utf-8") == as_text(kind), "run `make docs`"


@pytest.mark.parametrize(("part", "name"), FIELDS)
def test_every_field_says_what_it_does(part: type[BaseModel], name: str) -> None:
    assert part.model_fields[name].description, "write a text below the field"


@pytest.mark.parametrize(("part", "name"), FIELDS)
def test_every_field_has_an_example_that_is_accepted(part: type[BaseModel], name: str) -> None:
    field = part.model_fields[name]
    if field.annotation is Wording:
        return  # its fields are shown one by one
    given = EXAMPLES.get(part.__name__, {})

    assert name in given, "add one to ivr/dialog/reference.yaml"
    accepted: TypeAdapter[Any] = TypeAdapter(Annotated[field.annotation, field])
    accepted.validate_python(given[name])


def test_no_example_is_of_a_field_that_is_gone() -> None:
    known = {part.__name__: set(part.model_fields) for part in PARTS}

    assert {name for name in EXAMPLES if name not in known} == set()
    assert {n for n, given in EXAMPLES.items() if not set(given) <= known[n]} == set()


def test_an_editor_is_told_of_unknown_keys_and_of_what_must_be_there() -> None:
    schema = schema_of("flow")

    assert schema["additionalProperties"] is False
    assert {"id", "titles", "examples", "answer"} <= set(schema["required"])
    assert schema["properties"]["may_hear"]["description"]


NO_FLOWS = {"pronunciations.yaml"}


@pytest.mark.parametrize(
    "file",
    [file for file in sorted((ROOT / "flows").glob("**/*.yaml")) if file.name not in NO_FLOWS],
    ids=lambda file: file.stem,
)
def test_every_file_of_the_starter_set_names_its_schema(file) -> None:
    first = file.read_text("utf-8").splitlines()[0]

    assert first.startswith("# yaml-language-server: $schema=")
    assert (file.parent / first.partition("$schema=")[2]).exists()


def test_a_schema_is_printed_or_written(tmp_path) -> None:
    printed = CliRunner().invoke(app, ["flows", "schema", "navigation"])
    written = CliRunner().invoke(app, ["flows", "schema", "--out", str(tmp_path / "new")])

    assert json.loads(printed.stdout) == schema_of("navigation")
    assert written.exit_code == 0
    assert {file.stem for file in (tmp_path / "new").iterdir()} == set(KINDS)


def _shown_files() -> Iterator[tuple[str, str]]:
    """Files of flows that the designers' page shows whole, by their names."""
    page = (ROOT / "docs/designers/first-flow.md").read_text("utf-8")
    for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
        if named := re.match(r"# flows/(\S+)\n", block):
            yield named[1], block


def test_the_first_flow_and_its_test_are_read_as_they_are_shown(tmp_path) -> None:
    for name, text in _shown_files():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    flow = load_yaml(tmp_path / "refer_a_friend.yaml", Flow)
    tests = load_conversations(tmp_path)

    assert flow.id == "refer_a_friend"
    assert [test.language for test in tests] == ["zh", "en"]
