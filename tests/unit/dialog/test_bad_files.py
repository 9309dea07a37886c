"""Flow files as people break them: file, line, column, why, and what to do."""

import shutil
from pathlib import Path

import jinja2
import pytest

from ivr.dialog.check import Finding, check
from ivr.dialog.flows import load_flows
from ivr.dialog.templates import template
from ivr.dialog.vocabulary import Vocabulary
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
        (FEES + "id: fees\n", (None, 1), "'id' stands here twice"),
        ("", (1, None), "is empty.*id, titles, examples, answer"),
        (FEES.partition("examples:")[0], (1, None), "examples and answer are missing.*in part"),
        ("hello", (1, None), "key: value"),
        (FEES.replace("id: fees", "id: Fees!"), (1, 1), "small letters"),
        (FEES.replace(EXAMPLE, "    - /restart"), (5, 7), "begins with /"),
        (FEES.replace(EXAMPLE, '    - "利\\x1b息"'), (5, 7), "control character"),
        (FEES.replace(EXAMPLE, "    - ' '"), (5, 7), "empty"),
        (FEES.replace(EXAMPLE, "    - " + "长" * 300), (5, 7), "at most 200"),
        (FEES.replace(EXAMPLE, "    - 123"), (5, 7), "should be a text.*quotes"),
        (FEES.replace(EXAMPLE, "    -"), (5, 6), "nothing stands behind"),
        (FEES.replace(EXAMPLE, "    - 利\u200b息"), (5, 7), "invisible"),
        (FEES.replace(EXAMPLE, "    － 利息"), (5, 5), "U\\+FF0D.*Begin the line with '- '"),
        (FEES.replace(EXAMPLE, "    • 利息"), (5, 5), "U\\+2022.*Begin the line with '- '"),
        (FEES.replace(EXAMPLE, "\u3000\u3000- 利息"), (5, 1), "U\\+3000.*plain blanks"),
        (FEES.replace(EXAMPLE, "   - 利息"), (5, 6), "read as one text.*same column"),
        (FEES.replace("answer:", "answer：", 1), (None, 7), "U\\+FF1A.*Write ': '"),
        (FEES.replace("answer:", "anwser:", 1), (None, 1), "Did you mean 'answer'\\?$"),
        (FEES.replace("  en:", " en:", 1), (None, 2), "indented unlike"),
        (FEES.replace("id: fees", "id: “fees”"), (1, 1), "Write fees instead of “fees”"),
        (FEES + "tags: [one\n", (None, None), "bracket is not closed"),
        (FEES + "owner: us: all\n", (None, None), "second ': '.*in quotes"),
        (FEES + 'owner: "us\n', (None, 8), "quote is opened here"),
        (FEES + "owner: %us\n", (None, 8), "begins with a sign.*in quotes"),
        (FEES + "owner: {{ us }} all\n", (None, None), "Put all of the text in quotes"),
        (FEES + "follow_ups: coupon\n", (None, 1), "should be a list"),
        (FEES + "hand_over: [{quue: service, reason: x}]\n", (None, 14), "hand_over.0.*'queue'"),
        (FEES.replace("interest and", "interest, and"), (2, None), "sentence in quotes"),
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


@pytest.mark.parametrize("name", ["fees.yml", "fees.yaml.txt", "fees.YAML"])
def test_a_file_with_another_ending_is_not_left_out_in_silence(folder: Path, name: str) -> None:
    (folder / name).write_text(FEES, "utf-8")

    with pytest.raises(ConfigError, match=rf"{name}: ends in .*Rename it to fees\.yaml"):
        load_flows(folder)


def test_a_flow_in_a_folder_of_its_own_is_not_left_out_in_silence(folder: Path) -> None:
    (folder / "loans").mkdir()
    (folder / "loans" / "fees.yaml").write_text(FEES, "utf-8")

    with pytest.raises(ConfigError, match=r"loans/fees\.yaml: lies in a folder.*Move it to"):
        load_flows(folder)


def test_what_an_editor_keeps_beside_a_file_is_no_flow(folder: Path) -> None:
    (folder / "fees.yaml").write_text(FEES, "utf-8")
    (folder / "._fees.yaml").write_bytes(b"\x00\x05\x16\x07")
    (folder / "fees.yaml~").write_text("half", "utf-8")

    assert list(load_flows(folder).flows) == ["fees"]


def test_every_broken_file_is_told_at_once(folder: Path) -> None:
    (folder / "fees.yaml").write_text(FEES.replace("answer:", "anwser:", 1), "utf-8")
    (folder / "limit.yaml").write_text("id: limit\n", "utf-8")
    (folder / "refund.yml").write_text(FEES, "utf-8")

    findings = check(folder, frozenset({"service"}), {})

    told = {each.place.file.name for each in findings}
    assert told == {"fees.yaml", "limit.yaml", "refund.yml"}


def test_a_copy_of_a_flow_is_told_to_be_one(folder: Path) -> None:
    (folder / "fees.yaml").write_text(FEES, "utf-8")
    (folder / "fees (copy).yaml").write_text(FEES, "utf-8")

    with pytest.raises(ConfigError, match=r"used by two.*rename this file.*else delete one"):
        load_flows(folder)


@pytest.mark.parametrize("bracket", ["｛｛ days | number ｝｝", "{ days }", "days }}"])
def test_a_fact_in_other_brackets_would_be_read_out(folder: Path, bracket: str) -> None:
    named = FEES.replace("answer:\n  zh: ", f"answer:\n  zh: 'x {bracket}' #", 1)

    findings = found(folder, named)

    assert [each.is_error for each in findings if "callers would hear" in each.problem] == [True]


def test_a_sign_that_is_not_spoken_is_no_unknown_word() -> None:
    english = Vocabulary(frozenset({"what", "is", "it"}), Language.EN)
    mandarin = Vocabulary(frozenset({"是", "什么"}), Language.ZH)

    assert english.unheard("What is it?") == []
    assert mandarin.unheard("“是 什么”？") == []


def test_conversation_tests_are_checked_with_the_flows(folder: Path) -> None:
    (folder / "fees.yaml").write_text(FEES, "utf-8")
    tests = folder / "tests"
    tests.mkdir()
    (tests / "broken.yaml").write_text("conversations:\n  - nme: x\n", "utf-8")
    (tests / "renamed.yaml").write_text(
        "conversations:\n"
        "  - name: somebody asks for fees\n"
        "    language: en\n"
        "    turns:\n"
        "      - {caller: fees, hotline: {answers: charges}}\n",
        "utf-8",
    )

    findings = check(folder, frozenset({"service"}), {})

    told = [(each.place.file.name, each.place.line, each.problem) for each in findings]
    assert ("renamed.yaml", 5, "this test names 'charges', which is no flow.") in told
    assert any(name == "broken.yaml" and "nme" in problem for name, _, problem in told)


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
