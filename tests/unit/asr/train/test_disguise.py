"""A disguise changes who speaks, not how long or what kind of numbers there are."""

import numpy as np

from ivr.asr.build import features
from ivr.asr.train.disguise import Disguise, disguised

NOISE = np.random.default_rng(5).normal(0, 2000, 8000)
TONE = 9000 * np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)
SPOKEN = features.mfcc((NOISE + TONE).astype(np.int16))
PLAIN = Disguise(throat=(1.0, 1.0), bands=0, gap_frames=0, colour=0.0)


def test_cepstra_and_mel_are_two_views_of_the_same() -> None:
    assert np.allclose(features.cepstra(features.log_mel(SPOKEN)), SPOKEN, atol=1e-2)


def test_without_any_change_the_sound_stays() -> None:
    assert np.allclose(disguised(SPOKEN, np.random.default_rng(1), PLAIN), SPOKEN, atol=1e-2)


def test_a_disguise_keeps_the_shape_and_differs_each_time() -> None:
    random = np.random.default_rng(2)

    one, other = (disguised(SPOKEN, random, Disguise()) for _ in range(2))

    assert one.shape == other.shape == SPOKEN.shape
    assert one.dtype == np.float32
    assert not np.allclose(one, other)


def test_a_shorter_throat_moves_a_formant_up() -> None:
    def loudest(factor: float) -> int:
        how = Disguise(throat=(factor, factor), bands=0, gap_frames=0, colour=0.0)
        random = np.random.default_rng(0)  # its first draw is below 0.7: the throat changes
        return int(features.log_mel(disguised(SPOKEN, random, how)).mean(axis=0).argmax())

    assert loudest(0.87) > loudest(1.0) > loudest(1.14)
