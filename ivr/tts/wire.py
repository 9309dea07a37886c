"""What the hotline and a speech worker write to each other through two pipes.

Towards the worker: one JSON object a line (`Order` or `Cancel`). Back: frames of a kind, the
order's number, a length, and that many bytes. Nine bytes of header cost nothing beside audio and
keep two calls' speech apart.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum

_HEADER = struct.Struct(">BII")


class Kind(IntEnum):
    """What a frame from the worker carries."""

    READY = 1  # JSON: {"version": …}
    AUDIO = 2  # PCM, s16le, 8 kHz
    END = 3  # nothing: the order is done
    REJECTED = 4  # text: why this order cannot be spoken
    BROKEN = 5  # text: why the engine cannot speak at all; the worker ends after it


@dataclass(frozen=True, slots=True)
class Frame:
    """One message from the worker; `order` is 0 where no order is meant."""

    kind: Kind
    order: int = 0
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """Give header and payload."""
        return _HEADER.pack(self.kind, self.order, len(self.payload)) + self.payload


class FrameDecoder:
    """Cuts a byte stream into frames, wherever the pipe has split it."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, received: bytes) -> Iterator[Frame]:
        """Take bytes and give the frames that are complete by now."""
        self._pending += received
        while len(self._pending) >= _HEADER.size:
            kind, order, length = _HEADER.unpack_from(self._pending)
            end = _HEADER.size + length
            if len(self._pending) < end:
                return
            payload = bytes(self._pending[_HEADER.size : end])
            del self._pending[:end]
            yield Frame(Kind(kind), order, payload)


@dataclass(frozen=True, slots=True)
class Order:
    """Speak these sentences; none of them asks only for a sign of life."""

    number: int
    sentences: tuple[str, ...] = ()
    voice: str = ""
    words_per_minute: int = 165

    def to_line(self) -> bytes:
        """Give the order as a line for the worker."""
        return json.dumps(asdict(self)).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody listens to this order any more."""

    number: int

    def to_line(self) -> bytes:
        """Give the wish as a line for the worker."""
        return json.dumps({"cancel": self.number}).encode() + b"\n"


def read_line(line: bytes) -> Order | Cancel:
    """Give what one line from the hotline means."""
    fields = json.loads(line)
    if "cancel" in fields:
        return Cancel(fields["cancel"])
    return Order(**{**fields, "sentences": tuple(fields["sentences"])})
