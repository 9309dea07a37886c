"""Where a caller sits: what else the phone picks up besides the mouth, and how loud.

Order as in a real set: the mouth at its level, the room's noise, the echo of what the earpiece
plays, and then the clipping of a microphone that is too close.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from ivr.domain import FRAME_SAMPLES, SAMPLE_RATE_HZ

_FULL: Final = 32767.0
# Early reflections of a small office, seconds and share of the direct sound; after Kuttruff,
# "Room Acoustics", a room of 40 m3 answers for about 60 ms with less than half the direct level.
_REFLECTIONS: Final = ((0.0, 1.0), (0.011, 0.45), (0.023, 0.3), (0.041, 0.2), (0.058, 0.12))

Sound = NDArray[np.float32]


class Room(Protocol):
    """What makes of the mouth's frame the frame that is sent."""

    def around(self, frame: bytes, tick: int, heard: bytearray, /) -> bytes:
        """Give the frame as the line gets it; `heard` is all that the earpiece has played."""
        ...


class QuietRoom:
    """Nothing but the mouth."""

    def around(self, frame: bytes, _tick: int, _heard: bytearray) -> bytes:
        """Give the frame as it is."""
        return frame


QUIET_ROOM: Final = QuietRoom()


@dataclass(frozen=True)
class Echo:
    """Our own voice coming back: so many dB weaker, so much later; over a loudspeaker's room."""

    loss_db: float
    delay_s: float
    is_speakerphone: bool = False


@dataclass(frozen=True)
class NoisyRoom:
    """A mouth with a level, a noise that goes round and round, an echo, and a limit."""

    gain_db: float = 0.0
    background: Sound | None = None
    echo: Echo | None = None
    drive_db: float = 0.0
    """Amplification into a microphone that clips; above 0 it distorts."""

    def around(self, frame: bytes, tick: int, heard: bytearray) -> bytes:
        """Give the frame with all that the room adds."""
        sound = np.frombuffer(frame, "<i2").astype(np.float32) * _factor(self.gain_db)
        if self.background is not None:
            at = np.arange(tick * FRAME_SAMPLES, (tick + 1) * FRAME_SAMPLES)
            sound = sound + self.background[at % len(self.background)]
        if self.echo:
            sound = sound + _echoed(self.echo, tick, heard)
        sound = np.clip(sound * _factor(self.drive_db), -_FULL, _FULL)
        return bytes(sound.astype("<i2").tobytes())


def _echoed(echo: Echo, tick: int, heard: bytearray) -> Sound:
    paths = _REFLECTIONS if echo.is_speakerphone else _REFLECTIONS[:1]
    total = np.zeros(FRAME_SAMPLES, np.float32)
    for later_s, share in paths:
        start = tick * FRAME_SAMPLES - round((echo.delay_s + later_s) * SAMPLE_RATE_HZ)
        if start >= 0:
            played = bytes(heard[2 * start : 2 * (start + FRAME_SAMPLES)])
            total[: len(played) // 2] += share * np.frombuffer(played, "<i2")
    return total * np.float32(_factor(-echo.loss_db))


def _factor(db: float) -> float:
    return float(10.0 ** (db / 20.0))
