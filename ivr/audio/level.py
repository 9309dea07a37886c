"""The level gate: the hum of a line is not a caller.

WebRTC's detector judges the colour of a sound, not its strength, and fires on steady noise and
on echo 60 dB down. So a frame must also be loud enough: above an absolute floor, and above what
this line has at rest. The line's rest level is the lowest smoothed level of the last two
seconds ("minimum statistics", R. Martin, IEEE Trans. Speech Audio Process. 9(5), 2001): speech
falls back to it between words, steady noise never leaves it.
"""

from collections import deque
from math import log10
from typing import Final

import numpy as np

SILENCE_DBFS: Final = -96.0
_FULL_SCALE: Final = 32768.0
DUCKED_BY_DB: Final = 12.0
"""How much softer we speak while it is open whether the caller interrupts: plainly softer, so that
they notice that we noticed, and still to be understood in case they did not mean it. Chosen; mixing
desks duck music under speech by 10 to 15 dB."""
_DUCKED_TO: Final = 4  # as a divisor: 12.04 dB
_SMOOTHING: Final = 0.3  # weight of the newest frame: two or three frames settle a level
_BLOCK_FRAMES: Final = 13  # 0.26 s
_BLOCKS: Final = 8  # times 0.26 s: a pause between words falls into any 2 s of speech
_LOUDEST_REST_DBFS: Final = -25.0  # louder is never taken for rest, or a shouting caller locks it


def level_dbfs(frame: bytes) -> float:
    """Give the root mean square of s16le audio in dB below full scale; SILENCE_DBFS for none."""
    samples = np.frombuffer(frame, "<i2").astype(np.float32)
    power = float(samples @ samples) / max(len(samples), 1)
    return 10 * log10(power / _FULL_SCALE**2) if power > 1 else SILENCE_DBFS


def ducked(pcm: bytes) -> bytes:
    """Give s16le audio DUCKED_BY_DB softer: at a quarter."""
    return (np.frombuffer(pcm, "<i2") // _DUCKED_TO).astype("<i2").tobytes()


class LevelGate:
    """Opens for sound that stands out from the line; one per call, because it learns the line."""

    def __init__(self, quietest_dbfs: float, above_noise_db: float) -> None:
        """`quietest_dbfs`: nothing below opens it. `above_noise_db`: how far to stand out."""
        self._quietest_dbfs = quietest_dbfs
        self._above_noise_db = above_noise_db
        self._smoothed_dbfs = SILENCE_DBFS
        # A call begins with the assumption of a quiet line, so that a caller who speaks at
        # once is heard; a noisy line is known for what it is after two seconds.
        self._minima: deque[float] = deque([SILENCE_DBFS] * _BLOCKS, maxlen=_BLOCKS)
        self._block_minimum_dbfs = 0.0
        self._frames = 0

    @property
    def rest_dbfs(self) -> float:
        """The level of this line when nobody speaks, as known so far."""
        return min(*self._minima, _LOUDEST_REST_DBFS)

    def is_loud_enough(self, level_dbfs: float) -> bool:
        """Judge the level of one frame and learn from it; costs about 2 µs."""
        self._learn(level_dbfs)
        return level_dbfs >= max(self._quietest_dbfs, self.rest_dbfs + self._above_noise_db)

    def _learn(self, level: float) -> None:
        self._smoothed_dbfs += _SMOOTHING * (level - self._smoothed_dbfs)
        self._block_minimum_dbfs = min(self._block_minimum_dbfs, self._smoothed_dbfs)
        self._frames += 1
        if self._frames % _BLOCK_FRAMES == 0:
            self._minima.append(self._block_minimum_dbfs)
            self._block_minimum_dbfs = 0.0
