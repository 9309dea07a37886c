"""Fits the weights of `ivr.asr.confidence` on recordings in and out of domain."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.asr import confidence
from ivr.asr.build import vocabulary
from ivr.asr.build.distance import distance
from ivr.asr.evaluate import language_of
from ivr.asr.hypothesis import believe
from ivr.asr.manifest import Clip, telephone
from ivr.asr.models import open_vosk_model
from ivr.asr.vosk import listener
from ivr.domain import Expect, Listening, Word

_RIDGE = 1.0


def fit(
    model_name: str, models_dir: Path, clips: Sequence[Clip], expect: Expect
) -> tuple[float, ...]:
    """The weights for a kind of listening: one a feature. Raises ConfigError.

    A clip in domain counts as right by the share of its characters that were heard right, one
    out of domain as wrong; clips in which nothing was heard teach nothing.
    """
    model = open_vosk_model(model_name, models_dir)
    known = vocabulary.read_words(model.path / "graph/words.txt")
    language = language_of(known)
    hear = listener(model, language)
    rows: list[tuple[float, ...]] = []
    labels: list[float] = []
    for clip in clips:
        closed, free, expected = hear(Listening(language, expect), telephone(clip.path))
        believed, other = believe(closed, free, expected, expect)
        if not believed.known:
            continue
        said, _ = vocabulary.split(clip.text, language, known)
        rows.append(confidence.features(believed.words, other.words if other else None, language))
        labels.append(_rightness("".join(said), believed.known) if clip.in_domain else 0.0)
    return tuple(float(w) for w in logistic(np.array(rows), np.array(labels)))


def _rightness(said: str, heard: Sequence[Word]) -> float:
    errors = distance(said, "".join(word.text for word in heard))
    return max(0.0, 1 - errors / max(1, len(said)))


def logistic(rows: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression on shares (0-1) by Newton's method, a ridge on all but the constant."""
    ridge = _RIDGE * np.eye(rows.shape[1])
    ridge[0, 0] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        found = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (labels - found) - ridge @ weights
        bend = rows.T @ (rows * (found * (1 - found))[:, None]) + ridge
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights
