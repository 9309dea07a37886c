"""The network in whole numbers: the same rows as the exact one, and nearly the same sounds."""

import numpy as np
import pytest

from ivr.asr.build import acoustic, features
from ivr.asr.build.acoustic import Matrix
from ivr.asr.build.forward import log_probabilities
from ivr.asr.whole_network import WholeNetwork
from ivr.audio.wav import read_wav
from ivr.domain import Language
from tests import needs
from tests.unit.asr.small_network import by_hand, frames, network


def padded(given: Matrix, whole: WholeNetwork) -> Matrix:
    """Repeat the first and the last frame, as the exact network does."""
    return np.pad(given, ((whole.left, whole.right), (0, 0)), mode="edge")


@pytest.mark.parametrize("shifts", [(-3, 0, 3), (-6, -3, 0), (-1, 0, 2)])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 40])
def test_layers_that_are_asked_for_few_frames_give_the_same_as_by_hand(
    shifts: tuple[int, ...], count: int
) -> None:
    whole = WholeNetwork(network(*shifts))  # of two layers, and the first and last are exact

    found = whole.log_probabilities(padded(frames(count), whole))

    assert np.allclose(found[:, 0], by_hand(shifts, frames(count)), atol=1e-5)


def test_frames_make_the_rows_that_they_are_enough_for() -> None:
    whole = WholeNetwork(network(-3, 0, 3))

    for rows in range(1, 5):
        enough = whole.frames_for(rows)
        assert len(whole.log_probabilities(frames(enough))) == rows
        assert len(whole.log_probabilities(frames(enough - 1))) == rows - 1
    assert whole.log_probabilities(frames(0)).shape == (0, whole.sounds)


@pytest.mark.parametrize("language", Language)
def test_rounded_weights_hear_what_the_exact_ones_hear(language: Language) -> None:
    model = acoustic.read(needs.path(f"models/vosk-hotline-{language.value}-8k/am/final.mdl"))
    whole = WholeNetwork(model)
    off, is_same = [], []
    speech = needs.ROOT / "ivr/sim/speech" / language.value
    for file in sorted(speech.glob("*.wav"))[::6]:
        heard = features.mfcc(np.frombuffer(read_wav(file).telephone(), "<i2"))
        exact, found = (
            log_probabilities(model, heard),
            whole.log_probabilities(padded(heard, whole)),
        )
        off.append(np.abs(np.exp(found) - np.exp(exact)).max(axis=1))
        is_same.append(found.argmax(axis=1) == exact.argmax(axis=1))

    assert np.concatenate(off).mean() < 0.02
    assert np.concatenate(is_same).mean() > 0.98
