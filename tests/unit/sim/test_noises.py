"""Sounds that are not words."""

import numpy as np
import pytest

from ivr.analytics.sounds import stretches
from ivr.domain import Language
from ivr.sim import noises


@pytest.mark.parametrize("name", noises.SHORT)
def test_a_small_sound_is_audible_short_and_repeatable(name: str) -> None:
    sound = noises.short(name, Language.EN, 3)

    assert stretches(sound.astype(np.int16), 1.0)
    assert len(sound) / 8000 < 1.5
    assert np.array_equal(sound, noises.short(name, Language.EN, 3))


@pytest.mark.parametrize("name", noises.BACKGROUNDS)
def test_a_background_is_as_much_weaker_than_speech_as_it_is_told(name: str) -> None:
    near, far = (noises.background(name, Language.ZH, snr_db, 1) for snr_db in (5, 25))

    assert np.allclose(near, 10 * far, rtol=1e-3, atol=0.1)


def test_an_unknown_sound_is_refused() -> None:
    with pytest.raises(KeyError):
        noises.short("sneeze", Language.EN, 1)
