"""Which recordings are heard how often, so that voices count more than takes."""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


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
