"""WAV files: read whatever people bring, write what everybody can play.

Read are integer PCM of 8 to 32 bits, float, µ-law and A-law, any rate, any number of channels,
plain or WAVE_FORMAT_EXTENSIBLE, because that is what recorders, phones and TTS engines produce;
the standard library's `wave` takes only the first of these before Python 3.12. Written is 16-bit
PCM. Format: "Multimedia Programming Interface and Data Specifications 1.0", RIFF WAVE; Microsoft
"Multiple channel audio data and WAVE files" for the extensible header.
"""

import struct
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.audio.codec import alaw_to_pcm, ulaw_to_pcm
from ivr.audio.resample import resample
from ivr.domain import SAMPLE_RATE_HZ
from ivr.errors import ConfigError, Place

Samples = npt.NDArray[np.int16]

_EXTENSIBLE: Final = 0xFFFE  # the real format follows in the longer header
_REMEDY: Final = "Convert it, e.g. `sox in.wav -r 8000 -c 1 -b 16 out.wav`."
_MOST_CHANNELS: Final = 32
_RATES_HZ: Final = range(1000, 384_001)


@dataclass(frozen=True)
class Sound:
    """A recording: int16 samples with one column a channel, and its rate."""

    samples: Samples
    rate_hz: int

    @property
    def length_s(self) -> float:
        """Its length in seconds."""
        return len(self.samples) / self.rate_hz

    def telephone(self) -> bytes:
        """Give it as the product's audio: s16le, mono (the mean of the channels), 8 kHz."""
        mono = self.samples.mean(axis=1).astype(np.int16)
        return resample(mono, self.rate_hz, SAMPLE_RATE_HZ).astype("<i2").tobytes()


def read_wav(file: Path) -> Sound:
    """Read a WAV file; raises ConfigError that says what is wrong with it.

    A data chunk longer than the file, or one whose length was never filled in (recordings that
    were cut off), gives what is there.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _unusable(file, f"cannot be read ({error.strerror}).") from error
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise _unusable(file, "is not a WAV file.")
    chunks = dict(_chunks(content))
    if b"fmt " not in chunks or len(chunks[b"fmt "]) < 16 or b"data" not in chunks:
        raise _unusable(file, "is a damaged WAV file: no format or no audio in it.")
    return _decode(file, chunks[b"fmt "], chunks[b"data"])


def write_wav(file: Path, *channels: bytes, rate_hz: int = SAMPLE_RATE_HZ) -> None:
    """Write one s16le stream a channel; shorter ones are filled up with silence."""
    columns = [np.frombuffer(pcm, "<i2") for pcm in channels]
    samples = np.zeros((max(map(len, columns)), len(columns)), "<i2")
    for index, column in enumerate(columns):
        samples[: len(column), index] = column
    with wave.open(str(file), "wb") as out:
        out.setnchannels(len(columns))
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(samples.tobytes())


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    was_closed = struct.unpack_from("<I", content, 4)[0] + 8 >= len(content)
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int(struct.unpack_from("<I", content, at + 4)[0])
        if name == b"data" and not size and not was_closed:
            size = len(content)  # recorders fill in all lengths when they close the file
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _decode(file: Path, header: bytes, body: bytes) -> Sound:
    code, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", header)
    if code == _EXTENSIBLE and len(header) >= 26:
        code = struct.unpack_from("<H", header, 24)[0]
    if not 1 <= channels <= _MOST_CHANNELS or rate_hz not in _RATES_HZ:
        raise _unusable(file, f"has {channels} channels at {rate_hz} Hz, which no recorder writes.")
    samples = _samples(code, bits, body)
    if samples is None:
        raise _unusable(file, f"holds audio of format {code} with {bits} bits, not known here.")
    whole = len(samples) // channels * channels
    return Sound(samples[:whole].reshape(-1, channels), rate_hz)


def _samples(code: int, bits: int, body: bytes) -> Samples | None:
    decode = _DECODERS.get((code, bits))
    if decode is None:
        return None
    return decode(body[: len(body) - len(body) % (bits // 8)])


def _from_float(width: int) -> Callable[[bytes], Samples]:
    def decode(body: bytes) -> Samples:
        given = np.nan_to_num(np.frombuffer(body, f"<f{width}"))
        return np.asarray(np.clip(given, -1.0, 1.0) * 32767, np.int16)

    return decode


def _from_24_bits(body: bytes) -> Samples:
    upper = np.frombuffer(body, np.uint8).reshape(-1, 3)[:, 1:]
    return np.frombuffer(upper.tobytes(), "<i2")


# (format code, bits a sample) as in the header
_DECODERS: Final[dict[tuple[int, int], Callable[[bytes], Samples]]] = {
    (1, 8): lambda body: (np.frombuffer(body, np.uint8).astype(np.int16) - 128) << 8,
    (1, 16): lambda body: np.frombuffer(body, "<i2"),
    (1, 24): _from_24_bits,
    (1, 32): lambda body: (np.frombuffer(body, "<i4") >> 16).astype(np.int16),
    (3, 32): _from_float(4),
    (3, 64): _from_float(8),
    (6, 8): lambda body: np.frombuffer(alaw_to_pcm(body), "<i2"),
    (7, 8): lambda body: np.frombuffer(ulaw_to_pcm(body), "<i2"),
}


def _unusable(file: Path, problem: str) -> ConfigError:
    return ConfigError(problem, _REMEDY, Place(file))
