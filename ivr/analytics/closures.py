"""The silences that our own voice makes in the middle of a word: they are no gaps.

A synthesiser closes its mouth for a "q" or a "t" with digital silence, up to 70 ms of it, and cuts
it into the wave as sharply as audio that comes late does. In a recording both look alike; so what
was rendered is remembered by the sound at both edges of each silence, and a hole between the same
two sounds, as long, is the voice's own. Late audio would have to fall between just these.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from ivr.analytics.sounds import Samples, Stretch, holes
from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm
from ivr.domain import SAMPLE_RATE_HZ

_SHORTEST_S: Final = 0.03  # the recording's codec may make a silence longer than it was rendered
_EDGE: Final = 96  # samples, 12 ms: a period of any voice
_SLACK: Final = 24  # samples by which codecs move an edge
_ALIKE: Final = 0.8
"""Normalised correlation from which on two edges are the same sound; other sounds of the same voice
reach 0.5 to 0.7, µ-law takes less than 0.01 away."""
_MOST: Final = 2000
"""Silences remembered, the newest: the fixed prompts of a hotline have some hundred."""


@dataclass(frozen=True)
class _Closure:
    length: int
    before: Samples
    after: Samples


class Closures:
    """Remembers the silences of what was rendered. Not for two threads at once."""

    def __init__(self) -> None:
        self._known: deque[_Closure] = deque(maxlen=_MOST)

    def learn(self, rendered: Samples) -> None:
        """Remember the silences of a prompt (int16, 8 kHz), also as a telephone line has them.

        µ-law rounds what is faint to nothing, so a silence may be longer there, or only there.
        """
        over_a_line = ulaw_to_pcm(pcm_to_ulaw(rendered.astype("<i2").tobytes()))
        for each in (rendered, np.frombuffer(over_a_line, "<i2")):
            self._known.extend(_closure(each, hole) for hole in holes(each, _SHORTEST_S))

    def are_own(self, heard: Samples, hole: Stretch) -> bool:
        """Whether a hole in a recorded channel was rendered so."""
        found = _closure(heard, hole)
        return any(
            abs(known.length - found.length) <= _SLACK
            and _likeness(known.before, found.before) >= _ALIKE
            and _likeness(known.after, found.after) >= _ALIKE
            for known in self._known
        )


def _closure(samples: Samples, hole: Stretch) -> _Closure:
    start, end = round(hole.start_s * SAMPLE_RATE_HZ), round(hole.end_s * SAMPLE_RATE_HZ)
    # Copies, for a view of 12 ms keeps the whole prompt in memory.
    before, after = samples[max(0, start - _EDGE) : start].copy(), samples[end:][:_EDGE].copy()
    return _Closure(end - start, before, after)


def _likeness(rendered: Samples, heard: Samples) -> float:
    """Give the best normalised correlation, -1 to 1, over the slack of the edges."""
    if min(len(rendered), len(heard)) < _EDGE:
        return -1.0
    a, b = rendered.astype(np.float64), heard.astype(np.float64)
    core = a[_SLACK:-_SLACK]
    windows = np.lib.stride_tricks.sliding_window_view(b, len(core))
    scale = np.linalg.norm(core) * np.linalg.norm(windows, axis=1)
    return float(np.max(windows @ core / np.maximum(scale, 1.0)))
