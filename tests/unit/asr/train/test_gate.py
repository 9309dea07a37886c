"""A gate takes soft ends away, and nothing else."""

import numpy as np

from ivr.asr.train.gate import Gate, gated

RANDOM = np.random.default_rng(3)
NOISE = np.random.default_rng(2).normal(0, 1, 1600)
WORD = np.concatenate([60 * NOISE, 6000 * NOISE, 60 * NOISE])  # its ends are 40 dB below the rest
ALWAYS = Gate(share=1.0)


def test_soft_ends_are_lost_and_the_rest_is_untouched() -> None:
    passed = gated(WORD, RANDOM, ALWAYS)

    assert len(passed) == len(WORD)
    assert not passed[:1400].any()
    assert not passed[-1400:].any()
    assert np.array_equal(passed[1700:3100], WORD[1700:3100])


def test_without_a_gate_everything_passes() -> None:
    assert gated(WORD, RANDOM, Gate(share=0.0)) is WORD


def test_sentences_and_clicks_pass() -> None:
    sentence, click = np.resize(WORD, 20_000), WORD[1600:1700]

    assert gated(sentence, RANDOM, ALWAYS) is sentence
    assert gated(click, RANDOM, ALWAYS) is click


def test_a_word_that_would_be_lost_whole_is_kept() -> None:
    knock = np.zeros(4000)
    knock[2000:2200] = 8000

    assert gated(knock, RANDOM, ALWAYS) is knock


def test_as_many_are_gated_as_is_said() -> None:
    random = np.random.default_rng(5)

    count = sum(gated(WORD, random, Gate(share=0.2)) is not WORD for _ in range(500))

    assert 70 < count < 130
