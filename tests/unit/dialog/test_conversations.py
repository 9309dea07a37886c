"""Conversation tests as ops write them: what is read, what is refused and where."""

from pathlib import Path

import pytest

from ivr.dialog.conversations import chosen, load_conversations
from ivr.dialog.flows import load_flows
from ivr.errors import ConfigError
from tests.needs import ROOT

ONE = """\
conversations:
  - name: a refund is asked for
    language: en
    turns:
      - caller: i want a refund
        hotline: {asks_for: order_number}
"""


def written(folder: Path, text: str, name: str = "refunds.yaml") -> Path:
    file = folder / "tests" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return folder


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_conversations(written(folder, text))
    return str(caught.value)


def test_a_conversation_knows_where_each_turn_is_written(tmp_path: Path) -> None:
    (test,) = load_conversations(written(tmp_path, ONE))

    assert test.name == "refunds: a refund is asked for (en)"
    assert (test.place.line, test.turn_places[0].line) == (2, 5)


def test_words_in_both_languages_are_two_tests(tmp_path: Path) -> None:
    text = ONE.replace("    language: en\n", "").replace(
        "caller: i want a refund", "caller: {zh: 我要退款, en: i want a refund}"
    )

    tests = load_conversations(written(tmp_path, text))

    assert [test.language for test in tests] == ["zh", "en"]


def test_words_in_one_language_need_to_say_which(tmp_path: Path) -> None:
    told = refusal(tmp_path, ONE.replace("    language: en\n", ""))

    assert "refunds.yaml:2" in told
    assert "'i want a refund' is in one language only" in told


def test_keys_without_quotes_are_a_comment_and_the_refusal_says_so(tmp_path: Path) -> None:
    told = refusal(tmp_path, ONE.replace("caller: i want a refund", "presses: #1234"))

    assert "refunds.yaml:5" in told
    assert "keys must be in quotes" in told


def test_a_number_without_quotes_is_not_taken_for_keys(tmp_path: Path) -> None:
    told = refusal(tmp_path, ONE.replace("caller: i want a refund", "presses: 1234"))

    assert 'Put it in quotes: "1234"' in told


def test_a_mistyped_expectation_names_its_line_and_the_right_one(tmp_path: Path) -> None:
    told = refusal(tmp_path, ONE.replace("asks_for", "ask_for"))

    assert "refunds.yaml:6" in told
    assert "'asks_for'" in told


def test_two_conversations_of_one_name_are_refused(tmp_path: Path) -> None:
    told = refusal(tmp_path, ONE + ONE.removeprefix("conversations:\n"))

    assert "refunds.yaml:7" in told
    assert "is used twice" in told


def test_an_opening_with_a_guess_needs_the_guess(tmp_path: Path) -> None:
    told = refusal(tmp_path, ONE.replace("language: en", "language: en\n    opening: offer"))

    assert "needs `offered`" in told


def test_without_a_folder_there_are_no_tests(tmp_path: Path) -> None:
    assert load_conversations(tmp_path) == []


def test_tests_are_chosen_by_words_or_patterns() -> None:
    tests = load_conversations(ROOT / "flows")

    assert {test.place.file.stem for test in chosen(tests, ["identity:"])} == {"identity"}
    assert all(test.language == "zh" for test in chosen(tests, ["*(zh)"]))
    assert chosen(tests, []) == tests
    assert chosen(tests, ["no such name"]) == []


def test_the_starter_set_has_a_hundred_conversations_in_both_languages() -> None:
    tests = load_conversations(ROOT / "flows")

    assert len(tests) >= 100
    assert {test.language for test in tests} == {"zh", "en"}


def test_conversation_tests_are_no_flows() -> None:
    assert (ROOT / "flows" / "tests" / "identity.yaml").exists()

    assert "identity" not in load_flows(ROOT / "flows").flows


def test_every_question_of_the_starter_set_is_asked_in_a_conversation() -> None:
    named = set()
    for test in load_conversations(ROOT / "flows"):
        for turn in test.conversation.turns:
            named |= {turn.hotline.answers, turn.hotline.about, turn.hotline.offers}

    assert set(load_flows(ROOT / "flows").flows) <= named
