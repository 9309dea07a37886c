"""Words that were recorded alone are heard in a row."""

import numpy as np

from ivr.asr.train.recording import Recording
from ivr.asr.train.rows import Rows, in_rows, row, speech


def word(sound: int, speaker: str = "one", seconds: float = 0.5) -> Recording:
    """A tone of `seconds` with silence of 0.2 s around it."""
    times = np.arange(int(seconds * 8000)) / 8000
    tone = 6000 * np.sin(2 * np.pi * (150 + 10 * sound) * times)
    quiet = np.zeros(1600)
    samples = np.concatenate([quiet, tone, quiet]).astype(np.int16)
    return Recording(samples, (sound, sound + 100), speaker)


def test_a_row_says_all_its_words_one_after_the_other() -> None:
    words = [word(sound) for sound in range(1, 5)]

    said = row(words, Rows(), np.random.default_rng(1))

    assert said.sounds == (1, 101, 2, 102, 3, 103, 4, 104)
    assert said.speaker == "one"
    assert 0.5 * 8000 < len(said.samples) < 4 * 8000
    assert np.abs(said.samples).max() > 1000


def test_no_sound_is_lost_and_no_two_speakers_share_a_row() -> None:
    words = [word(sound, speaker) for sound in range(1, 20) for speaker in ("one", "two")]

    heard = in_rows(words, Rows(share=0.5), np.random.default_rng(2))

    assert len(heard) < len(words)
    for speaker in ("one", "two"):
        sounds = [
            s for recording in heard if recording.speaker == speaker for s in recording.sounds
        ]
        assert sorted(sounds) == sorted([*range(1, 20), *range(101, 120)])


def test_sentences_are_left_alone() -> None:
    sentence = word(1, seconds=3.0)

    assert in_rows([sentence], Rows(share=1.0), np.random.default_rng(3)) == [sentence]


def test_nothing_is_strung_together_when_the_share_is_nothing() -> None:
    words = [word(sound) for sound in range(1, 9)]

    assert in_rows(words, Rows(share=0.0), np.random.default_rng(4)) == words


def test_the_silence_around_a_word_is_cut() -> None:
    assert 4000 <= len(speech(word(1).samples)) <= 4000 + 2 * 240 + 160


def test_noise_in_which_nobody_speaks_stays_out_of_the_rows() -> None:
    hum = [Recording(word(1).samples, (), "one") for _ in range(12)]

    found = in_rows([word(2), word(3), *hum], Rows(share=1.0), np.random.default_rng(2))

    assert sum(not each.sounds for each in found) == len(hum)
