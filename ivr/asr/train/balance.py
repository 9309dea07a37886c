"""Which recordings are heard how often, so that voices count more than takes."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.asr.train.recording import Recording


def weights(said: Sequence[Hashable], speakers: Sequence[str]) -> NDArray[np.float64]:
    """How often each recording is heard, 1 being its equal share.

    `said` is what is said in each recording, `speakers` who says it. Of what is said alike, a
    speaker with a hundred takes is heard ten times as often as one with a single take, not a
    hundred times: new callers sound like nobody in the recordings, and what many voices have
    in common serves them better than what a few voices repeat.
    """
    takes = Counter(zip(said, speakers, strict=True))
    recordings = Counter(said)
    voices: defaultdict[Hashable, float] = defaultdict(float)
    for (text, _), count in takes.items():
        voices[text] += math.sqrt(count)
    return np.array(
        [
            recordings[text] / voices[text] / math.sqrt(takes[text, speaker])
            for text, speaker in zip(said, speakers, strict=True)
        ]
    )


def draw(
    recordings: Sequence[Recording], beside: Sequence[Recording], random: np.random.Generator
) -> list[Recording]:
    """As many as there are of both, the recordings half of it at least, or all if none is beside.

    Twenty of a new voice among five hundred synthesised sentences teach nothing of it. Which of
    them come more than once is told in `weights`.
    """
    count = len(recordings) + len(beside)
    own = max(len(recordings), count // 2 if recordings else 0)
    return [*_some(recordings, own, random), *_some(beside, count - own, random)]


def _some(
    recordings: Sequence[Recording], count: int, random: np.random.Generator
) -> list[Recording]:
    if not recordings:
        return []
    often = weights([each.sounds for each in recordings], [each.speaker for each in recordings])
    return [recordings[at] for at in random.choice(len(recordings), count, p=often / often.sum())]
