"""The silences of our own voice, told from audio that came late."""

import weakref

import numpy as np
import pytest

from ivr.analytics.caller_ear import measure
from ivr.analytics.closures import Closures
from ivr.analytics.sounds import Samples, holes
from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm


def tone(length_s: float, hz: float, level: float = 6000.0) -> Samples:
    at = np.arange(round(length_s * 8000)) / 8000
    # Two tones that never meet zero together, so that a cut is a cut.
    wave = level * (np.cos(2 * np.pi * hz * at) + 0.6 * np.cos(2 * np.pi * 2.7 * hz * at))
    return wave.astype(np.int16)


def silence(length_s: float) -> Samples:
    return np.zeros(round(length_s * 8000), np.int16)


def over_a_line(samples: Samples) -> Samples:
    heard = ulaw_to_pcm(pcm_to_ulaw(samples.astype("<i2").tobytes()))
    return np.frombuffer(heard, "<i2").copy()


@pytest.fixture
def prompt() -> Samples:
    """A prompt with a closed mouth of 72 ms in it."""
    return np.concatenate([tone(0.5, 130.0), silence(0.072), tone(0.5, 210.0)])


@pytest.fixture
def closures(prompt: Samples) -> Closures:
    made = Closures()
    made.learn(prompt)
    return made


def gaps(closures: Closures, hotline: Samples) -> list[float]:
    return measure(silence(len(hotline) / 8000), hotline, are_own=closures.are_own).gaps


def test_the_voices_own_silence_is_no_gap(prompt: Samples, closures: Closures) -> None:
    heard = np.concatenate([silence(1.0), over_a_line(prompt), silence(1.0)])

    assert len(holes(heard)) == 1
    assert gaps(closures, heard) == []


def test_it_is_known_again_at_another_volume(prompt: Samples, closures: Closures) -> None:
    heard = np.concatenate([silence(1.0), over_a_line((prompt // 4).astype(np.int16))])

    assert gaps(closures, heard) == []


def test_late_audio_is_a_gap_even_when_it_is_as_long(prompt: Samples, closures: Closures) -> None:
    late = np.concatenate([prompt[:2400], silence(0.072), prompt[2400:]])

    assert gaps(closures, over_a_line(late)) == [pytest.approx(0.072, abs=0.003)]


def test_late_audio_inside_a_silence_makes_it_a_gap(prompt: Samples, closures: Closures) -> None:
    late = np.concatenate([prompt[:4200], silence(0.06), prompt[4200:]])

    assert gaps(closures, over_a_line(late)) == [pytest.approx(0.132, abs=0.003)]


def test_nothing_learned_every_hole_is_a_gap(prompt: Samples) -> None:
    assert len(gaps(Closures(), over_a_line(prompt))) == 1


def test_what_was_rendered_is_not_kept_for_its_silences(prompt: Samples) -> None:
    closures, rendered = Closures(), prompt.copy()
    gone = weakref.ref(rendered)
    closures.learn(rendered)

    del rendered

    assert gone() is None
    assert gaps(closures, np.concatenate([silence(1.0), prompt])) == []


def test_audio_that_comes_late_into_the_loudest_of_sounds_is_a_gap() -> None:
    loudest = np.full(4000, -32768, np.int16)

    assert len(holes(np.concatenate([loudest, silence(0.1), loudest]))) == 1
