"""What `ivr flows check` finds, and where."""

import random
import re
import shutil
from pathlib import Path

import pytest

from ivr.dialog.check import Finding, check
from ivr.dialog.sentences import check_sentence, seconds
from ivr.dialog.similar import near_duplicates
from ivr.dialog.vocabulary import Vocabulary
from ivr.domain import Language
from tests.needs import ROOT

ZH, EN = Language.ZH, Language.EN
QUEUES = frozenset({"service"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    return tmp_path / "flows"


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Change a flow; gives the number of the first changed line."""
    file = folder / f"{name}.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def errors(folder: Path) -> list[Finding]:
    return [finding for finding in check(folder, QUEUES, {}) if finding.is_error]


def test_the_starter_set_has_no_errors() -> None:
    assert errors(ROOT / "flows") == []


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("card_lost", "queue: service", "queue: nowhere", "no queue 'nowhere'"),
        ("refund", "lookup: {python: refund}", "lookup: {python: refnud}", "no lookup 'refnud'"),
        ("refund", "{{ amount | money }}，预计", "{{ sum | money }}，预计", "no fact 'sum'"),
        ("refund", "{{ amount | money }}，预计", "{{ amount | mony }}，预计", "template is broken"),
        ("refund", "  none:", "  nothing:", "never finds 'nothing'"),
        ("refund", "  none:", "  nothing:", "nothing is said when refund finds 'none'"),
        ("refund", "您是想查询退款吗", "您的{{ amount }}退款", "an offer holds facts"),
        ("fees", "tags: [information]", "tags: [legal]", "legal notice can be interrupted"),
        ("hotline", "menu: [balance", "menu: [ballance", "which is no flow"),
        ("fees", "    - 利息 是 多少", "    - 我 要 退款", "'我 要 退款' is the same as"),
        ("fees", "id: fees", "id: fees\n\tx: 1", "has a tab"),
    ],
)
def test_a_mistake_is_found_in_its_file_and_line(
    folder: Path, name: str, old: str, new: str, problem: str
) -> None:
    line = change(folder, name, old, new)

    found = [finding for finding in errors(folder) if problem in finding.problem]

    assert found, errors(folder)
    assert found[0].remedy
    places = [(finding.place.file.stem, finding.place.line or 0) for finding in found]
    elsewhere = "is the same as" in problem or "nothing is said" in problem
    assert elsewhere or any(file == name and abs(at - line) <= 2 for file, at in places)


def test_a_prompt_too_long_for_the_ear_is_a_warning(folder: Path) -> None:
    change(folder, "fees", "没有其他手续费。", "没有其他手续费。" + "请放心借款按时还款。" * 6)

    found = [str(finding) for finding in check(folder, QUEUES, {}) if not finding.is_error]

    assert any(
        re.search(r"fees\.yaml:\d+:\d+: warning: takes \d+ s to say", text) for text in found
    )


def test_a_sentence_encoder_that_nobody_fetched_is_found(folder: Path) -> None:
    file = folder / "hotline.yaml"
    file.write_text("sentence_encoder: true\n" + file.read_text("utf-8"), "utf-8")

    missing = check(folder, QUEUES, {}, has_encoder=False)
    fetched = check(folder, QUEUES, {}, has_encoder=True)

    assert [str(each) for each in missing if each not in fetched] == [
        f"{file}:1:1: error: the sentence encoder is not here. `make encoder` fetches it."
    ]


def test_a_word_that_the_ear_does_not_know_is_a_warning(folder: Path) -> None:
    known = Vocabulary(frozenset(["what", "are", "your", "opening", "hours"]), EN)

    found = check(folder, QUEUES, {EN: known})

    assert any("does not know refund" in finding.problem for finding in found)


def test_a_phrase_that_the_ear_shall_prefer_must_be_known_to_it(folder: Path) -> None:
    known = Vocabulary(frozenset(["what", "are", "your", "opening", "hours"]), EN)
    file = folder / "opening_hours.yaml"
    voice = "voice: {phrases: {zh: [全部], en: [everything]}}"
    kept = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("voice:")]
    file.write_text("\n".join([*kept, voice, ""]), "utf-8")

    found = check(folder, QUEUES, {EN: known})

    assert any("everything" in finding.problem for finding in found)


def test_mandarin_is_split_as_the_ear_would() -> None:
    known = Vocabulary(frozenset({"余额", "我", "查询", "信用卡"}), ZH)

    assert known.unheard("我 查 询 余额") == []
    assert known.unheard("我 信用 余额") == ["信", "用"]


def test_same_and_nearly_same_examples_of_different_flows_are_found() -> None:
    texts = ["我 要 退款", "我要退款", "where is my refund", "where is my new refund", "hello"]
    owners = ["a", "b", "a", "b", "b"]

    assert list(near_duplicates(texts, owners)) == [(0, 1, True), (2, 3, False)]


def test_examples_of_one_flow_may_be_alike() -> None:
    assert not list(near_duplicates(["my refund", "my refund"], ["a", "a"]))


def test_no_pair_of_alike_examples_is_overlooked() -> None:
    drawn = random.Random(5)
    texts = ["".join(drawn.choices("ab退款", k=drawn.randint(1, 9))) for _ in range(300)]

    found = near_duplicates(texts, [str(at) for at in range(len(texts))])

    wanted = [
        (first, second, texts[first] == texts[second])
        for second in range(len(texts))
        for first in range(second)
        if common_share(texts[first], texts[second]) >= 0.8 - 1e-9
    ]
    assert found == wanted
    assert len(wanted) > 100


def common_share(one: str, other: str) -> float:
    first, second = ({*zip(f"^{text}", f"{text}$", strict=True)} for text in (one, other))
    return 2 * len(first & second) / (len(first) + len(second))


@pytest.mark.parametrize(
    ("text", "language", "wanted_s"),
    [("一二三四五六七八九", ZH, 2.0), ("eleven words " * 5 + "here", EN, 4.0)],
)
def test_length_is_counted_as_it_is_spoken(text: str, language: Language, wanted_s: float) -> None:
    assert seconds(text, language) == pytest.approx(wanted_s)


def test_a_fact_is_counted_with_a_long_value() -> None:
    source = "word " * 24 + "{{ balance | money }}"

    troubles = list(check_sentence(source, EN, frozenset({"balance"})))

    assert [trouble.is_error for trouble in troubles] == [False]
