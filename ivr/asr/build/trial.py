"""A built model on trial, before anyone listens with it: raw Vosk, in a process of its own.

Vosk ends the process on some broken models, so the trial must not share one with a hotline or
a command. Everything else hears through `ivr.asr.vosk`.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import numpy as np

from ivr.asr.build import acoustic, features, forward
from ivr.asr.build.phones import Sounds
from ivr.asr.build.pronunciation import Reading
from ivr.asr.wheel import vosk
from ivr.errors import ConfigError, Place

RATE_HZ = 8000


@dataclass(frozen=True)
class Sample:
    """A sentence and how it sounds (s16le, 8 kHz)."""

    flow: str
    words: tuple[str, ...]
    pcm: bytes


@dataclass(frozen=True)
class Heard:
    """What the model made of a sample: freely, and with a grammar of this sentence alone."""

    sample: Sample
    freely: tuple[str, ...]
    by_grammar: tuple[str, ...]


@dataclass(frozen=True)
class Scored:
    """One word forced on one sample: Vosk's cost in the same unit as `expected_score`."""

    word: str
    score: float


@dataclass(frozen=True)
class Outcome:
    """`cost` is seconds of decoding per second of speech, on one thread."""

    heard: tuple[Heard, ...]
    scored: tuple[Scored, ...]
    cost: float
    load_s: float


def run(model: Path, samples: Sequence[Sample], words: Sequence[str] = ()) -> Outcome:
    """Load the model in a child process and decode every sample.

    `words[i]` is a word to force on `samples[i]` for comparing scores ("" for none); without
    `words` only free decoding is tried. Raises ConfigError if the model does not load.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(_try_out, model, tuple(samples), tuple(words)).result(timeout=300)
        except (BrokenProcessPool, RuntimeError) as error:
            problem = "Vosk cannot load the model."
            remedy = "Its am/ and conf/ must come from one of the small hotline models."
            raise ConfigError(problem, remedy, Place(model)) from error


def _try_out(model: Path, samples: tuple[Sample, ...], words: tuple[str, ...]) -> Outcome:
    vosk.SetLogLevel(-3)  # not even warnings: what matters is in the outcome
    began = perf_counter()
    try:
        loaded = vosk.Model(str(model))
    except Exception as error:  # vosk raises the bare class
        raise RuntimeError(str(error)) from error
    load_s = perf_counter() - began
    began = perf_counter()
    free = [_decode(vosk.KaldiRecognizer(loaded, RATE_HZ), sample.pcm) for sample in samples]
    spent = perf_counter() - began
    heard = [
        Heard(sample, text, _decode(_with_grammar(loaded, sample.words), sample.pcm))
        for sample, text in zip(samples, free, strict=True)
        if words
    ]
    scored = [
        Scored(word, _score(loaded, word, sample.pcm))
        for word, sample in zip(words, samples, strict=False)
        if word
    ]
    spoken = sum(len(sample.pcm) for sample in samples) / 2 / RATE_HZ
    return Outcome(tuple(heard), tuple(scored), spent / max(spoken, 1e-9), load_s)


def _with_grammar(loaded: vosk.Model, words: tuple[str, ...]) -> vosk.KaldiRecognizer:
    grammar = json.dumps([" ".join(words), "[unk]"], ensure_ascii=False)
    return vosk.KaldiRecognizer(loaded, RATE_HZ, grammar)


def _decode(recognizer: vosk.KaldiRecognizer, pcm: bytes) -> tuple[str, ...]:
    text = []
    for at in range(0, len(pcm), 1600):
        if recognizer.AcceptWaveform(pcm[at : at + 1600]):
            text.append(json.loads(recognizer.Result())["text"])
    text.append(json.loads(recognizer.FinalResult())["text"])
    return tuple(" ".join(text).split())


def _score(loaded, word: str, pcm: bytes) -> float:  # type: ignore[no-untyped-def]  # vosk
    """The acoustic score of a forced word, scaled as the model's `--acoustic-scale` says.

    With one alternative asked for, Vosk returns minus the sum of 0.9 times the graph's cost and
    the acoustic cost; the graph of a one-word grammar costs 3 ln 2.
    """
    recognizer = vosk.KaldiRecognizer(loaded, RATE_HZ, json.dumps([word], ensure_ascii=False))
    recognizer.SetMaxAlternatives(1)
    recognizer.AcceptWaveform(pcm)
    best = json.loads(recognizer.FinalResult())["alternatives"][0]
    if best["text"].split() != [word]:
        return float("nan")
    return float(best["confidence"]) + 0.9 * 3 * float(np.log(2))


# --- the same score without Vosk ---------------------------------------------------------


def expected_score(
    model: acoustic.Acoustic, sounds: Sounds, readings: Sequence[Reading], pcm: bytes, scale: float
) -> float:
    """What `_score` must give: the best CTC alignment of any reading, by our own forward pass."""
    samples = np.frombuffer(pcm, dtype="<i2")
    scores = forward.log_probabilities(model, features.mfcc(samples))
    column = {name: number for number, name in enumerate(sounds.names, start=1)}
    return scale * max(_align(scores, [column[s] for s in reading]) for reading in readings)


def _align(scores: acoustic.Matrix, sounds: Sequence[int]) -> float:
    """Viterbi score of blank-separated sounds (Graves et al. 2006), best path only."""
    states = [0, *(part for sound in sounds for part in (sound, 0))]
    best = np.full(len(states), -np.inf)
    best[:2] = scores[0, states[:2]]
    may_skip = np.array(
        [i % 2 == 1 and i > 2 and states[i] != states[i - 2] for i in range(len(states))]
    )
    for frame in scores[1:]:
        step = np.concatenate([[-np.inf], best[:-1]])
        skip = np.where(may_skip, np.concatenate([[-np.inf, -np.inf], best[:-2]]), -np.inf)
        best = np.maximum(np.maximum(best, step), skip) + frame[states]
    return float(max(best[-1], best[-2]))


def acoustic_scale(conf: Path) -> float:
    """What `conf/model.conf` multiplies the network's scores with."""
    for line in conf.read_text("utf-8").splitlines():
        if line.startswith("--acoustic-scale="):
            return float(line.partition("=")[2])
    return 1.0
