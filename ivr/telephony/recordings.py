"""From what Asterisk writes during a call (`<call_id>.raw`) to what is kept (`<call_id>.wav`).

MixMonitor's option D writes caller and hotline interleaved, without a header, so that a crash of
Asterisk or of ours costs nothing: whatever is there can be wrapped later.
"""

import asyncio
import wave
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from ivr import log
from ivr.domain import FRAME_SAMPLES, SAMPLE_RATE_HZ
from ivr.telephony.call_clock import digest, frames_of, gaps, pieces

_SAMPLE_BYTES: Final = 4  # two channels of 16 bit
_FRAME_BYTES: Final = FRAME_SAMPLES * _SAMPLE_BYTES
_PIECE: Final = 1000  # frames that are read at once, 20 s


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

    async def finish(self, call_id: str, clock: bytes = b"") -> None:
        """Finish the recording of a call that is over; nothing happens where there is none.

        `clock` is what arrived from the caller (`ivr.telephony.call_clock`), as far as known.
        """
        raw = self._folder / f"{call_id}.raw"
        try:
            if await asyncio.to_thread(raw.exists):
                self._recorded(await asyncio.to_thread(finish, raw, clock))
        except OSError as error:
            _log.error("recording_not_finished", call_id=call_id, error=type(error).__name__)


def unfinished(folder: Path, living: Collection[str]) -> list[Path]:
    """Give the raw recordings of calls that are over; `living` are ids of channels."""
    return [file for file in folder.glob("*.raw") if file.stem not in living]


def finish(raw: Path, clock: bytes = b"") -> Path:
    """Wrap a raw recording into a stereo WAV (caller left, hotline right); returns its path.

    Where it is shorter than the call by its `clock`, it is drawn out: what stands before a gap is
    heard once more, and silence where more than that is missing.
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
        for piece in _drawn_out(source, gaps(frames_of(clock), _left(source)) if clock else []):
            out.writeframes(piece)
    part.replace(target)
    raw.unlink(missing_ok=True)
    return target


def _left(source: BinaryIO) -> list[int]:
    """Give what the caller's side holds, frame by frame."""
    source.seek(0)
    found = []
    while frame := source.read(_FRAME_BYTES):
        whole = memoryview(frame)[: len(frame) - len(frame) % _SAMPLE_BYTES]
        found.append(digest(whole.cast("H")[::2].tobytes()))
    return found


def _drawn_out(source: BinaryIO, cuts: Sequence[int]) -> Iterator[bytes]:
    """Give a recording with a frame more at each of its gaps."""
    source.seek(0, 2)
    frames = -(-source.tell() // _FRAME_BYTES)
    source.seek(0)
    last = bytes(_FRAME_BYTES)
    for number, (first, behind) in enumerate(pieces(cuts, frames)):
        if number:
            yield last
            last = bytes(_FRAME_BYTES)
        left = behind - first
        while left > 0 and (piece := source.read(min(left, _PIECE) * _FRAME_BYTES)):
            piece = piece[: len(piece) - len(piece) % _SAMPLE_BYTES]
            yield piece
            last = piece[-_FRAME_BYTES:]
            left -= _PIECE
