"""Is our own voice coming back at all?

An echo canceller on a line without echo takes the caller for one: WebRTC's AEC3 then mutes
nearly everything that is said over a prompt (measured November 2026: 0.1 of 1.5 s left, and none
of the words). So the canceller's output is used only while there is an echo: while what we hear
resembles what we played up to 0.3 s ago. The measure is the peak of the normalised
cross-correlation over a block of 160 ms: an echo reaches 0.4-0.9, another voice 0.1-0.3.

Two vowels of nearly the same pitch resemble each other by chance, up to 0.6. But they do so at a
delay of their own each time, and an echo's delay is that of the line: it is believed when two of
the last blocks agree on it. (One was enough until November 2026; then 3 of 33 callers who
interrupted were muted for 0.4 to 0.8 s.)
"""

from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.level import level_dbfs
from ivr.domain import FRAME_SAMPLES

_Floats = npt.NDArray[np.float64]

_BLOCK_FRAMES: Final = 8
_LONGEST_DELAY_FRAMES: Final = 16
_BLOCK: Final = _BLOCK_FRAMES * FRAME_SAMPLES
_HISTORY: Final = (_BLOCK_FRAMES + _LONGEST_DELAY_FRAMES) * FRAME_SAMPLES
_TRANSFORM: Final = 1 << (_HISTORY + _BLOCK).bit_length()
_ALIKE: Final = 0.4
_SAME_DELAY: Final = 8  # samples: 1 ms; the chance that two vowels agree so well is 1 in 150
_DELAYS_KEPT: Final = 4  # the last blocks that resembled the prompt, 0.6 s of them
_LOUD_DBFS: Final = -40.0  # quieter prompts (pauses) prove nothing
_AUDIBLE_DBFS: Final = -62.0  # an echo below this never opens the level gate
_BLOCKS_OF_DOUBT: Final = 2  # at the start, before anything is known, we assume an echo
_BLOCKS_TO_FORGET: Final = 12  # about 2 s of prompt without a trace


class EchoPresence:
    """Watches one call for our own voice; costs 0.3 ms every eighth frame while we speak."""

    def __init__(self) -> None:
        self._heard: list[bytes] = []
        self._played: deque[bytes] = deque(
            [bytes(2 * FRAME_SAMPLES)] * (_BLOCK_FRAMES + _LONGEST_DELAY_FRAMES),
            maxlen=_BLOCK_FRAMES + _LONGEST_DELAY_FRAMES,
        )
        self._delays: deque[int] = deque(maxlen=_DELAYS_KEPT)  # in samples
        self._clean_blocks = 0
        self._is_known = False
        self.is_present = True

    def watch(self, heard: bytes, played: bytes) -> None:
        """Take 20 ms of both sides."""
        self._played.append(played)
        self._heard.append(heard)
        if len(self._heard) == _BLOCK_FRAMES:
            self._judge(b"".join(self._heard), b"".join(self._played))
            self._heard.clear()

    def _judge(self, heard: bytes, played: bytes) -> None:
        if level_dbfs(played[-2 * _BLOCK :]) < _LOUD_DBFS:
            return
        if level_dbfs(heard) >= _AUDIBLE_DBFS and self._is_alike(heard, played):
            return
        self._clean_blocks += 1
        patience = _BLOCKS_TO_FORGET if self._is_known else _BLOCKS_OF_DOUBT
        if self._clean_blocks >= patience:
            self._is_known, self.is_present = True, False

    def _is_alike(self, heard: bytes, played: bytes) -> bool:
        """Whether a block may be an echo; when an earlier one had its delay, it is."""
        alike, delay = likeness(heard, played)
        if alike < _ALIKE:
            return False
        is_same = any(abs(delay - known) <= _SAME_DELAY for known in self._delays)
        self._delays.append(delay)
        if is_same:
            self._is_known = self.is_present = True
            self._clean_blocks = 0
        return is_same or not self._is_known


def likeness(heard: bytes, played: bytes) -> tuple[float, int]:
    """Give the largest normalised correlation of a block with an earlier stretch of the prompt.

    `heard` is the newest part of the time that `played` covers; 0 unlike, 1 the same. The second
    value is how much later than played it was heard, in samples.
    """
    block: _Floats = np.frombuffer(heard, "<i2").astype(np.float64)
    history: _Floats = np.frombuffer(played, "<i2").astype(np.float64)
    spectrum = np.fft.rfft(history, _TRANSFORM) * np.conj(np.fft.rfft(block, _TRANSFORM))
    lags = len(history) - len(block) + 1
    products = np.fft.irfft(spectrum, _TRANSFORM)[:lags]
    energies = np.concatenate(([0.0], np.cumsum(history**2)))
    windows = energies[len(block) :] - energies[: -len(block)]
    scale = np.sqrt(np.maximum(windows, 1e3) * max(float(block @ block), 1e3))
    correlations = np.abs(products) / scale
    best = int(np.argmax(correlations))
    return float(correlations[best]), lags - 1 - best
