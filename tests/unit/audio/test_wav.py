"""WAV files of every kind come in; files that everybody can play go out."""

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.codec import pcm_to_alaw, pcm_to_ulaw
from ivr.audio.wav import read_wav, write_wav
from ivr.errors import ConfigError

RAMP = np.linspace(-30000, 30000, 800).astype("<i2")


def wav(code: int, bits: int, body: bytes, channels: int = 1, rate_hz: int = 8000) -> bytes:
    width = bits // 8 * channels
    fmt = struct.pack("<HHIIHH", code, channels, rate_hz, rate_hz * width, width, bits)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"LIST\x03\0\0\0abc\0"
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@pytest.mark.parametrize(
    ("code", "bits", "body", "error"),
    [
        (1, 8, ((RAMP >> 8) + 128).astype(np.uint8).tobytes(), 256),
        (1, 16, RAMP.tobytes(), 0),
        (1, 24, (RAMP.astype("<i4") << 8).view(np.uint8).reshape(-1, 4)[:, :3].tobytes(), 0),
        (1, 32, (RAMP.astype("<i4") << 16).tobytes(), 0),
        (3, 32, (RAMP / 32767).astype("<f4").tobytes(), 1),
        (3, 64, (RAMP / 32767).astype("<f8").tobytes(), 1),
        (6, 8, pcm_to_alaw(RAMP.tobytes()), 1024),
        (7, 8, pcm_to_ulaw(RAMP.tobytes()), 1024),
    ],
)
def test_every_common_format_is_read(tmp_path: Path, code, bits, body, error) -> None:
    file = tmp_path / "in.wav"
    file.write_bytes(wav(code, bits, body))

    sound = read_wav(file)

    assert sound.rate_hz == 8000
    assert np.abs(sound.samples[:, 0].astype(int) - RAMP).max() <= error


def test_an_extensible_header_is_understood(tmp_path: Path) -> None:
    fmt = struct.pack("<HHIIHHHHIH", 0xFFFE, 1, 8000, 16000, 2, 16, 22, 16, 4, 1) + bytes(14)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt
    chunks += b"data" + struct.pack("<I", RAMP.nbytes) + RAMP.tobytes()
    file = tmp_path / "extensible.wav"
    file.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)

    assert (read_wav(file).samples[:, 0] == RAMP).all()


def test_stereo_at_48_khz_becomes_telephone_audio(tmp_path: Path) -> None:
    tone = (10000 * np.sin(2 * np.pi * 500 * np.arange(48000) / 48000)).astype("<i2")
    file = tmp_path / "stereo.wav"
    file.write_bytes(wav(1, 16, np.column_stack([tone, tone]).tobytes(), 2, 48000))

    pcm = np.frombuffer(read_wav(file).telephone(), "<i2")

    assert len(pcm) == 8000
    assert np.argmax(np.abs(np.fft.rfft(pcm))) == 500
    assert abs(np.abs(pcm).max() - 10000) < 300


def test_what_was_written_is_read_back_with_the_shorter_side_filled_up(tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    write_wav(file, RAMP.tobytes(), RAMP[:100].tobytes())

    sound = read_wav(file)

    assert (sound.samples[:, 0] == RAMP).all()
    assert (sound.samples[:100, 1] == RAMP[:100]).all()
    assert not sound.samples[100:, 1].any()
    with wave.open(str(file)) as stored:
        assert stored.getnchannels() == 2


def test_a_recording_that_was_cut_off_gives_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "cut.wav"
    file.write_bytes(wav(1, 16, RAMP.tobytes())[:-401])

    assert len(read_wav(file).samples) == 599


def test_a_recording_that_was_never_closed_gives_what_is_there(tmp_path: Path) -> None:
    file, whole = tmp_path / "open.wav", wav(1, 16, RAMP.tobytes())
    data = whole.index(b"data")
    nothing = struct.pack("<I", 0)
    header = whole[:4] + struct.pack("<I", data) + whole[8 : data + 4] + nothing

    file.write_bytes(header + whole[data + 8 :])

    assert (read_wav(file).samples[:, 0] == RAMP).all()


def test_a_recording_of_nothing_does_not_take_what_follows_for_audio(tmp_path: Path) -> None:
    file, empty = tmp_path / "empty.wav", wav(1, 16, b"")
    after = b"LIST" + struct.pack("<I", 4) + b"INFO"

    file.write_bytes(empty[:4] + struct.pack("<I", len(empty) + len(after) - 8) + empty[8:] + after)

    assert len(read_wav(file).samples) == 0


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not a WAV file"),
        (b"ID3 this is an mp3", "not a WAV file"),
        (b"RIFF\x04\0\0\0WAVE", "damaged"),
        (wav(1, 16, b"", channels=0), "0 channels"),
        (wav(1, 16, b"", rate_hz=0), "0 Hz"),
        (wav(85, 16, b"\0\0"), "format 85"),
        (wav(1, 12, b"\0\0"), "12 bits"),
    ],
)
def test_what_is_no_usable_wav_says_so_and_how_to_convert_it(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "bad.wav"
    file.write_bytes(content)

    with pytest.raises(ConfigError, match=rf"bad\.wav: .*{complaint}.*Convert it"):
        read_wav(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.wav: cannot be read"):
        read_wav(tmp_path / "none.wav")
