"""The two sides of a recorded call as outlines that SVG can draw, and as audio a page can play."""

import base64
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.audio.codec import pcm_to_ulaw
from ivr.audio.wav import read_wav
from ivr.domain import SAMPLE_RATE_HZ
from ivr.errors import ConfigError

COLUMNS: Final = 320
"""Points along one row; a row is drawn some 300 to 1,000 pixels wide."""
HEIGHT: Final = 40
"""Half the height of an outline, in its own units."""
_BEND: Final = 0.75
"""Loudness is drawn as level to this power, so that quiet speech is seen beside loud speech."""
_ULAW: Final = 7  # WAVE_FORMAT_MULAW

_Samples = NDArray[np.int16]


@dataclass(frozen=True)
class StereoCall:
    """A recording: caller left, hotline right, 8 kHz."""

    caller: _Samples
    hotline: _Samples

    @property
    def length_s(self) -> float:
        """Its length in seconds."""
        return len(self.caller) / SAMPLE_RATE_HZ

    def data_url(self) -> str:
        """Give the audio as a data URL: µ-law WAV, 16 kB a second, as good as the line was."""
        ulaw = np.empty((len(self.caller), 2), np.uint8)
        for side, samples in enumerate((self.caller, self.hotline)):
            ulaw[:, side] = np.frombuffer(pcm_to_ulaw(samples.astype("<i2").tobytes()), np.uint8)
        return "data:audio/wav;base64," + base64.b64encode(_ulaw_wav(bytes(ulaw))).decode()


def read_call(file: Path) -> StereoCall:
    """Read a recorded call. Raises ConfigError when it is not stereo at 8 kHz."""
    sound = read_wav(file)
    if sound.rate_hz != SAMPLE_RATE_HZ or sound.samples.shape[1] != 2:
        raise ConfigError(f"{file} is not a recording of a call: stereo at 8 kHz is expected.")
    return StereoCall(sound.samples[:, 0], sound.samples[:, 1])


def outline(samples: _Samples, start_s: float, length_s: float, scale: float) -> str:
    """Give an SVG path of one stretch, mirrored around y = 40; empty beyond the recording.

    `scale` is the level (0-32768) that is drawn at full height.
    """
    start, stop = (round(second * SAMPLE_RATE_HZ) for second in (start_s, start_s + length_s))
    edges = np.linspace(start, stop, COLUMNS + 1).astype(int)
    part = np.abs(samples[start:stop].astype(np.int32))
    if not len(part):
        return ""
    inside = edges[:-1][edges[:-1] < start + len(part)] - start
    levels = np.maximum.reduceat(part, inside)
    heights = np.round(HEIGHT * np.minimum(1, levels / scale) ** _BEND).astype(int)
    above = [f"{x} {HEIGHT - height}" for x, height in enumerate(heights)]
    below = [f"{x} {HEIGHT + height}" for x, height in reversed(list(enumerate(heights)))]
    return "M" + "L".join(above + below) + "Z"


def loudest(samples: _Samples) -> float:
    """Give the level that only a thousandth of the samples passes: a click must not flatten all."""
    return max(1000.0, float(np.quantile(np.abs(samples.astype(np.int32)), 0.999)))


def _ulaw_wav(content: bytes) -> bytes:
    form = struct.pack("<HHIIHHH", _ULAW, 2, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * 2, 2, 8, 0)
    chunks = b"".join(
        name + struct.pack("<I", len(body)) + body
        for name, body in (
            (b"fmt ", form),
            (b"fact", struct.pack("<I", len(content) // 2)),
            (b"data", content),
        )
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
