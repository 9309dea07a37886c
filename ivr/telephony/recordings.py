"""From what Asterisk writes during a call (`<call_id>.raw`) to what is kept (`<call_id>.wav`).

MixMonitor's option D writes caller and hotline interleaved, without a header, so that a crash of
Asterisk or of ours costs nothing: whatever is there can be wrapped later.
"""

import wave
from collections.abc import Collection
from pathlib import Path
from typing import Final

from ivr.domain import SAMPLE_RATE_HZ

_SAMPLE_BYTES: Final = 4  # two channels of 16 bit
_PIECE: Final = 1 << 20


def unfinished(folder: Path, living: Collection[str]) -> list[Path]:
    """Give the raw recordings of calls that are over; `living` are ids of channels."""
    return [file for file in folder.glob("*.raw") if file.stem not in living]


def finish(raw: Path) -> Path:
    """Wrap a raw recording into a stereo WAV (caller left, hotline right); returns its path.

    Harmless when another process was faster. Raises OSError when the disk does not obey.
    """
    target = raw.with_suffix(".wav")
    part = raw.with_suffix(".part")
    try:
        source = raw.open("rb")
    except FileNotFoundError:
        return target
    with source, wave.open(str(part), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE_HZ)
        while piece := source.read(_PIECE):
            out.writeframes(piece[: len(piece) - len(piece) % _SAMPLE_BYTES])
    part.replace(target)
    raw.unlink(missing_ok=True)
    return target
