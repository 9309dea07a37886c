"""Words from behind the caller are told from theirs by how loud they are."""

from itertools import pairwise

import numpy as np
import pytest

from ivr.asr.faint import CLEAR_DB, Loudness
from ivr.asr.vocabulary import UNKNOWN
from ivr.domain import SAMPLE_RATE_HZ, Word

_VOICE_DBFS = -20.0


def _sound(*stretches: tuple[float, float]) -> bytes:
    """Hum of so many seconds and dB below the voice each, one behind the other."""
    parts = []
    for length_s, below_db in stretches:
        time_s = np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        strength = 32768 * 2**0.5 * 10 ** ((_VOICE_DBFS - below_db) / 20)
        parts.append(strength * np.sin(2 * np.pi * 200 * time_s))
    return np.concatenate(parts).astype("<i2").tobytes()


def _words(text: str, *bounds_s: float) -> list[Word]:
    stretches = pairwise(bounds_s)
    return [Word(word, *each, 1.0) for word, each in zip(text.split(), stretches, strict=True)]


def _near(pcm: bytes, words: list[Word]) -> str:
    return " ".join(word.text for word in _loudness(pcm).near(words))


def _loudness(pcm: bytes) -> Loudness:
    loudness = Loudness()
    for start in range(0, len(pcm), 1500):  # no multiple of a frame
        loudness.add(pcm[start : start + 1500])
    return loudness


@pytest.mark.parametrize(("below_db", "heard"), [(20, "my card"), (12, "one my card nine")])
def test_words_far_below_the_callers_are_left_out(below_db: float, heard: str) -> None:
    pcm = _sound((0.5, below_db), (1.0, 0), (0.5, below_db))
    words = [
        *_words("one", 0.05, 0.35),
        *_words("my card", 0.6, 1.0, 1.4),
        *_words("nine", 1.65, 1.95),
    ]
    assert _near(pcm, words) == heard


def test_a_slammed_door_and_a_cough_take_no_words_away() -> None:
    pcm = _sound((0.3, -15), (0.3, 60), (0.6, 5))
    assert _near(pcm, _words("yes", 0.7, 1.1)) == "yes"
    assert _near(pcm, [*_words(UNKNOWN, 0.05, 0.25), *_words("yes", 0.7, 1.1)]) == f"{UNKNOWN} yes"


def test_who_is_faint_all_the_time_is_heard() -> None:
    assert _near(_sound((2.0, 40)), _words("not now", 0.2, 0.9, 1.8)) == "not now"


def test_who_turns_away_from_the_phone_is_heard_after_a_while() -> None:
    pcm = _sound((1.0, 0), (5.0, 60), (1.0, 20))
    words = [*_words("hello", 0.2, 0.8), *_words("agent", 6.2, 6.8)]
    assert _near(pcm, words) == "hello agent"
    soon = _sound((1.0, 0), (1.0, 60), (1.0, 20))
    assert _near(soon, [words[0], *_words("agent", 2.2, 2.8)]) == "hello"


def test_nothing_heard_is_nothing() -> None:
    assert _near(b"", []) == ""
    assert _near(b"", _words("yes", 0.1, 0.4)) == "yes"


@pytest.mark.parametrize(("below_db", "above_db"), [(0, 0), (10, 10), (40, CLEAR_DB)])
def test_how_far_words_stand_out_is_measured_against_the_room(
    below_db: float, above_db: float
) -> None:
    pcm = _sound((0.5, below_db), (1.0, 0), (0.5, below_db))

    found = _loudness(pcm).above_room_db(_words("my card", 0.55, 1.0, 1.45))

    assert found == pytest.approx(above_db, abs=0.5)


def test_what_was_not_understood_belongs_to_the_room() -> None:
    pcm = _sound((2.0, 0))
    words = [*_words("yes", 0.1, 0.4), *_words(UNKNOWN, 0.5, 1.9)]
    assert _loudness(pcm).above_room_db(words) == 0


def test_a_line_that_sends_only_the_voice_is_clear() -> None:
    silence = bytes(SAMPLE_RATE_HZ)
    pcm = silence + _sound((1.0, 0)) + silence
    assert _loudness(pcm).above_room_db(_words("yes", 0.52, 1.48)) == CLEAR_DB
    assert Loudness().above_room_db(_words("yes", 0.1, 0.4)) == CLEAR_DB


def test_silence_that_is_only_around_a_noisy_line_does_not_make_it_clear() -> None:
    silence = bytes(4 * SAMPLE_RATE_HZ)
    pcm = silence + _sound((0.5, 5), (1.0, 0), (0.5, 5)) + silence
    found = _loudness(pcm).above_room_db(_words("my card", 2.55, 3.0, 3.45))
    assert found == pytest.approx(5, abs=0.5)
