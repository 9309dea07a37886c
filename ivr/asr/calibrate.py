"""Fits the weights of `ivr.asr.confidence` on recordings in and out of domain, and judges them.

A judgement is made of speakers that took no part in the fit it judges: the speakers are dealt
into five parts, and each part is judged with weights from the other four. The weights given are
those of all.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.asr import confidence
from ivr.asr.build import vocabulary
from ivr.asr.build.distance import distance
from ivr.asr.evaluate import language_of
from ivr.asr.hypothesis import believe
from ivr.asr.manifest import Clip, telephone
from ivr.asr.models import VoskModel, open_vosk_model
from ivr.asr.vosk import listener
from ivr.domain import Expect, Listening, Word
from ivr.errors import ConfigError

_RIDGE = 1.0
_FOLDS = 5
_DRAWS = 500
ACCEPTED_IN = 0.8
"""Share of the speech in domain that must be accepted when the rest is judged."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """One clip: the features of what was heard, none where nothing was; rightness is 0-1."""

    features: tuple[float, ...]
    rightness: float
    in_domain: bool
    speaker: str


@dataclass(frozen=True)
class Judgement:
    """Shares (0-1) at the threshold `accept`, from which 80 % of the clips in domain are accepted.

    `interval` is that of `accepted_out` at 95 %, by bootstrap over speakers.
    """

    accept: float
    accepted_in: float
    accepted_out: float
    interval: tuple[float, float]
    n_in: int
    n_out: int


@dataclass(frozen=True)
class Fit:
    """One weight a feature; the judgement of speakers that took no part, and of today's weights."""

    weights: tuple[float, ...]
    judgement: Judgement
    today: Judgement


def fit(model_name: str, models_dir: Path, clips: Sequence[Clip], expect: Expect) -> Fit:
    """The weights for a kind of listening. Raises ConfigError.

    A clip in domain counts as right by the share of its characters that were heard right, one
    out of domain as wrong; clips in which nothing was heard teach nothing, and are refused.
    """
    model = open_vosk_model(model_name, models_dir)
    known = vocabulary.read_words(model.path / "graph/words.txt")
    language = language_of(known)
    samples = _hear_all(model, known, clips, Listening(language, expect))
    if not samples:
        problem = f"no clip was heard within the answers to a question of kind `{expect.value}`."
        raise ConfigError(problem, "Add clips of such answers, or fit with `--expect free`.")
    has_evidence = any(len(each.features) > len(confidence.FEATURES) for each in samples)
    is_expected = expect is not Expect.FREE
    now = np.array(
        confidence.weights_of(language, is_expected=is_expected, has_evidence=has_evidence)
    )
    return Fit(
        tuple(float(weight) for weight in _weights(samples)),
        judge(samples, held_out(samples)),
        judge(samples, np.array([_believed(sample, now) for sample in samples])),
    )


def _hear_all(
    model: VoskModel, known: frozenset[str], clips: Sequence[Clip], listening: Listening
) -> tuple[Sample, ...]:
    language = listening.language
    hear = listener(model, language)
    samples = []
    for clip in clips:
        heard = hear(listening, telephone(clip.path))
        believed, other = believe(heard.closed, heard.free, heard.expected, listening.expect)
        if heard.closed is not None and other is None:
            continue  # told beside the grammar: for the weights of the open ear
        evidence = heard.ask(believed.words)
        others = other.words if other else None
        above_db = heard.above_room_db(believed.words)
        found = confidence.features(believed.words, others, language, evidence, above_db)
        said, _ = vocabulary.split(clip.text, language, known)
        rightness = _rightness("".join(said), believed.known) if clip.in_domain else 0.0
        samples.append(
            Sample(found if believed.known else (), rightness, clip.in_domain, clip.speaker)
        )
    return _asked_alike(samples)


def _asked_alike(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Leave out the features of a clip whose sound told nothing where that of others did."""
    most = max((len(each.features) for each in samples), default=0)
    return tuple(
        each if len(each.features) == most else replace(each, features=()) for each in samples
    )


def held_out(samples: Sequence[Sample]) -> Floats:
    """The confidence in each clip, by weights fitted on other speakers; 0 where nothing was heard.

    Clips without a speaker count as one of their own each.
    """
    part = np.array([_part(sample.speaker or str(at)) for at, sample in enumerate(samples)])
    found = np.zeros(len(samples))
    for fold in range(_FOLDS):
        weights = _weights([s for s, p in zip(samples, part, strict=True) if p != fold])
        for at in np.flatnonzero(part == fold).tolist():
            found[at] = _believed(samples[at], weights)
    return found


def judge(samples: Sequence[Sample], confidences: Floats) -> Judgement:
    """How much out of domain is accepted where 80 % of what is in domain are."""
    inside = np.array([sample.in_domain for sample in samples])
    accept = _threshold(confidences[inside])
    outside = confidences[~inside] >= accept
    speakers = [s.speaker or str(at) for at, s in enumerate(samples) if not s.in_domain]
    return Judgement(
        accept=accept,
        accepted_in=float(np.mean(confidences[inside] >= accept)) if inside.any() else 0.0,
        accepted_out=float(outside.mean()) if len(outside) else 0.0,
        interval=_interval(outside, speakers),
        n_in=int(inside.sum()),
        n_out=len(outside),
    )


def logistic(rows: Floats, labels: Floats) -> Floats:
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


def _weights(samples: Sequence[Sample]) -> Floats:
    heard = [(s.features, s.rightness) for s in samples if s.features]
    if not heard:
        return np.zeros(len(confidence.FEATURES))
    rows, labels = np.array([f for f, _ in heard]), np.array([right for _, right in heard])
    # Features of unlike scales (shares, logarithms) are held back alike by the ridge.
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    mean[0] = 0.0  # the constant
    spread[spread < 1e-6] = 1.0
    weights: Floats = logistic((rows - mean) / spread, labels) / spread
    weights[0] -= weights @ mean
    return weights


def _believed(sample: Sample, weights: Floats) -> float:
    if not sample.features:
        return 0.0
    return confidence.probability(weights, sample.features[: len(weights)])


def _part(speaker: str) -> int:
    return zlib.crc32(speaker.encode()) % _FOLDS


def _rightness(said: str, heard: Sequence[Word]) -> float:
    errors = distance(said, "".join(word.text for word in heard))
    return max(0.0, 1 - errors / max(1, len(said)))


def _threshold(inside: Floats) -> float:
    """The highest confidence that `ACCEPTED_IN` of the clips reach; never 0, or all would pass."""
    if not len(inside):
        return 1.0
    ordered = np.sort(inside)[::-1]
    return max(float(ordered[int(np.ceil(ACCEPTED_IN * len(ordered))) - 1]), 1e-6)


def _interval(accepted: NDArray[np.bool_], speakers: Sequence[str]) -> tuple[float, float]:
    if not len(accepted):
        return 0.0, 0.0
    names, owner = np.unique(np.array(speakers), return_inverse=True)
    hits = np.bincount(owner, weights=accepted, minlength=len(names))
    sizes = np.bincount(owner, minlength=len(names))
    drawn = np.random.default_rng(1).integers(len(names), size=(_DRAWS, len(names)))
    shares = hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    return float(np.percentile(shares, 2.5)), float(np.percentile(shares, 97.5))
