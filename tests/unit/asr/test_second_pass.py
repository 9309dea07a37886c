"""What the second pass tells: the network's rows over the end of an utterance, as it came in."""

from pathlib import Path

import numpy as np
import pytest

from ivr.asr.build import acoustic, features, vocabulary
from ivr.asr.build.forward import log_probabilities
from ivr.asr.evidence import Floats
from ivr.asr.models import SHIPPED
from ivr.asr.second_pass import SecondPass, Sounds
from ivr.asr.whole_network import WholeNetwork
from ivr.audio.wav import read_wav
from ivr.domain import SAMPLE_RATE_HZ, Language
from tests import needs

NETWORK = acoustic.read(SHIPPED / "vosk-hotline-en-8k" / "am" / "final.mdl")
NETWORK_IN_WHOLE = WholeNetwork(NETWORK)


def speech(length_s: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Give an English sentence, said again and again."""
    pcm = read_wav(needs.path("ivr/sim/speech/en/repayment_date.wav")).telephone()
    return np.resize(np.frombuffer(pcm, "<i2"), round(length_s * SAMPLE_RATE_HZ))


def exact(length_s: float) -> Floats:
    return log_probabilities(NETWORK, features.mfcc(speech(length_s)))


def is_like(found: Floats, expected: Floats) -> bool:
    """Whether rows are those expected but for the rounding, which a row's shift is not."""
    assert found.shape == expected.shape
    return float(np.abs(np.exp(found) - np.exp(expected)).max(axis=1).mean()) < 0.02


def heard(length_s: float, step_s: float = 0.1) -> Sounds:
    sounds, samples = Sounds(NETWORK_IN_WHOLE, {}), speech(length_s)
    step = round(step_s * SAMPLE_RATE_HZ)
    for at in range(0, len(samples), step):
        sounds.add(samples[at : at + step].astype("<i2").tobytes())
    return sounds


def test_rows_that_are_shifted_by_one_would_be_noticed() -> None:
    assert not is_like(exact(2.0)[1:], exact(2.0)[:-1])


@pytest.mark.parametrize("step_s", [0.02, 0.1, 0.4, 2.0])
def test_audio_in_pieces_sounds_as_it_does_at_once(step_s: float) -> None:
    begin_s, found = heard(1.7, step_s).between(0.0, 1.7)

    assert begin_s == 0.0
    assert is_like(found, exact(1.7))


def test_a_stretch_is_found_by_its_time() -> None:
    begin_s, found = heard(2.0).between(0.6, 0.9)

    assert begin_s == pytest.approx(0.6)
    assert is_like(found, exact(2.0)[20:30])


def test_a_stretch_beyond_the_audio_is_cut() -> None:
    sounds = heard(2.0)

    assert len(sounds.between(1.8, 2.5)[1]) == 6  # the last 25 ms make one frame, not three
    assert sounds.between(-0.3, 0.12)[0] == 0.0
    assert len(sounds.between(-0.3, 0.12)[1]) == 4
    assert len(sounds.between(3.0, 4.0)[1]) == 0


@pytest.mark.parametrize("step_s", [0.1, 0.4])
def test_of_a_long_utterance_the_end_is_kept_and_its_times_stay(step_s: float) -> None:
    begin_s, found = heard(30.0, step_s).between(0.0, 30.0)

    assert 6.0 <= 30.0 - begin_s <= 8.0
    assert is_like(found, exact(30.0)[round(begin_s / 0.03) :])


@pytest.mark.parametrize("length_s", [0.0, 0.02])
def test_less_audio_than_a_frame_tells_nothing(length_s: float) -> None:
    assert len(heard(length_s).between(0.0, 1.0)[1]) == 0


@pytest.mark.parametrize("language", Language)
def test_the_shipped_models_tell_how_each_of_their_words_sounds(language: Language) -> None:
    model = SHIPPED / f"vosk-hotline-{language.value}-8k"

    found = SecondPass.of(model)

    assert found is not None
    assert found.readings.keys() >= vocabulary.read_words(model / "graph" / "words.txt")


def test_a_model_that_does_not_tell_how_its_words_sound_has_no_second_pass(tmp_path: Path) -> None:
    assert SecondPass.of(tmp_path) is None
