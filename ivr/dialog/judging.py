"""Judges examples with the model that serves callers, in Rasa's own environment."""

import json
import subprocess
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from ivr.dialog.compile import BOT_DIR
from ivr.dialog.examples import Fold
from ivr.dialog.server import RASA_ENV, environment_of_rasa, rasa_program
from ivr.dialog.understanding import Figures, Judged, figures
from ivr.errors import EngineUnavailable

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
            "judge": [e.text for e in f.judge],
            "encoder": with_encoder,
        }
        for f in folds
    ]
    found = json.loads(run_script("judge.py", json.dumps(work), environment))
    judged = list(
        chain.from_iterable(
            _judged(fold, done["answers"]) for fold, done in zip(folds, found, strict=True)
        )
    )
    train_s = sum(done["train_s"] for done in found) / len(found)
    return figures(judged, train_s, sum(len(fold.learn) for fold in folds) // len(folds))


def _judged(fold: Fold, answers: Sequence[tuple[str, float, bool, float]]) -> list[Judged]:
    return [Judged(e.intent, *answer) for e, answer in zip(fold.judge, answers, strict=True)]


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
