"""Is the built model fit to listen? Its trial, and the report to its maker."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from ivr.asr.build import acoustic, phones, trial, vocabulary
from ivr.asr.build.alike import sound_alikes
from ivr.asr.build.corpus import Corpus, Order, perplexities
from ivr.asr.build.distance import distance
from ivr.asr.build.pronunciation import Spoken
from ivr.asr.build.report import Misheard, Report, Size
from ivr.domain import Language
from ivr.errors import ConfigError, Place

Say = Callable[[str], bytes]
_SCORE_TOLERANCE = 0.05


@dataclass(frozen=True)
class Ours:
    """What our own forward pass needs."""

    model: acoustic.Acoustic
    sounds: phones.Sounds
    spoken: Spoken


@dataclass(frozen=True)
class Verdict:
    outcome: trial.Outcome
    score_error: float
    cost_before: float


def samples_of(order: Order, corpus: Corpus, say: Say) -> tuple[trial.Sample, ...]:
    """One spoken sentence of every flow, and a word alone for comparing scores."""
    glue = " " if order.language is Language.EN else ""
    first = {
        s.flow: s for s in reversed(corpus.told) if corpus.spoken.readings.keys() >= {*s.words}
    }
    chosen = [(flow, s.words) for flow, s in sorted(first.items()) if s.words]
    alone = [("", (word,)) for word in _ALONE[order.language]]
    return tuple(trial.Sample(f, w, say(glue.join(w))) for f, w in (*alone, *chosen))


_ALONE = {Language.EN: ("yes", "seven", "repayment"), Language.ZH: ("是", "九", "还款")}


def try_out(order: Order, scratch: Path, samples: Sequence[trial.Sample], ours: Ours) -> Verdict:
    words = [sample.words[0] if not sample.flow else "" for sample in samples]
    outcome = trial.run(scratch, samples, words)
    scale = trial.acoustic_scale(scratch / "conf" / "model.conf")
    errors = [
        abs(scored.score - trial.expected_score(ours.model, ours.sounds, readings, pcm, scale))
        for scored, pcm in zip(outcome.scored, (s.pcm for s in samples), strict=False)
        for readings in (ours.spoken.readings[scored.word],)
    ]
    worst = max((error for error in errors if not math.isnan(error)), default=0.0)
    if worst > _SCORE_TOLERANCE:
        raise ConfigError(
            f"the built model scores speech differently from its own network (by {worst:.3f}).",
            "The acoustic model and its conf/ do not belong together; fetch it again.",
            Place(order.base),
        )
    old = order.out if (order.out / "graph" / "HCLr.fst").exists() else order.base
    before = trial.run(old, samples).cost if samples and order.compares else 0.0
    return Verdict(outcome, worst, before)


# --- report ------------------------------------------------------------------------------


def report(order: Order, scratch: Path, corpus: Corpus, verdict: Verdict, began: float) -> Report:
    heard = [one for one in verdict.outcome.heard if one.sample.flow]
    wrong = [one for one in heard if one.freely != one.sample.words]
    flows_of: dict[str, set[str]] = defaultdict(set)
    for sentence in corpus.told:
        for word in sentence.words:
            flows_of[word].add(sentence.flow)
    before, after = perplexities(corpus) if order.compares else (math.nan, math.nan)
    old = order.out if (order.out / "graph" / "words.txt").exists() else order.base
    return Report(
        out=order.out,
        seconds=perf_counter() - began,
        doubts=tuple(d for d in corpus.spoken.doubts if d.word in corpus.told_words),
        unsayable=tuple(w for w in corpus.spoken.unsayable if w in corpus.told_words),
        lost=tuple(sorted({piece for s in corpus.told for piece in s.lost})),
        alikes=sound_alikes(
            {word: frozenset(flows) for word, flows in flows_of.items()}, corpus.spoken.readings
        ),
        misheard=tuple(
            Misheard(one.sample.flow, " ".join(one.sample.words), " ".join(one.freely))
            for one in wrong
        ),
        samples=len(heard),
        grammar_failures=sum(one.by_grammar != one.sample.words for one in heard),
        word_error_rate=_error_rate(heard),
        score_error=verdict.score_error,
        perplexity=after,
        perplexity_before=before,
        before=_size(old, verdict.cost_before),
        after=_size(scratch, verdict.outcome.cost),
    )


def _size(model: Path, cost: float) -> Size:
    files = [path for path in (model / "graph").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    return Size(len(vocabulary.read_words(model / "graph" / "words.txt")), size, cost)


def _error_rate(heard: Sequence[trial.Heard]) -> float:
    said = sum(len(one.sample.words) for one in heard)
    return sum(distance(one.sample.words, one.freely) for one in heard) / said if said else 0.0
