"""Vowels, and what sounds like a voice without holding any."""

import numpy as np
import pytest

from ivr.audio.vowel import is_vowel
from ivr.domain import FRAME_BYTES, Language
from ivr.sim.callers import caller_lines
from ivr.sim.noises import short
from tests.unit.audio.sounds import noise, vowel


def vowels(pcm: bytes) -> list[bool]:
    ends = range(2 * FRAME_BYTES, len(pcm) + 1, FRAME_BYTES)
    return [is_vowel(pcm[end - 2 * FRAME_BYTES : end]) for end in ends]


@pytest.mark.parametrize("pitch_hz", [90, 140, 220, 300])
def test_a_vowel_of_any_pitch_is_one(pitch_hz: float) -> None:
    assert np.mean(vowels(vowel(1, -25, pitch_hz))) > 0.8


@pytest.mark.parametrize("dbfs", [-50, -20])
def test_noise_is_none(dbfs: float) -> None:
    assert np.mean(vowels(noise(2, dbfs))) < 0.02


def test_silence_is_none() -> None:
    assert not is_vowel(bytes(2 * FRAME_BYTES))


@pytest.mark.parametrize("name", ["laugh", "breath", "door", "cough"])
def test_laughs_breath_doors_and_coughs_have_hardly_any(name: str) -> None:
    worst = max(
        sum(vowels(short(name, Language.EN, seed).astype("<i2").tobytes())) for seed in range(8)
    )

    assert worst <= 3


def test_a_hum_with_the_mouth_closed_has_none() -> None:
    assert not any(vowels(caller_lines(Language.ZH)["mm_hm"].pcm))


@pytest.mark.parametrize("language", list(Language))
def test_every_caller_has_some(language: Language) -> None:
    without_words = {"mm_hm", "cough"}
    lines = [line for name, line in caller_lines(language).items() if name not in without_words]

    assert all(sum(vowels(line.pcm)) >= 3 for line in lines)
