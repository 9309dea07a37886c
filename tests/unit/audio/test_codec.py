"""µ-law and A-law, against the standard library's last edition and against themselves."""

import warnings

import numpy as np
import pytest

from ivr.audio.codec import alaw_to_pcm, pcm_to_alaw, pcm_to_ulaw, ulaw_to_pcm

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768, dtype="<i2").tobytes()


def test_the_tables_equal_audioop_for_every_code_and_every_sample() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop", reason="Python 3.13 has no audioop to compare")

    assert ulaw_to_pcm(EVERY_CODE) == audioop.ulaw2lin(EVERY_CODE, 2)
    assert alaw_to_pcm(EVERY_CODE) == audioop.alaw2lin(EVERY_CODE, 2)
    assert pcm_to_ulaw(EVERY_SAMPLE) == audioop.lin2ulaw(EVERY_SAMPLE, 2)
    assert pcm_to_alaw(EVERY_SAMPLE) == audioop.lin2alaw(EVERY_SAMPLE, 2)


def test_known_values_of_g711_hold() -> None:
    assert np.frombuffer(ulaw_to_pcm(b"\xff\x7f\x00\x80"), "<i2").tolist() == [0, 0, -32124, 32124]
    assert np.frombuffer(alaw_to_pcm(b"\xd5\x55\x2a\xaa"), "<i2").tolist() == [8, -8, -32256, 32256]


@pytest.mark.parametrize(
    ("encode", "decode"), [(pcm_to_ulaw, ulaw_to_pcm), (pcm_to_alaw, alaw_to_pcm)]
)
def test_a_second_trip_through_the_codec_loses_nothing_more(encode, decode) -> None:
    once = decode(encode(EVERY_SAMPLE))

    assert decode(encode(once)) == once


def test_no_audio_gives_no_audio() -> None:
    assert ulaw_to_pcm(b"") == pcm_to_alaw(b"") == b""
