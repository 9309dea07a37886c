"""Music on hold that is ours to ship: a slow arpeggio, computed, not copied."""

import wave
from pathlib import Path

import numpy as np

from ivr.domain import SAMPLE_RATE_HZ

_CHORDS_HZ = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
_NOTE_S = 0.5
_LEVEL = 2600  # about -22 dBFS: below speech, so that the agent's first word stands out


def write_music(folder: Path) -> None:
    """Put `hold.wav` into `folder` unless it holds music already."""
    if any(folder.glob("*.wav")):
        return
    with wave.open(str(folder / "hold.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE_HZ)
        out.writeframes(hold_music())


def hold_music() -> bytes:
    """Play the chords up and down, four bars, s16le at 8 kHz (24 s)."""
    notes = [_note(chord[step]) for chord in _CHORDS_HZ * 3 for step in (0, 1, 2, 1)]
    return np.concatenate(notes).astype("<i2").tobytes()


def _note(pitch_hz: float) -> np.ndarray:
    time_s = np.arange(int(_NOTE_S * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    fade = np.minimum(1, time_s / 0.02) * np.exp(-3 * time_s)
    return _LEVEL * fade * np.sin(2 * np.pi * pitch_hz * time_s)
