"""A training line changes how speech sounds, not how much of it there is."""

import numpy as np
import pytest

from ivr.asr.train.channel import Channel, noise, stretch, telephone

SPEECH = 8000 * np.sin(2 * np.pi * 500 * np.arange(8000) / 8000)


@pytest.mark.parametrize("seed", range(12))
def test_every_line_gives_audible_16_bit_audio_of_about_the_same_length(seed: int) -> None:
    heard = telephone(SPEECH, np.random.default_rng(seed), Channel())

    assert heard.dtype == np.int16
    assert 0.7 * len(SPEECH) < len(heard) < 1.25 * len(SPEECH) + 1.4 * 8000
    assert np.abs(heard).max() > 100


def test_the_same_line_is_the_same_again_and_another_is_not() -> None:
    one, again, other = (
        telephone(SPEECH, np.random.default_rng(seed), Channel()) for seed in (1, 1, 2)
    )

    assert (one == again).all()
    assert len(one) != len(other) or (one != other).any()


def test_playing_faster_raises_the_pitch() -> None:
    fast = stretch(SPEECH, 1.2)

    peak = np.abs(np.fft.rfft(fast)).argmax() * 8000 / len(fast)
    assert peak == pytest.approx(600, abs=3)


def test_noise_has_unit_power_whatever_its_colour() -> None:
    for seed in range(8):
        made = noise(4000, np.random.default_rng(seed))
        assert np.sqrt(np.mean(made**2)) == pytest.approx(1.0, rel=1e-6)
