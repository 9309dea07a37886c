"""A training line changes how speech sounds, not how much of it there is."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

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


def test_a_recorded_background_is_heard_in_the_pauses() -> None:
    seeds = range(20)
    tone = 3000 * np.sin(2 * np.pi * 1000 * np.arange(4000) / 8000)
    background = [np.round(tone).astype(np.int16)]

    made, recorded = (
        [telephone(SPEECH, np.random.default_rng(seed), Channel(), given) for seed in seeds]
        for given in ((), background)
    )

    assert _loudest_hz_at_the_start(recorded).count(1000) > 3
    assert _loudest_hz_at_the_start(made).count(1000) == 0


def test_a_silent_background_is_no_background() -> None:
    silence = [np.zeros(4000, dtype=np.int16)]

    heard = telephone(SPEECH, np.random.default_rng(3), Channel(), silence)

    assert np.abs(heard).max() > 100


def _loudest_hz_at_the_start(heard: Sequence[NDArray[np.int16]]) -> list[int]:
    """To the nearest 40 Hz, in the first 25 ms, where nobody speaks yet."""
    return [
        int(np.abs(np.fft.rfft(each[:200] - each[:200].mean())).argmax()) * 40 for each in heard
    ]
