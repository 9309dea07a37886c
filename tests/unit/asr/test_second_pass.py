"""Which audio the second pass hears: the end of an utterance, and what is left of it."""

from pathlib import Path

import numpy as np
import pytest

from ivr.asr.build import vocabulary
from ivr.asr.models import SHIPPED
from ivr.asr.second_pass import Recent, SecondPass
from ivr.domain import SAMPLE_RATE_HZ, Language


def heard(length_s: float, step_s: float = 0.1) -> Recent:
    """Give an utterance whose samples count the milliseconds."""
    audio = Recent()
    samples = (np.arange(round(length_s * SAMPLE_RATE_HZ)) // 8).astype("<i2")
    step = round(step_s * SAMPLE_RATE_HZ)
    for at in range(0, len(samples), step):
        audio.add(samples[at : at + step].tobytes())
    return audio


def test_a_stretch_is_found_by_its_time() -> None:
    samples = heard(2.0).between(0.5, 0.75)

    assert (samples[0], samples[-1], len(samples)) == (500, 749, 2000)


def test_a_stretch_beyond_the_audio_is_cut() -> None:
    audio = heard(2.0)

    assert len(audio.between(1.9, 2.5)) == 800
    assert len(audio.between(-0.3, 0.1)) == 800
    assert len(audio.between(3.0, 4.0)) == 0


@pytest.mark.parametrize("step_s", [0.1, 0.4])
def test_of_a_long_utterance_the_end_is_kept_and_its_times_stay(step_s: float) -> None:
    audio = heard(30.0, step_s)

    assert 6.0 <= 30.0 - audio.begin_s <= 12.5
    assert audio.between(29.0, 29.5)[0] == 29000


@pytest.mark.parametrize("language", Language)
def test_the_shipped_models_tell_how_each_of_their_words_sounds(language: Language) -> None:
    model = SHIPPED / f"vosk-hotline-{language.value}-8k"

    found = SecondPass.of(model)

    assert found is not None
    assert found.readings.keys() >= vocabulary.read_words(model / "graph" / "words.txt")


def test_a_model_that_does_not_tell_how_its_words_sound_has_no_second_pass(tmp_path: Path) -> None:
    assert SecondPass.of(tmp_path) is None
