"""Whether our own voice comes back, so that the canceller never mutes a caller on a clean line."""

import numpy as np
import pytest

from ivr.audio.echo_presence import EchoPresence, likeness
from ivr.audio.speech import SpeechDetector
from ivr.config.settings import Hearing
from ivr.domain import AudioFrame
from tests.unit.audio.sounds import frames, noise, vowel


def murmur(seed: int, length_s: float, level_db: float) -> bytes:
    """Speech-like: noise in changing bands, so that it resembles nothing but itself."""
    rng = np.random.default_rng(seed)
    white = rng.normal(size=round(length_s * 8000))
    smooth = np.convolve(white, np.hanning(24), "same")
    envelope = 0.3 + 0.7 * np.repeat(rng.random(round(length_s * 8) + 1), 1000)[: len(smooth)]
    wave = smooth * envelope
    return np.asarray(
        wave / np.sqrt(np.mean(wave**2)) * 32768 * 10 ** (level_db / 20), "<i2"
    ).tobytes()


def hum(length_s: float, pitch_hz: float) -> bytes:
    """A vowel that is held: so periodic that any other of its pitch resembles it."""
    time_s = np.arange(round(length_s * 8000)) / 8000
    wave = sum(np.sin(2 * np.pi * n * pitch_hz * time_s) / n for n in range(1, 9))
    return (3000 * wave).astype("<i2").tobytes()


def echoed(prompt: bytes, delay_s: float, loss_db: float) -> np.ndarray:
    wave = np.frombuffer(prompt, "<i2").astype(float) * 10 ** (-loss_db / 20)
    late = round(delay_s * 8000)
    return np.concatenate([np.zeros(late), wave[: len(wave) - late]])


def watched(heard: bytes, played: bytes) -> EchoPresence:
    presence = EchoPresence()
    for one, other in zip(frames(heard), frames(played), strict=True):
        presence.watch(one, other)
    return presence


def test_at_the_start_an_echo_is_assumed() -> None:
    assert EchoPresence().is_present


@pytest.mark.parametrize("delay_s", [0.03, 0.1, 0.25])
@pytest.mark.parametrize("loss_db", [10, 20, 30])
def test_an_echo_is_found_at_any_delay(delay_s: float, loss_db: float) -> None:
    prompt = murmur(1, 2, -20)

    assert watched(echoed(prompt, delay_s, loss_db).astype("<i2").tobytes(), prompt).is_present


def test_a_silent_line_has_no_echo() -> None:
    prompt = murmur(1, 2, -20)

    assert not watched(bytes(len(prompt)), prompt).is_present


def test_another_voice_is_no_echo() -> None:
    assert not watched(murmur(2, 2, -20), murmur(1, 2, -20)).is_present


def test_an_echo_stays_known_while_the_caller_talks_over_it() -> None:
    prompt = murmur(1, 4, -20)
    echo = echoed(prompt, 0.1, 20)
    echo[16000:24000] += np.frombuffer(murmur(2, 1, -20), "<i2")

    assert watched(echo.astype("<i2").tobytes(), prompt).is_present


def test_an_echo_that_ends_is_forgotten() -> None:
    prompt = murmur(1, 6, -20)
    echo = echoed(prompt, 0.1, 20)
    echo[8000:] = 0

    assert not watched(echo.astype("<i2").tobytes(), prompt).is_present


def test_likeness_tells_an_echo_from_another_voice() -> None:
    prompt = murmur(1, 0.48, -20)

    assert likeness(prompt[-2560:], prompt)[0] > 0.95
    assert likeness(murmur(3, 0.16, -20), prompt)[0] < 0.4


def test_likeness_tells_the_delay_of_an_echo() -> None:
    prompt = murmur(1, 0.48, -20)

    assert likeness(prompt[-2560 - 1600 : -1600], prompt)[1] == 800


def test_a_vowel_that_resembles_our_own_by_chance_is_no_echo() -> None:
    prompt, caller = hum(3.2, 140), bytes(16000) + hum(0.16, 139) + bytes(1280) + hum(0.16, 141)
    clean = caller.ljust(len(prompt), b"\0")

    assert likeness(hum(0.16, 139), prompt[:7680])[0] > 0.4
    assert not watched(clean, prompt).is_present


def test_a_caller_who_interrupts_on_a_clean_line_is_heard_whole() -> None:
    prompt, caller = murmur(1, 4, -20), bytes(2 * 16000) + vowel(2, -22, pitch_hz=210)
    detector = SpeechDetector(Hearing())

    heard = [
        detector.hear(AudioFrame(one, other))
        for one, other in zip(frames(caller), frames(prompt), strict=True)
    ]

    assert b"".join(each.pcm for each in heard)[32000:] == caller[32000:]
    assert np.mean([each.is_speech for each in heard[110:]]) > 0.8


def test_noise_that_was_never_ours_is_no_echo() -> None:
    assert not watched(noise(2, -45), murmur(1, 2, -20)).is_present
