"""The language model: which words follow which, from weighted sentences.

Interpolated Kneser-Ney smoothing (Kneser and Ney 1995, in the interpolated form of Chen and
Goodman 1999, section 3) over trigrams. Counts may be fractions, since sentences carry weights:
a discount never takes more than the count itself. Words that no sentence holds share a floor,
so that every word of the lexicon can be heard.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

from ivr.asr.build.fst import EPSILON, Draft, Graph
from ivr.asr.build.lexicon import UNKNOWN

BEGIN, END = "<s>", "</s>"
History = tuple[str, ...]
Weighted = tuple[Sequence[str], float]
Counts = list[dict[tuple[str, ...], float]]


@dataclass(frozen=True)
class Smoothing:
    """`discount` (0-1) is taken from every count and given to shorter histories; `floor` is
    the share of probability spread evenly over all words; `unknown` that of `[unk]`."""

    order: int = 3
    discount: float = 0.7
    floor: float = 0.05
    unknown: float = 0.003


@dataclass(frozen=True)
class NGram:
    """A back-off model.

    `following[h][w]` is P(w | h) for words seen after h, `left_over[h]` the factor with which
    the shorter history answers for all others; `()` is the history of single words.
    """

    order: int
    following: dict[History, dict[str, float]]
    left_over: dict[History, float]

    def probability(self, word: str, history: History) -> float:
        """P(word | history), 0-1; a word outside the vocabulary gets that of `[unk]`."""
        factor = 1.0
        while history:
            seen = self.following.get(history)
            if seen is not None:
                if word in seen:
                    return factor * seen[word]
                factor *= self.left_over[history]
            history = history[1:]
        singles = self.following[()]
        return factor * singles.get(word, singles[UNKNOWN])

    def perplexity(self, sentences: Iterable[Sequence[str]]) -> float:
        """How many words the model hesitates between on average, ends of sentences included."""
        total, words = 0.0, 0
        for sentence in sentences:
            history: History = (BEGIN,)
            for word in (*sentence, END):
                total -= log(self.probability(word, history))
                history = (*history, word)[-(self.order - 1) :]
                words += 1
        return exp(total / words) if words else 1.0


def train(sentences: Iterable[Weighted], vocabulary: Iterable[str], how: Smoothing) -> NGram:
    """Estimate a model over `vocabulary` from sentences with weights.

    A sentence is cut where it holds a word outside the vocabulary.
    """
    words = set(vocabulary) - {UNKNOWN}
    counts = _count(sentences, words, how.order)
    _continuations(counts)
    singles = _singles(counts[0], words, how)
    model = NGram(how.order, {(): singles}, {})
    for grams in counts[1:]:
        by_history: dict[History, dict[str, float]] = defaultdict(dict)
        for gram, count in grams.items():
            by_history[gram[:-1]][gram[-1]] = count
        for history, successors in by_history.items():
            _smooth(model, history, successors, how.discount)
    return model


def _smooth(model: NGram, history: History, successors: dict[str, float], discount: float) -> None:
    total = sum(successors.values())
    taken = {word: min(discount, count) for word, count in successors.items()}
    left = sum(taken.values()) / total
    model.following[history] = {
        word: (count - taken[word]) / total + left * model.probability(word, history[1:])
        for word, count in successors.items()
    }
    model.left_over[history] = left


def _count(sentences: Iterable[Weighted], words: set[str], order: int) -> Counts:
    counts: Counts = [defaultdict(float) for _ in range(order)]
    for sentence, weight in sentences:
        for run in _known_runs(sentence, words):
            for end in range(1, len(run) + 1):
                for length in range(1, min(order, end) + 1):
                    counts[length - 1][tuple(run[end - length : end])] += weight
    counts[0].pop((BEGIN,), None)
    return counts


def _known_runs(sentence: Sequence[str], words: set[str]) -> list[list[str]]:
    runs: list[list[str]] = [[BEGIN]]
    for word in sentence:
        if word in words:
            runs[-1].append(word)
        else:
            runs.append([])
    runs[-1].append(END)
    return [run for run in runs if len(run) > 1]


def _continuations(counts: Counts) -> None:
    """Below the top, count in how many contexts a gram occurs instead of how often.

    Grams at the beginning of a sentence have no context before them and keep their counts.
    """
    for lower, upper in pairwise(counts):
        contexts: dict[tuple[str, ...], int] = defaultdict(int)
        for gram in upper:
            contexts[gram[1:]] += 1
        for gram in lower:
            if gram[0] != BEGIN:
                lower[gram] = contexts.get(gram, 1)


def _singles(
    counts: dict[tuple[str, ...], float], words: set[str], how: Smoothing
) -> dict[str, float]:
    total = sum(counts.values()) or 1.0
    even = how.floor / (len(words) + 1)
    known = (*sorted(words), END)
    share = {w: (1 - how.floor) * counts.get((w,), 0.0) / total + even for w in known}
    scale = (1 - how.unknown) / sum(share.values())
    return {**{word: p * scale for word, p in share.items()}, UNKNOWN: how.unknown}


def mix(first: NGram, second: NGram, share: float) -> NGram:
    """`share` (0-1) of the first model and the rest of the second, as one back-off model.

    Both must have the same vocabulary. Method: linear interpolation made static, as in
    Stolcke, "SRILM" (2002), section 3.2.
    """
    mixed = NGram(first.order, {}, {})
    for history in sorted({*first.following, *second.following}, key=lambda h: (len(h), h)):
        words = {*first.following.get(history, ()), *second.following.get(history, ())}
        seen = {
            word: share * first.probability(word, history)
            + (1 - share) * second.probability(word, history)
            for word in words
        }
        mixed.following[history] = seen
        if history:
            shorter = sum(mixed.probability(word, history[1:]) for word in words)
            left = max(1.0 - sum(seen.values()), 1e-7) / max(1.0 - shorter, 1e-7)
            mixed.left_over[history] = left
    return mixed


# --- as a graph --------------------------------------------------------------------------


def grammar_graph(model: NGram, number: dict[str, int]) -> Graph:
    """The model as an acceptor of word numbers, one state per history; back-off is silent."""
    draft = Draft()
    state = {history: draft.state() for history in sorted(model.following)}
    for history, here in state.items():
        for word, probability in model.following[history].items():
            if word == END:
                draft.finals[here] = -log(probability)
                continue
            reached = state[_nearest((*history, word)[-(model.order - 1) :], state)]
            draft.arc(here, reached, number[word], number[word], -log(probability))
        if history:
            back = state[_nearest(history[1:], state)]
            draft.arc(here, back, EPSILON, EPSILON, -log(model.left_over[history]))
    return draft.finish(state[_nearest((BEGIN,), state)], "ilabel")


def _nearest(history: History, state: dict[History, int]) -> History:
    while history not in state:
        history = history[1:]
    return history
