"""Judges examples with the model that serves callers, in Rasa's own environment."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ivr.dialog.compile import BOT_DIR
from ivr.dialog.examples import OUT_OF_SCOPE, Example, Fold
from ivr.dialog.server import RASA_ENV, environment_of_rasa, rasa_program
from ivr.dialog.understanding import Figures, Judged, figures
from ivr.domain import Language
from ivr.errors import EngineUnavailable

LEAD_INS: Final = {
    Language.ZH: ("你好我想问一下", "喂请问一下", "我想咨询一下", "嗯那个"),
    Language.EN: ("hi i'd like to ask ", "um so i have a question ", "excuse me ", "hello there "),
}
"""What callers begin with, in turn; `ivr/dialog/bot/lead_ins.py` leaves such words out."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
LONGEST_S = 1800.0
"""After this the child is ended; 15,000 examples of 150 intents need a few minutes."""


def judge(
    folds: Sequence[Fold], environment: Path = RASA_ENV, *, with_encoder: bool = False
) -> Figures:
    """Learn and judge every fold; `train_s` is the mean of the folds.

    Raises ConfigError where Rasa's environment is missing, EngineUnavailable where it fails.
    """
    work = [
        {
            "learn": [(e.text, e.intent) for e in f.learn],
            "judge": [e.text for e in f.judge] + _led_in(f),
            "encoder": with_encoder,
        }
        for f in folds
    ]
    found = json.loads(run_script("judge.py", json.dumps(work), environment))
    judged, led_in = list[Judged](), list[Judged]()
    for fold, done in zip(folds, found, strict=True):
        plain = len(fold.judge)
        judged += _judged(fold.judge, done["answers"][:plain])
        led_in += _judged(_in_scope(fold), done["answers"][plain:])
    train_s = sum(done["train_s"] for done in found) / len(found)
    n_train = sum(len(fold.learn) for fold in folds) // len(folds)
    return figures(judged, train_s, n_train, led_in)


def _judged(
    rows: Sequence[Example], answers: Sequence[tuple[str, float, bool, float]]
) -> list[Judged]:
    return [Judged(e.intent, *answer) for e, answer in zip(rows, answers, strict=True)]


def _in_scope(fold: Fold) -> list[Example]:
    return [each for each in fold.judge if each.intent != OUT_OF_SCOPE]


def _led_in(fold: Fold) -> list[str]:
    """Give the texts in scope as callers say them who do not come to the point at once."""
    return [
        lead_ins[number % len(lead_ins)] + each.text
        for number, each in enumerate(_in_scope(fold))
        for lead_ins in [LEAD_INS[Language.ZH if _HAN.search(each.text) else Language.EN]]
    ]


def run_script(name: str, work: str, environment: Path = RASA_ENV) -> str:
    """Run a script of the bot in Rasa's environment: text in, text out.

    Raises ConfigError where the environment is missing, EngineUnavailable where it fails.
    """
    python = rasa_program(environment).with_name("python")
    try:
        done = subprocess.run(  # noqa: S603 - our own script, in our own environment
            [str(python), str(BOT_DIR / name)],
            input=work,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=dict(environment_of_rasa()),
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineUnavailable("nlu", f"not done after {LONGEST_S:.0f} s.") from error
    if done.returncode != 0:
        last = " | ".join(done.stderr.strip().splitlines()[-3:])
        raise EngineUnavailable("nlu", f"{name} failed: {last}")
    return done.stdout
