"""From one sample rate to another. The one door to soxr."""

from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

Samples = npt.NDArray[np.int16]
_QUALITY: Final = "HQ"


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Convert a whole recording (mono, or one column a channel) to another rate."""
    if from_hz == to_hz or not len(samples):
        return samples
    return np.asarray(soxr.resample(samples, from_hz, to_hz, _QUALITY), np.int16)


class Resampler:
    """Converts a running stream of s16le mono; keeps about 10 ms back until `finish`.

    `quality` is one of soxr's: LQ is enough for an ear, HQ keeps the band of a voice whole.
    """

    def __init__(self, from_hz: int, to_hz: int, quality: str = "LQ") -> None:
        self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality=quality)

    def feed(self, pcm: bytes) -> bytes:
        """Take a piece of whole samples and give what is ready, possibly nothing."""
        return self._run(pcm, last=False)

    def finish(self) -> bytes:
        """Give what was kept back."""
        return self._run(b"", last=True)

    def _run(self, pcm: bytes, *, last: bool) -> bytes:
        ready = self._stream.resample_chunk(np.frombuffer(pcm, "<i2"), last=last)
        return np.asarray(ready, "<i2").tobytes()
