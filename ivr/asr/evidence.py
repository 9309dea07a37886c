"""What the sound itself says of the words that an ear believes.

Vosk compares words with words: of speech that is none of them the nearest one wins, and is often
"sure". So the sounds of the believed words are held against all sounds there are, as is done to
judge a learner's pronunciation (goodness of pronunciation: Witt and Young, "Phone-level
pronunciation scoring", Speech Communication 30, 2000; over the alignments of a CTC network: Cao
et al., "A framework for phoneme-level pronunciation assessment using CTC", Interspeech 2024).
A network that hears other sounds, or none clearly, speaks against the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.asr.build.distance import distance
from ivr.asr.build.forward import OUTPUT_S
from ivr.asr.vocabulary import UNKNOWN
from ivr.domain import Word

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Columns = tuple[int, ...]
"""The sounds of a reading, as columns of the network's output."""
Readings = tuple[Columns, ...]

_BLANK: Final = 0
_NEVER: Final = -1e9
_LEAST: Final = -1e3
_FAINTEST: Final = -75.0
"""Log probability of a sound in a row below which nothing is told any more."""
_ROWS_BETWEEN: Final = 8
"""Rows after which probabilities are made larger again: nine of the faintest make 1e-293."""
_AROUND: Final = 3
"""Rows around a word: Vosk's times are those of the network's peaks, not of the mouth."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How the sound fits the words."""

    posterior: float
    """Log probability that exactly these sounds were said, a sound of them (at most 0)."""
    clearness: float
    """Mean over the sounds of the probability (0-1) at the moment that speaks most for each."""
    misfit: float
    """Edits from the sounds heard freely to the words', as a share (0-1) of the longer row."""


def evidence(
    scores: Floats, begin_s: float, words: Sequence[Word], readings: Mapping[str, Readings]
) -> Evidence | None:
    """Hold words, `[unk]` among them, against the log probabilities of all sounds.

    `scores` has a row every 30 ms from `begin_s` on, and a column a sound, the blank first. Of a
    word's readings the best counts. None where there is nothing to compare: no audio, or a word
    whose sounds are not known.
    """
    known = [word.text for word in words if word.text != UNKNOWN]
    if not len(scores) or not known or not all(readings.get(word) for word in known):
        return None
    any_sound = scores.shape[1]  # a column for `[unk]`: always as probable as the best sound
    wide = np.column_stack([scores, scores.max(axis=1)])
    chain = _Chain.of(
        [
            (any_sound,)
            if word.text == UNKNOWN
            else _best(readings[word.text], wide, word, begin_s)
            for word in words
        ]
    )
    sounds = [each for each in chain.sounds if each != any_sound]
    path, posterior = chain.best_path(wide), chain.probability(wide)
    peaks = np.exp(chain.peaks(wide, path)[chain.sounds != any_sound])
    heard = _heard(scores)
    return Evidence(
        posterior=posterior / len(sounds),
        clearness=float(peaks.mean()),
        misfit=distance(heard, sounds) / max(len(heard), len(sounds)),
    )


def _best(choice: Readings, scores: Floats, word: Word, begin_s: float) -> Columns:
    """The reading that fits best where Vosk heard the word."""
    if len(choice) == 1:
        return choice[0]
    first = max(0, floor((word.start_s - begin_s) / OUTPUT_S) - _AROUND)
    last = max(first + 1, ceil((word.end_s - begin_s) / OUTPUT_S) + _AROUND)
    window = scores[min(first, len(scores) - 1) : last]
    return max(choice, key=lambda each: _Chain.of([each]).probability(window) / len(each))


def _heard(scores: Floats) -> list[int]:
    """The sounds heard freely: the best of every row, runs of one taken together, no blanks."""
    best = scores.argmax(axis=1)
    is_new = np.concatenate([[True], best[1:] != best[:-1]])
    found: list[int] = best[is_new & (best != _BLANK)].tolist()
    return found


@dataclass(frozen=True)
class _Chain:
    """The states that sounds pass through: a blank before, between and after all of them."""

    sounds: Ints
    states: Ints
    may_skip: NDArray[np.bool_]
    """Whether a state may follow the one before the last: no blank is needed there."""

    @classmethod
    def of(cls, words: Sequence[Columns]) -> "_Chain":
        sounds = np.array([sound for word in words for sound in word])
        states = np.full(2 * len(sounds) + 1, _BLANK)
        states[1::2] = sounds
        may_skip = np.zeros(len(states), dtype=bool)
        may_skip[3::2] = sounds[1:] != sounds[:-1]
        return cls(sounds, states, may_skip)

    def best_path(self, scores: Floats) -> Ints:
        """The likeliest way through the states, one a row (Viterbi's algorithm).

        Where there are fewer rows than sounds it is broken.
        """
        emitted, skipped = self._emitted(scores), np.where(self.may_skip, 0.0, _NEVER)
        ways, best = np.empty((3, len(self.states))), np.empty((len(emitted), len(skipped) + 2))
        best[:, :2], best[0] = _NEVER, _NEVER  # two columns before the first state
        best[0, 2:4] = emitted[0, :2]
        for at in range(1, len(emitted)):
            ways[0], ways[1] = best[at - 1, 2:], best[at - 1, 1:-1]
            np.add(best[at - 1, :-2], skipped, out=ways[2])
            np.add(np.maximum.reduce(ways), emitted[at], out=best[at, 2:])
        last = len(self.states) - (1 if best[-1, -1] >= best[-1, -2] else 2)
        return _traced(best, skipped, last)

    def probability(self, scores: Floats) -> float:
        """The log probability of all ways together; next to 0 with fewer rows than sounds.

        The forward algorithm over the states (Graves et al., ICML 2006), as products of
        probabilities, made larger again before they become too small for a number.
        """
        emitted = np.exp(self._emitted(scores))
        into = np.eye(len(self.states)) + np.eye(len(self.states), k=-1)
        into[2:] += np.eye(len(self.states))[:-2] * self.may_skip[2:, None]
        total, made_larger = np.zeros(len(self.states)), 0.0
        total[:2] = emitted[0, :2]
        for at in range(1, len(emitted)):
            total = into.dot(total)
            total *= emitted[at]
            if at % _ROWS_BETWEEN == 0:
                largest = total.max()
                if not largest:
                    return _LEAST
                total /= largest
                made_larger += log(largest)
        found = float(total[-1] + total[-2])
        return max(_LEAST, made_larger + log(found)) if found else _LEAST

    def _emitted(self, scores: Floats) -> Doubles:
        """What each row says of each state."""
        return np.maximum(scores[:, self.states].astype(np.float64), _FAINTEST)

    def peaks(self, scores: Floats, path: Ints) -> Floats:
        """The log probability of each sound at the moment that speaks most for it."""
        found = np.full(len(self.states), _LEAST, dtype=np.float32)
        np.maximum.at(found, path, scores[np.arange(len(path)), self.states[path]])
        return found[1::2]


def _traced(best: Doubles, skipped: Doubles, last: int) -> Ints:
    """The way that led to the last state; `best` has two columns before the first state."""
    path = [last]
    for row in best[-2::-1]:
        state = path[-1]
        stayed, came, jumped = row[state + 2], row[state + 1], row[state] + skipped[state]
        path.append(state - (0 if stayed >= max(came, jumped) else 1 if came >= jumped else 2))
    return np.array(path[::-1])
