"""Engines' samples become what a phone line carries."""

import numpy as np
import pytest

from ivr.tts.shaping import Shaper, Trimmer, limit

RATE_HZ = 22050


def tone(frequency_hz: float, length_s: float, level: float = 0.5) -> np.ndarray:
    time_s = np.arange(int(RATE_HZ * length_s)) / RATE_HZ
    return (level * 32767 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.int16)


def shaped(samples: np.ndarray, piece: int = 1000) -> np.ndarray:
    shaper = Shaper(RATE_HZ)
    pieces = [shaper.push(samples[at : at + piece]) for at in range(0, len(samples), piece)]
    return np.frombuffer(b"".join([*pieces, shaper.finish()]), "<i2").astype(float)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples**2) / 32768**2 + 1e-12))


def test_a_second_stays_a_second() -> None:
    assert len(shaped(tone(440, 1.0))) == pytest.approx(8000, abs=50)


@pytest.mark.parametrize("frequency_hz", [300, 1000, 3400])
def test_the_telephone_band_passes(frequency_hz: int) -> None:
    assert level_db(shaped(tone(frequency_hz, 0.5))) == pytest.approx(-9, abs=1)


def test_what_would_fold_into_the_band_is_removed() -> None:
    speech_and_hiss = tone(500, 0.5, 0.3) + tone(5000, 0.5, 0.3)

    spectrum = np.abs(np.fft.rfft(shaped(speech_and_hiss)[400:3600] * np.hanning(3200)))

    at_500, folded = spectrum[200], spectrum[1200]  # 5 kHz would fold to 3 kHz; 2.5 Hz a bin
    assert folded < at_500 / 1000


def test_silence_around_speech_is_dropped_but_not_within_it() -> None:
    quiet = np.zeros(RATE_HZ // 2, np.int16)
    speech = tone(440, 0.2)

    samples = shaped(np.concatenate([quiet, speech, quiet, speech, quiet]))

    assert len(samples) == pytest.approx(8000 * (0.2 + 0.5 + 0.2 + 0.06), abs=100)
    assert np.flatnonzero(np.abs(samples) > 200)[0] < 160


def test_silence_alone_gives_nothing() -> None:
    assert shaped(np.zeros(RATE_HZ, np.int16)).size == 0


def test_the_size_of_the_pieces_does_not_matter() -> None:
    sound = np.concatenate([np.zeros(5000, np.int16), tone(440, 0.3), np.zeros(5000, np.int16)])

    one_piece, small_pieces = shaped(sound, len(sound)), shaped(sound, 37)

    assert np.abs(one_piece - small_pieces).max() <= 2


def test_peaks_are_bent_below_the_ceiling_and_quiet_speech_is_left_alone() -> None:
    samples = np.array([0.0, 0.5, -0.7, 1.0, -4.0], np.float32)

    limited = limit(samples)

    assert limited[:3].tolist() == samples[:3].tolist()
    assert np.abs(limited).max() <= 0.951
    assert np.all(np.diff(np.abs(limited)) > 0)


def test_a_finished_trimmer_gives_no_tail_of_nothing() -> None:
    assert Trimmer().finish().size == 0
