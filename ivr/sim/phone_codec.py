"""Codecs for phones: G.711 by table, G.722 by a library (RFC 3551 payloads 0, 8 and 9)."""

from array import array
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ivr.errors import EngineUnavailable

Pcm = NDArray[np.int16]
ULAW, ALAW, G722 = 0, 8, 9
KNOWN = (ULAW, ALAW, G722)


def _ulaw_table() -> Pcm:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype("<i2")


def _alaw_table() -> Pcm:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    step, size = (code & 0x70) >> 4, (code & 0x0F) << 4
    size = np.where(step == 0, size + 8, (size + 0x108) << np.maximum(step - 1, 0))
    return np.where(code & 0x80, size, -size).astype("<i2")


_DECODE = {ULAW: _ulaw_table(), ALAW: _alaw_table()}


def _encoder(table: Pcm) -> NDArray[np.uint8]:
    """Map every 16-bit sample, read as unsigned, to the code whose value is nearest."""
    order = np.argsort(table, kind="stable")
    values = table[order].astype(np.int32)
    samples = np.arange(-32768, 32768)
    above = np.clip(np.searchsorted(values, samples), 1, 255)
    nearer_below = samples - values[above - 1] <= values[above] - samples
    codes = order[np.where(nearer_below, above - 1, above)].astype(np.uint8)
    return np.roll(codes, 32768)


_ENCODE = {payload: _encoder(table) for payload, table in _DECODE.items()}


def encode(pcm: bytes, payload: int) -> bytes:
    """Turn s16le into G.711; one byte a sample."""
    return _ENCODE[payload].take(np.frombuffer(pcm, "<u2")).tobytes()


def decode(code: bytes, payload: int) -> bytes:
    """Turn G.711 into s16le."""
    return _DECODE[payload].take(np.frombuffer(code, np.uint8)).tobytes()


class _Adpcm(Protocol):
    def encode(self, pcm: "array[int]") -> bytes: ...
    def decode(self, code: bytes) -> "array[int]": ...


class Codec:
    """One call's coder and decoder; G.722 remembers what came before, so it has one each way."""

    def __init__(self) -> None:
        self._mouth: _Adpcm | None = None
        self._ear: _Adpcm | None = None

    def encode(self, pcm: bytes, payload: int) -> bytes:
        """Turn s16le at 8 kHz into one byte a sample. Raises EngineUnavailable without G.722."""
        if payload != G722:
            return encode(pcm, payload)
        self._mouth = self._mouth or _g722()
        return bytes(self._mouth.encode(array("h", pcm)))

    def decode(self, code: bytes, payload: int) -> bytes:
        """Turn a packet's content into s16le at 8 kHz. Raises EngineUnavailable without G.722."""
        if payload != G722:
            return decode(code, payload)
        self._ear = self._ear or _g722()
        return self._ear.decode(code).tobytes()


def _g722() -> _Adpcm:
    try:
        from G722 import G722 as Adpcm  # noqa: PLC0415, N811  # only the bench has it; its own name
    except ImportError as error:
        remedy = "the package G722 is missing: `pip install -e .[test]`"
        raise EngineUnavailable("phone", remedy) from error
    # 8 kHz: only the lower band is sent, as a phone does that got its audio from a narrow line.
    coder: _Adpcm = Adpcm(8000, 64000)
    return coder
