"""A calibrated confidence: what raises it, what lowers it, and that it is a probability."""

import numpy as np
import pytest

from ivr.asr.calibrate import logistic
from ivr.asr.confidence import (
    FEATURES,
    SOUND_FEATURES,
    SOUND_WEIGHTS,
    WEIGHTS,
    Verdict,
    calibrated,
    features,
    verdict,
    weights_of,
)
from ivr.asr.evidence import Evidence
from ivr.asr.faint import CLEAR_DB
from ivr.domain import Expect, Language, Word


def words(text: str, confidence: float = 0.95, word_s: float = 0.35) -> tuple[Word, ...]:
    return tuple(
        Word(word, at * word_s, (at + 1) * word_s, confidence)
        for at, word in enumerate(text.split())
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("other", [None, (), words("yes")])
def test_there_are_weights_for_every_way_of_listening(
    language: Language, other: tuple[Word, ...] | None
) -> None:
    said = words("yes" if language is Language.EN else "是")

    assert len(WEIGHTS[language, other is not None]) == len(FEATURES)
    assert len(features(said, other, language)) == len(FEATURES)
    assert 0 < calibrated(said, other, language) < 1


def test_nothing_known_is_never_believed() -> None:
    assert calibrated((), None, Language.EN) == 0.0
    assert calibrated(words("[unk] [unk]"), (), Language.ZH) == 0.0


@pytest.mark.parametrize("language", Language)
def test_sure_words_are_believed_more_than_unsure_ones(language: Language) -> None:
    sure, unsure = (
        calibrated(words("two five", confidence), None, language) for confidence in (1.0, 0.4)
    )

    assert sure > unsure + 0.2


def test_a_grammar_is_believed_more_where_the_open_ear_agrees() -> None:
    said = words("yes")

    agreed = calibrated(said, words("yes"), Language.EN)
    assert agreed > calibrated(said, words("guess", 0.5), Language.EN)


def test_a_word_that_takes_three_seconds_is_no_word() -> None:
    usual, drawn_out = words("yes"), words("yes", word_s=3.0)

    assert calibrated(drawn_out, None, Language.EN) < calibrated(usual, None, Language.EN)


@pytest.mark.parametrize("other", [None, words("我要 退款")])
def test_mandarin_words_that_drown_in_the_room_are_not_believed(
    other: tuple[Word, ...] | None,
) -> None:
    said = words("我要 退款")

    clear, drowned = (calibrated(said, other, Language.ZH, None, db) for db in (CLEAR_DB, 3.0))

    assert verdict(clear, Expect.FREE) is Verdict.ACCEPT
    assert verdict(drowned, Expect.FREE) is not Verdict.ACCEPT


FITTING = Evidence(posterior=-0.1, clearness=0.95, misfit=0.0)
UNFITTING = Evidence(posterior=-3.0, clearness=0.4, misfit=0.6)


@pytest.mark.parametrize("other", [None, words("yes")])
def test_sounds_that_fit_are_believed_and_sounds_that_do_not_are_not(
    other: tuple[Word, ...] | None,
) -> None:
    fitting, unfitting = (
        calibrated(words("yes"), other, Language.EN, each) for each in (FITTING, UNFITTING)
    )

    assert fitting > unfitting + 0.3


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("is_expected", [False, True])
def test_evidence_has_a_weight_for_each_of_its_features_or_none_at_all(
    language: Language, is_expected: bool
) -> None:
    weights = weights_of(language, is_expected=is_expected, has_evidence=True)

    is_asked = (language, is_expected) in SOUND_WEIGHTS
    assert len(weights) == len(FEATURES) + (len(SOUND_FEATURES) if is_asked else 0)


def test_the_fit_finds_the_line_between_right_and_wrong() -> None:
    random = np.random.default_rng(1)
    rows = np.column_stack([np.ones(400), random.normal(0, 1, 400), random.normal(0, 1, 400)])
    labels = rows[:, 1] + 0.1 * random.normal(0, 1, 400) > 0.3

    weights = logistic(rows, labels)

    assert ((rows @ weights > 0) == labels).mean() > 0.93
    assert abs(weights[2]) < 0.3 * weights[1]
