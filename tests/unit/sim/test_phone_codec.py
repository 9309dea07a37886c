"""G.711 as a phone speaks it."""

import numpy as np
import pytest

from ivr.sim.phone_codec import ALAW, ULAW, decode, encode


@pytest.mark.parametrize("payload", [ULAW, ALAW])
def test_every_code_survives_a_round_trip(payload: int) -> None:
    codes = bytes(range(256))

    again = decode(encode(decode(codes, payload), payload), payload)

    assert again == decode(codes, payload)


@pytest.mark.parametrize("payload", [ULAW, ALAW])
def test_no_sample_is_off_by_more_than_four_percent_and_a_step(payload: int) -> None:
    samples = np.arange(-32000, 32000, 7, dtype="<i2")

    again = np.frombuffer(decode(encode(samples.tobytes(), payload), payload), "<i2")

    wrong = np.abs(again.astype(int) - samples)
    assert np.all(wrong <= 0.04 * np.abs(samples.astype(int)) + 8)


def test_silence_is_the_code_that_the_standard_names() -> None:
    assert encode(bytes(2), ULAW) in (b"\xff", b"\x7f")
    assert encode(bytes(2), ALAW) in (b"\xd5", b"\x55")
