"""Words said alone, also heard in a row.

Most recordings at hand are of single words, and an ear that is trained on nothing else never
hears how one word runs into the next. So a share of the short recordings of each speaker is
strung together, in another order every time: cut to the speech, said faster (a word alone is
said slowly), and run into each other or set apart by a short pause.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.asr.train.channel import RATE_HZ, Samples
from ivr.asr.train.recording import Recording
from ivr.asr.train.tempo import faster

_HOP = 80
_EDGE = 240  # 30 ms of what is around the speech stays: plosives begin softly
_QUIET_DB = -38.0
_LEVEL = 3000.0
_LONGEST_WORD_S = 1.8


@dataclass(frozen=True)
class Rows:
    """How rows are made: the share of short recordings in them, words in one, and their pace."""

    share: float = 0.5
    words: tuple[int, int] = (2, 8)
    pace: tuple[float, float] = (1.0, 2.2)
    pause_s: tuple[float, float] = (0.0, 0.15)
    overlap_s: tuple[float, float] = (0.01, 0.06)


def in_rows(
    recordings: Sequence[Recording], rows: Rows, random: np.random.Generator
) -> list[Recording]:
    """The recordings, a share of the short ones of each speaker strung together."""
    whole: list[Recording] = []
    short: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        is_short = len(recording.samples) < _LONGEST_WORD_S * RATE_HZ
        if is_short and recording.sounds and random.random() < rows.share:
            short[recording.speaker].append(recording)
        else:
            whole.append(recording)
    for words in short.values():
        order = random.permutation(len(words))
        at = 0
        while at < len(order):
            count = int(random.integers(rows.words[0], rows.words[1] + 1))
            whole.append(row([words[i] for i in order[at : at + count]], rows, random))
            at += count
    return whole


def row(words: Sequence[Recording], rows: Rows, random: np.random.Generator) -> Recording:
    """Recordings of one speaker as one, said one after the other."""
    made: Samples = np.zeros(0)
    pace = random.uniform(*rows.pace)
    for word in words:
        said = faster(speech(word.samples), pace * random.uniform(0.9, 1.1))
        loudness = float(np.sqrt(np.mean(said**2))) + 1
        said *= _LEVEL / loudness * random.uniform(0.8, 1.25)
        if random.random() < 0.5:
            overlap = round(random.uniform(*rows.overlap_s) * RATE_HZ)
            made = _run_together(made, said, min(overlap, len(made) // 3, len(said) // 3))
        else:
            pause = np.zeros(round(random.uniform(*rows.pause_s) * RATE_HZ))
            made = np.concatenate([made, pause, said])
    sounds = tuple(sound for word in words for sound in word.sounds)
    samples = np.clip(np.round(made), -32768, 32767).astype(np.int16)
    return Recording(samples, sounds, words[0].speaker)


def _run_together(before: Samples, after: Samples, overlap: int) -> Samples:
    fade = np.linspace(0, 1, overlap)
    shared = before[len(before) - overlap :] * (1 - fade) + after[:overlap] * fade
    return np.concatenate([before[: len(before) - overlap], shared, after[overlap:]])


def speech(samples: NDArray[np.int16]) -> Samples:
    """A recording without the silence around what is said."""
    x = samples.astype(np.float64)
    count = len(x) // _HOP
    if count < 4:
        return x
    energy = 10 * np.log10((x[: count * _HOP].reshape(count, _HOP) ** 2).mean(axis=1) + 1)
    loud = np.flatnonzero(energy > energy.max() + _QUIET_DB)
    return x[max(0, loud[0] * _HOP - _EDGE) : (loud[-1] + 1) * _HOP + _EDGE]
