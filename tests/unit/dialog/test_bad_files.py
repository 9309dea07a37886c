"""Flow files as people break them: file, line, column, why, and what to do."""

import shutil
from pathlib import Path

import jinja2
import pytest

from ivr.dialog.check import Finding, check
from ivr.dialog.flows import load_flows
from ivr.dialog.templates import template
from ivr.domain import Language
from ivr.errors import ConfigError
from tests.needs import ROOT

FEES = (ROOT / "flows" / "fees.yaml").read_text("utf-8").replace("follow_ups: [coupon]\n", "")
FEES = FEES.partition("\n")[2] if FEES.startswith("#") else FEES  # its schema, for editors
EXAMPLE = "    - 利息 是 多少"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 12)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("hotline", "navigation"):
        shutil.copy(ROOT / "flows" / f"{name}.yaml", tmp_path)
    return tmp_path


def found(folder: Path, content: str | bytes) -> list[Finding]:
    file = folder / "fees.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [each for each in check(folder, frozenset({"service"}), {}) if each.place.file == file]


@pytest.mark.parametrize(
    ("content", "place", "problem"),
    [
        (FEES.replace("  zh:\n", "\tzh:\n", 1), (4, 1), "has a tab"),
        (FEES + "voice:\n\tinterruptible: false\n", (None, 1), "has a tab"),
        (FEES + BOMB, (None, 1), "more than 100,000 values"),
        (FEES + "# padding\n" * 1_000_000, (None, None), "larger than 1 MB"),
        (FEES.replace("id: fees", "id: fe\x07es"), (1, 7), "U\\+0007"),
        (FEES.encode("gbk"), (2, 14), "not UTF-8"),
        (FEES + "tags: " + "[" * 5000, (None, None), "too many open brackets"),
        (FEES + "id: fees\n", (None, 1), "key twice"),
        ("", (1, None), "id: Field required"),
        ("hello", (1, None), "key: value"),
        (FEES.replace("id: fees", "id: Fees!"), (1, 1), "small letters"),
        (FEES.replace(EXAMPLE, "    - /restart"), (5, 7), "begins with /"),
        (FEES.replace(EXAMPLE, '    - "利\\x1b息"'), (5, 7), "control character"),
        (FEES.replace(EXAMPLE, "    - ' '"), (5, 7), "empty"),
        (FEES.replace(EXAMPLE, "    - " + "长" * 300), (5, 7), "at most 200"),
        (FEES.replace(EXAMPLE, "    - 123"), (5, 7), "valid string"),
        (FEES + "slots: {x: {type: dat}}\n", (None, 13), "type.*'date'"),
    ],
)
def test_a_broken_file_is_told_with_its_place(
    folder: Path, content: str | bytes, place: tuple[int | None, int | None], problem: str
) -> None:
    findings = found(folder, content)

    assert findings, "nothing was found"
    at = next((each for each in findings if each.is_error), findings[0])
    assert at.remedy
    line, column = place
    assert line in (None, at.place.line), at
    assert column in (None, at.place.column), at
    with pytest.raises(ConfigError, match=f"(?s){problem}"):
        raise ConfigError(at.problem, at.remedy, at.place)


def test_two_flows_with_one_id_are_told_by_both_names(folder: Path) -> None:
    (folder / "charges.yaml").write_text("# a copy\n" + FEES, "utf-8")
    (folder / "fees.yaml").write_text(FEES, "utf-8")

    with pytest.raises(
        ConfigError, match=r"charges\.yaml:2:1: id 'fees' is used by two.*fees\.yaml"
    ):
        load_flows(folder)


def test_a_file_with_another_ending_is_not_left_out_in_silence(folder: Path) -> None:
    (folder / "fees.yml").write_text(FEES, "utf-8")

    with pytest.raises(ConfigError, match=r"fees\.yml: ends in \.yml.*Rename it to fees\.yaml"):
        load_flows(folder)


@pytest.mark.parametrize(
    "sentence",
    [
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x' * 1000000000 }}",
        "{% for i in range(99999) %}x{% endfor %}",
        "{{ days.__class__ }}",
        "{{ days['x'] }}",
        "{{ range(9) }}",
        "{% include 'other' %}",
        "{% set x = 1 %}",
        "{{ " + "(" * 400 + "x" + ")" * 400 + " }}",
        "{{ days | attr('x') }}",
        "{{ days",
    ],
)
def test_a_sentence_that_is_a_program_is_refused(folder: Path, sentence: str) -> None:
    with pytest.raises(jinja2.TemplateError):
        template(sentence, Language.EN).render(days="3")

    marked = FEES.replace("answer:\n  zh: ", f"answer:\n  zh: {sentence!r} #", 1)
    findings = [each for each in found(folder, marked) if "template is broken" in each.problem]
    assert [(each.is_error, each.place.column) for each in findings] == [(True, 3)]


def test_a_sentence_may_hold_conditions() -> None:
    sentence = (
        "{% if days == '1' or not days %}one day{% else %}{{ days | number }} days{% endif %}"
    )

    assert template(sentence, Language.EN).render(days="3") == "three days"


def test_a_sentence_that_names_a_missing_fact_is_told_with_what_there_is(folder: Path) -> None:
    named = FEES.replace("answer:\n  zh: ", "answer:\n  zh: '{{ nothing }}' #", 1)

    findings = [each for each in found(folder, named) if "nothing" in each.problem]

    assert "there is no fact 'nothing'" in findings[0].problem
    assert "Known" in findings[0].remedy
    assert findings[0].place.line
