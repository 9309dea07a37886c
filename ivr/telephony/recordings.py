"""From what Asterisk writes during a call (`<call_id>.raw`) to what is kept (`<call_id>.wav`).

MixMonitor's option D writes caller and hotline interleaved, without a header, so that a crash of
Asterisk or of ours costs nothing: whatever is there can be wrapped later.
"""

import asyncio
import wave
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from ivr import log
from ivr.domain import SAMPLE_RATE_HZ

_SAMPLE_BYTES: Final = 4  # two channels of 16 bit
_PIECE: Final = 1 << 20


Recorded = Callable[[Path], None]
"""Takes the finished recording of a call, `<call_id>.wav`."""

_log = log.get(__name__)


class Recordings:
    """The folder of one exchange's recordings. A disk that does not obey costs no call."""

    def __init__(self, folder: Path, recorded: Recorded) -> None:
        self._folder, self._recorded = folder, recorded

    async def unfinished(self, living: Collection[str]) -> list[str]:
        """Give the ids of calls that are over and whose recordings are still raw."""
        try:
            found = await asyncio.to_thread(unfinished, self._folder, set(living))
        except OSError as error:  # a share that went away, say
            _log.error("recordings_not_found", error=type(error).__name__)
            return []
        return [file.stem for file in found]

    async def finish(self, call_id: str) -> None:
        """Finish the recording of a call that is over; nothing happens where there is none."""
        raw = self._folder / f"{call_id}.raw"
        try:
            if await asyncio.to_thread(raw.exists):
                self._recorded(await asyncio.to_thread(finish, raw))
        except OSError as error:
            _log.error("recording_not_finished", call_id=call_id, error=type(error).__name__)


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
