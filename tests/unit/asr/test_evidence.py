"""What the sound says of words: made-up rows of probabilities, and what they speak for."""

from math import log

import numpy as np
import pytest

from ivr.asr.evidence import Evidence, Floats, evidence
from ivr.domain import Word

BLANK, F, AO, R, W, TH = range(6)
READINGS = {"four": ((F, AO, R),), "for": ((F, AO, R), (F, R)), "thaw": ((TH, AO),)}


def sounding(*sounds: int, sureness: float = 0.95) -> Floats:
    """Give rows in which each sound has its moment, with blanks around it."""
    rows = [BLANK, *(each for sound in sounds for each in (sound, BLANK))]
    shares = np.full((len(rows), 6), (1 - sureness) / 5)
    shares[np.arange(len(rows)), rows] = sureness
    return np.asarray(np.log(shares), dtype=np.float32)


def said(text: str, scores: Floats) -> tuple[Word, ...]:
    length_s = 0.03 * len(scores) / len(text.split())
    return tuple(
        Word(word, at * length_s, (at + 1) * length_s, 0.99) for at, word in enumerate(text.split())
    )


def of(text: str, scores: Floats) -> Evidence:
    found = evidence(scores, 0.0, said(text, scores), READINGS)
    assert found is not None
    return found


def test_a_word_whose_sounds_are_heard_clearly_is_nearly_certain() -> None:
    found = of("four", sounding(F, AO, R))

    # seven rows and one way through them that is likely: 0.95 each, over three sounds
    assert found.posterior == pytest.approx(7 * log(0.95) / 3, abs=0.03)
    assert found.clearness == pytest.approx(0.95, abs=0.001)
    assert found.misfit == 0.0


def test_all_ways_of_saying_the_sounds_count_not_only_the_likeliest() -> None:
    scores = sounding(F, F, AO, R, sureness=0.6)  # the blank within F is not sure

    best_way = 5 * log(0.6) + 4 * log(0.08)  # a lower bound: some path through the rows
    assert of("four", scores).posterior > best_way / 3


def test_other_sounds_speak_against_a_word() -> None:
    right, near = of("four", sounding(F, AO, R)), of("thaw", sounding(F, AO, R))

    assert near.posterior < right.posterior - 1
    assert near.clearness < 0.6 < right.clearness
    assert near.misfit == pytest.approx(2 / 3)


def test_sounds_that_follow_the_word_speak_against_it() -> None:
    alone, longer = of("four", sounding(F, AO, R)), of("four", sounding(F, AO, R, W, AO))

    assert longer.posterior < alone.posterior - 1
    assert longer.misfit == pytest.approx(2 / 5)


def test_unclear_sounds_are_less_likely_than_clear_ones() -> None:
    clear, unclear = (of("four", sounding(F, AO, R, sureness=each)) for each in (0.95, 0.4))

    assert unclear.posterior < clear.posterior - 1
    assert unclear.clearness < clear.clearness - 0.4


def test_speech_that_is_no_word_takes_any_sounds() -> None:
    scores = sounding(F, AO, R, W, W, TH)

    beside = of("four [unk]", scores)

    assert beside.posterior > of("four", scores).posterior + 1


def test_the_reading_that_was_said_counts() -> None:
    assert of("for", sounding(F, R)).misfit == 0.0
    assert of("for", sounding(F, AO, R)).misfit == 0.0


def test_the_same_sound_twice_needs_a_blank_between() -> None:
    twice = {"aa": ((AO, AO),)}
    words = (Word("aa", 0.0, 0.15, 0.9),)

    held = evidence(sounding(AO)[[0, 1, 1, 1, 2]], 0.0, words, twice)
    repeated = evidence(sounding(AO, AO), 0.0, words, twice)

    assert held is not None
    assert repeated is not None
    assert held.posterior < repeated.posterior - 1


def test_fewer_rows_than_sounds_are_no_error_but_no_match() -> None:
    found = of("four", sounding(F)[:1])

    assert found.posterior < -100
    assert 0 <= found.clearness < 1


@pytest.mark.parametrize("text", ["[unk]", "four unheard-of"])
def test_nothing_is_told_of_words_whose_sounds_are_not_known(text: str) -> None:
    scores = sounding(F, AO, R)

    assert evidence(scores, 0.0, said(text, scores), READINGS) is None


def test_nothing_is_told_without_audio_or_words() -> None:
    nothing = np.zeros((0, 6), dtype=np.float32)

    assert evidence(nothing, 0.0, said("four", sounding(F)), READINGS) is None
    assert evidence(sounding(F), 0.0, (), READINGS) is None


def test_a_long_stretch_does_not_make_a_probability_vanish() -> None:
    once = sounding(F, AO, R)
    quiet = np.asarray(np.log(np.full((400, 6), 1 / 6)), dtype=np.float32)  # anything may sound

    found = of("four", np.concatenate([once, quiet]))

    # (1/6)**400 is less than a number can hold; ways through the rows behind make it a little more
    assert 400 * log(1 / 6) / 3 - 5 < found.posterior < 400 * log(1 / 3) / 3


def test_sounds_that_never_were_there_cost_no_more_than_a_thousand() -> None:
    scores = np.full((40, 6), -500.0, dtype=np.float32)
    scores[:, BLANK] = 0.0

    assert -1000 / 3 <= of("four", scores).posterior < -50
