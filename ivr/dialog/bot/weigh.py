"""What thresholds cost on the flows' own examples, each judged by a model that never saw it.

Runs in Rasa's environment, but without Rasa. Reads `{"learn": [[text, intent], …], "encoder":
bool, "costs": {name: turns}, "thresholds": {name: probability}}` from standard input, the
thresholds being those that the flows set, and writes `{"chosen", "used", "turns", "groups"}` to
standard output: groups by language, each with its rows, the acts taken, and expected turns for
every answer threshold.
"""

import json
import sys
from dataclasses import asdict, replace
from typing import Any

import numpy
from expected_turns import STEPS, Cases, Costs, Thresholds, choose, turns
from intent_model import IntentModel, joined
from sentence_encoder import meanings
from text_features import is_han

Json = dict[str, Any]  # as it comes from standard input


def weigh(job: Json) -> Json:
    """Learn, choose, and count what other thresholds would have cost."""
    model = IntentModel(meanings=meanings(job["encoder"]))
    model.fit([text for text, _ in job["learn"]], [i for _, i in job["learn"]])
    texts = [text for held, _ in model.cases for text in held]
    cases = joined([each for _, each in model.cases])
    costs = replace(Costs(), **job["costs"])
    chosen = choose(cases, costs)
    used = replace(chosen, **job["thresholds"])
    mandarin = numpy.array([is_han(text) for text in texts])
    groups = {"zh": _only(cases, mandarin), "en": _only(cases, ~mandarin)}
    return {
        "chosen": asdict(chosen),
        "used": asdict(used),
        "costs": asdict(costs),
        "groups": {name: _group(each, used, costs) for name, each in groups.items()},
    }


def _only(cases: Cases, which: numpy.ndarray) -> Cases:
    return Cases(*(getattr(cases, name)[which] for name in Cases.__dataclass_fields__))


def _group(cases: Cases, used: Thresholds, costs: Costs) -> Json:
    if not len(cases.first):
        return {"texts": 0}
    curve = [[float(s), turns(cases, replace(used, answer=float(s)), costs)] for s in STEPS]
    return {
        "texts": len(cases.first),
        "turns": turns(cases, used, costs),
        "answered": float(((cases.first >= used.answer) & ~cases.is_refused).mean()),
        "right": _right_of_answered(cases, used),
        "refused": float(cases.is_refused.mean()),
        "curve": curve,
        "reliability": _reliability(cases),
    }


def _right_of_answered(cases: Cases, used: Thresholds) -> float | None:
    answered = (cases.first >= used.answer) & ~cases.is_refused
    return float(cases.is_first[answered].mean()) if answered.any() else None


def _reliability(cases: Cases) -> list[list[float]]:
    """Mean probability, share of right ones and number of texts, by tenths of probability."""
    tenth = numpy.minimum((cases.first * 10).astype(int), 9)
    found = [tenth == number for number in range(10)]
    return [
        [float(cases.first[rows].mean()), float(cases.is_first[rows].mean()), int(rows.sum())]
        for rows in found
        if rows.any()
    ]


if __name__ == "__main__":
    json.dump(weigh(json.load(sys.stdin)), sys.stdout)
