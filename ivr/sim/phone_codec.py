"""G.711 for phones: µ-law and A-law by table (ITU-T G.711, as in RFC 3551 payloads 0 and 8)."""

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
ULAW, ALAW = 0, 8


def _ulaw_table() -> Pcm:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype(np.int16)


def _alaw_table() -> Pcm:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    step, size = (code & 0x70) >> 4, (code & 0x0F) << 4
    size = np.where(step == 0, size + 8, (size + 0x108) << np.maximum(step - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


_DECODE = {ULAW: _ulaw_table(), ALAW: _alaw_table()}


def _encoder(table: Pcm) -> NDArray[np.uint8]:
    """Map every 16-bit sample to the code whose value is nearest."""
    order = np.argsort(table, kind="stable")
    values = table[order].astype(np.int32)
    samples = np.arange(-32768, 32768)
    above = np.clip(np.searchsorted(values, samples), 1, 255)
    nearer_below = samples - values[above - 1] <= values[above] - samples
    return order[np.where(nearer_below, above - 1, above)].astype(np.uint8)


_ENCODE = {payload: _encoder(table) for payload, table in _DECODE.items()}


def encode(pcm: bytes, payload: int) -> bytes:
    """Turn s16le into G.711; one byte a sample."""
    samples = np.frombuffer(pcm, "<i2").astype(np.int32)
    return _ENCODE[payload][samples + 32768].tobytes()


def decode(code: bytes, payload: int) -> bytes:
    """Turn G.711 into s16le."""
    return _DECODE[payload][np.frombuffer(code, np.uint8)].astype("<i2").tobytes()
