"""Learns and judges examples with the very model that serves callers; runs in Rasa's environment.

Reads a list of folds as JSON from standard input, each `{"learn": [[text, intent], …],
"judge": [text, …], "encoder": bool}`, and writes as many `{"train_s", "answers": [[intent,
probability, is_taken, ms], …]}` to standard output. Texts are judged
one by one, as they come from callers.
"""

import json
import sys
import time
from typing import Any

from intent_model import IntentModel
from sentence_encoder import meanings

Json = dict[str, Any]  # as it comes from standard input


def judge(fold: Json) -> Json:
    """Learn, then answer every text."""
    began = time.perf_counter()
    model = IntentModel(meanings=meanings(fold["encoder"]))
    model.fit([text for text, _ in fold["learn"]], [i for _, i in fold["learn"]])
    train_s = time.perf_counter() - began
    return {"train_s": train_s, "answers": [_answer(model, text) for text in fold["judge"]]}


def _answer(model: IntentModel, text: str) -> list[object]:
    began = time.perf_counter()
    found = model.understand(text)
    ms = (time.perf_counter() - began) * 1000
    top, probability = found.ranking[0] if found.ranking else ("", 0.0)
    return [top, probability, not found.is_refused, ms]


if __name__ == "__main__":
    json.dump([judge(fold) for fold in json.load(sys.stdin)], sys.stdout)
