"""Properties of the classifier that serves callers, in the environment in which it does."""

import json
import subprocess
from typing import Any

import pytest

from ivr.dialog.compile import BOT_DIR
from ivr.dialog.server import environment_of_rasa, rasa_program
from tests.needs import path

pytestmark = pytest.mark.integration

ENDS = {
    "lost": "is lost|is gone|was stolen|is missing|丢 了|不见 了|被 偷 了|没 了",
    "new": "has not come|is late|where is it|never came|没 到|没 收到|还 没 来|晚 了",
    "limit": "raise my limit|my limit is low|more limit|提 额|额度 太 低",
}
POLITE = {"en": ("", "hello ", "please "), "zh": ("", "你好 ", "请问 ")}
SENTENCES = ("hello my card is gone", "请问 我 的 卡 没 到", "please raise my limit")
PIECES = ("my card", "my card please", "我 的 卡")
OFTEN, SELDOM = "open|start|want|need", "close"
"""Of one question with "a savings book" in it there are four times as many examples."""
PROBE = """
import json, sys
import skops.io
from intent_model import IntentModel
job = json.load(sys.stdin)
texts, intents = zip(*job["learn"])
model, again = (IntentModel().fit(texts, intents) for _ in range(2))
kept = skops.io.dumps(model.parts())
trusted = skops.io.get_untrusted_types(data=kept)
loaded = IntentModel.from_parts(skops.io.loads(kept, trusted=trusted))
json.dump([[m.understand(t).ranking for t in job["texts"]] for m in (model, again, loaded)],
          sys.stdout)
"""


def examples() -> list[tuple[str, str]]:
    """Two questions about a card that share how they begin, and one about something else."""
    learn = []
    for intent, ends in ENDS.items():
        for end in ends.split("|"):
            language = "en" if end.isascii() else "zh"
            card = {"en": "my card ", "zh": "我 的 卡 "}[language] if intent != "limit" else ""
            learn += [(polite + card + end, intent) for polite in POLITE[language]]
    for intent, verbs in (("open", OFTEN), ("close", SELDOM)):
        for verb in verbs.split("|"):
            learn += [(f"{polite}{verb} a savings book", intent) for polite in POLITE["en"]]
    return learn


@pytest.fixture(scope="module")
def rankings() -> list[dict[str, dict[str, float]]]:
    """By text, of a model, of another from the same examples, and of the first one loaded."""
    job = {"learn": examples(), "texts": [*SENTENCES, *PIECES, "my savings book"]}
    done = subprocess.run(
        [str(rasa_program(path(".venv-rasa")).with_name("python")), "-c", PROBE],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**environment_of_rasa(), "PYTHONPATH": str(BOT_DIR)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Any = json.loads(done.stdout)
    return [
        {text: dict(ranking) for text, ranking in zip(job["texts"], each, strict=True)}
        for each in found
    ]


def test_probabilities_sum_to_one(rankings: Any) -> None:
    assert [sum(found.values()) for found in rankings[0].values()] == pytest.approx([1.0] * 7)


def test_the_same_examples_make_the_same_model(rankings: Any) -> None:
    assert rankings[1] == rankings[0]


def test_a_loaded_model_understands_as_the_one_that_was_kept(rankings: Any) -> None:
    assert rankings[2] == rankings[0]


def test_a_sentence_is_understood_for_sure(rankings: Any) -> None:
    tops = [next(iter(rankings[0][text].items())) for text in SENTENCES]

    assert [top for top, _ in tops] == ["lost", "new", "limit"]
    assert all(sure > 0.8 for _, sure in tops)


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_that_two_questions_share_is_for_neither_for_sure(
    rankings: Any, piece: str
) -> None:
    found = rankings[0][piece]

    assert max(found.values()) < 0.7
    assert min(found["lost"], found["new"]) > 0.3


def test_who_writes_more_examples_does_not_own_a_piece_of_them(rankings: Any) -> None:
    found = rankings[0]["my savings book"]

    assert max(found.values()) < 0.8
    assert found["close"] > 0.2
