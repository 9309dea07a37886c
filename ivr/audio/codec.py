"""µ-law and A-law, the codecs of the telephone network, as lookup tables (ITU-T G.711).

The standard library's `audioop` leaves Python with 3.13, so both directions are numpy tables:
256 entries to decode, 65,536 to encode, built once from the formulas of the recommendation.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
_Wide = npt.NDArray[np.int32]

_ULAW_BIAS: Final = 33  # G.711, 14-bit scale: gives every segment a leading 1
_ULAW_CLIP: Final = 8158  # with the bias, the largest magnitude of 13 bits


def ulaw_to_pcm(ulaw: bytes) -> bytes:
    """Decode µ-law (one byte a sample) to s16le."""
    return _ulaw_decoded()[np.frombuffer(ulaw, np.uint8)].tobytes()


def pcm_to_ulaw(pcm: bytes) -> bytes:
    """Encode s16le as µ-law (one byte a sample)."""
    return bytes(_ulaw_encoded()[np.frombuffer(pcm, "<u2")])


def alaw_to_pcm(alaw: bytes) -> bytes:
    """Decode A-law (one byte a sample) to s16le."""
    return _alaw_decoded()[np.frombuffer(alaw, np.uint8)].tobytes()


def pcm_to_alaw(pcm: bytes) -> bytes:
    """Encode s16le as A-law (one byte a sample)."""
    return bytes(_alaw_encoded()[np.frombuffer(pcm, "<u2")])


@cache
def _ulaw_decoded() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = code >> 4 & 7, code & 0xF
    magnitude = ((mantissa << 1) + _ULAW_BIAS << exponent) - _ULAW_BIAS << 2
    return np.where(code & 0x80, -magnitude, magnitude).astype("<i2")


@cache
def _ulaw_encoded() -> npt.NDArray[np.uint8]:
    sample = _every_sample() >> 2
    magnitude = np.minimum(np.abs(sample), _ULAW_CLIP) + _ULAW_BIAS
    exponent = _bit_length(magnitude) - 6
    mantissa = magnitude >> exponent + 1 & 0xF
    sign = np.where(sample < 0, 0x80, 0)
    return np.asarray(~(sign | exponent << 4 | mantissa) & 0xFF, np.uint8)


@cache
def _alaw_decoded() -> Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = code >> 4 & 7, code & 0xF
    linear = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, linear, linear + 0x100 << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype("<i2")


@cache
def _alaw_encoded() -> npt.NDArray[np.uint8]:
    sample = _every_sample()
    # One's complement of negative samples, as in the recommendation: -1 codes like +0.
    magnitude = np.where(sample < 0, ~sample, sample)
    exponent = np.maximum(_bit_length(magnitude) - 8, 0)
    mantissa = magnitude >> np.maximum(exponent + 3, 4) & 0xF
    sign = np.where(sample < 0, 0, 0x80)
    return np.asarray((sign | exponent << 4 | mantissa) ^ 0x55, np.uint8)


def _every_sample() -> _Wide:
    """Give all 16-bit samples, indexed by their unsigned bit pattern."""
    return np.arange(65536, dtype=np.uint16).astype(np.int16).astype(np.int32)


def _bit_length(value: _Wide) -> _Wide:
    return np.ceil(np.log2(value.astype(np.float64) + 1)).astype(np.int32)
