"""Where a recorded channel sounds, and where its speech has holes.

Works on whole recordings with numpy: levels of 10 ms, compared with a threshold that stands
above the channel's own noise. Meant for measuring, not for deciding during a call.
"""

import sys
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.domain import SAMPLE_RATE_HZ

Samples = npt.NDArray[np.int16]

STEP_S: Final = 0.01
_STEP: Final = round(STEP_S * SAMPLE_RATE_HZ)
_QUIETEST_DBFS: Final = -45.0  # below is line noise, even on a silent line
_ABOVE_NOISE_DB: Final = 12.0
_NOISE_PERCENTILE: Final = 10  # people are silent for at least a tenth of any call
_HOLE_LONGEST_S: Final = 0.4  # a longer silence is a pause between sentences
_NOTHING: Final = 8  # what silence becomes in µ-law and A-law
_EDGE: Final = 4  # samples, half a millisecond
_CUT: Final = 600  # -35 dBFS: a wave that fades does not reach this right beside nothing


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of time in seconds from the start of the recording."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Its length in seconds."""
        return self.end_s - self.start_s

    def overlap_s(self, other: "Stretch") -> float:
        """Seconds that both share."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


def levels_dbfs(samples: Samples) -> npt.NDArray[np.float64]:
    """Give the level of every 10 ms in dB below full scale, -96 for digital silence."""
    whole = samples[: len(samples) // _STEP * _STEP].reshape(-1, _STEP).astype(np.float64)
    power = np.mean(whole**2, axis=1) / 32768.0**2
    levels: npt.NDArray[np.float64] = 10 * np.log10(np.maximum(power, 10**-9.6))
    return levels


def stretches(samples: Samples, join_s: float, shortest_s: float = 0.04) -> list[Stretch]:
    """Find where the channel sounds; gaps below `join_s` are bridged, blips are dropped."""
    levels = levels_dbfs(samples)
    if not len(levels):
        return []
    noise = min(float(np.percentile(levels, _NOISE_PERCENTILE)), -25.0 - _ABOVE_NOISE_DB)
    sounding = levels > max(_QUIETEST_DBFS, noise + _ABOVE_NOISE_DB)
    found = [
        Stretch(round(start * STEP_S, 3), round(end * STEP_S, 3)) for start, end in _runs(sounding)
    ]
    return [each for each in joined(found, join_s) if each.length_s >= shortest_s]


def joined(found: list[Stretch], join_s: float) -> list[Stretch]:
    """Bridge gaps shorter than `join_s`."""
    whole: list[Stretch] = []
    for each in found:
        if whole and each.start_s - whole[-1].end_s < join_s:
            whole[-1] = Stretch(whole[-1].start_s, each.end_s)
        else:
            whole.append(each)
    return whole


def holes(samples: Samples, shortest_s: float = 0.04) -> list[Stretch]:
    """Find where speech breaks off to nothing and starts again as loud: audio that came late.

    A speaker's pause, and the silence inside a "p" or "t", fades out and in; a hole is cut into
    the middle of the wave at both edges.
    """
    # Of 32 bits, for of 16 the loudest sample of all, -32768, has no magnitude.
    loud = np.abs(samples.astype(np.int32))
    found = []
    longest = round(_HOLE_LONGEST_S * SAMPLE_RATE_HZ)
    for start, end in _runs(loud <= _NOTHING, round(shortest_s * SAMPLE_RATE_HZ), longest):
        if start == 0 or end == len(samples):
            continue
        before, after = loud[max(0, start - _EDGE) : start], loud[end : end + _EDGE]
        if min(before.max(), after.max()) >= _CUT:
            found.append(Stretch(start / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ))
    return found


def _runs(
    flags: npt.NDArray[np.bool_], shortest: int = 1, longest: int = sys.maxsize
) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    pairs = edges.reshape(-1, 2)
    lengths = pairs[:, 1] - pairs[:, 0]  # a line of zeros is crossed thousands of times a second
    return [(int(a), int(b)) for a, b in pairs[(lengths >= shortest) & (lengths <= longest)]]
