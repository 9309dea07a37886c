"""Another pace leaves the pitch alone."""

import numpy as np
import pytest

from ivr.asr.train.tempo import faster

TONE = 8000 * np.sin(2 * np.pi * 200 * np.arange(8000) / 8000)


@pytest.mark.parametrize("factor", [0.7, 1.5, 2.2])
def test_a_second_of_a_tone_said_faster_is_shorter_and_as_high(factor: float) -> None:
    said = faster(TONE, factor)

    spectrum = np.abs(np.fft.rfft(said * np.hanning(len(said))))
    assert len(said) == pytest.approx(8000 / factor, rel=0.05)
    assert spectrum.argmax() * 8000 / len(said) == pytest.approx(200, abs=5)


def test_a_click_or_hardly_another_pace_stays_as_it_is() -> None:
    click = np.ones(100)

    assert faster(click, 2.0) is click
    assert faster(TONE, 1.01) is TONE
