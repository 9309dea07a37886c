"""Judging a calibration: on speakers that took no part, at a fixed share of accepted answers."""

from dataclasses import replace

import numpy as np
import pytest

from ivr.asr.calibrate import Sample, held_out, judge
from ivr.asr.confidence import FEATURES


def sample(sureness: float, *, in_domain: bool, speaker: str) -> Sample:
    features = (1.0, sureness, *[0.0] * (len(FEATURES) - 2))
    return Sample(features, 1.0 if in_domain else 0.0, in_domain, speaker)


def people(count: int) -> list[Sample]:
    """Give two clips of each: a sure one in domain and an unsure one out of it."""
    random = np.random.default_rng(2)
    return [
        sample(center + random.normal(0, 0.5), in_domain=center > 0, speaker=f"speaker {who}")
        for who in range(count)
        for center in (2.0, -2.0)
    ]


def test_a_speaker_has_no_part_in_the_weights_that_judge_it() -> None:
    samples = people(20)
    other_way_round = [
        replace(each, rightness=1 - each.rightness) if each.speaker == "speaker 3" else each
        for each in samples
    ]

    before, after = held_out(samples), held_out(other_way_round)

    theirs = np.array([each.speaker == "speaker 3" for each in samples])
    assert np.array_equal(before[theirs], after[theirs])
    assert not np.allclose(before[~theirs], after[~theirs])


def test_sure_speech_of_new_speakers_is_believed_and_unsure_speech_is_not() -> None:
    samples = people(20)

    found = judge(samples, held_out(samples))

    assert found.accepted_out == 0.0
    assert found.accepted_in >= 0.8
    assert (found.n_in, found.n_out) == (20, 20)


def test_the_threshold_is_where_four_fifths_of_what_is_in_domain_pass() -> None:
    inside = [sample(0, in_domain=True, speaker=str(at)) for at in range(10)]
    outside = [sample(0, in_domain=False, speaker=str(at)) for at in range(4)]
    confidences = np.array([*np.arange(1, 11) / 10, 0.05, 0.1, 0.2, 0.9])

    found = judge([*inside, *outside], confidences)

    assert found.accept == pytest.approx(0.3)
    assert found.accepted_in == pytest.approx(0.8)
    assert found.accepted_out == pytest.approx(0.25)
    assert found.interval[0] <= 0.25 <= found.interval[1]


def test_clips_in_which_nothing_was_heard_are_refused_and_teach_nothing() -> None:
    silent = Sample((), 0.0, in_domain=False, speaker="nobody")

    found = held_out([*people(20), silent])

    assert found[-1] == 0.0
    assert np.array_equal(found[:-1], held_out(people(20)))


def test_an_ear_that_hears_too_little_is_not_made_good_by_accepting_everything() -> None:
    inside = [sample(0, in_domain=True, speaker=str(at)) for at in range(10)]
    outside = [sample(0, in_domain=False, speaker=str(at)) for at in range(10)]

    found = judge([*inside, *outside], np.zeros(20))

    assert found.accepted_in == 0.0
    assert found.accepted_out == 0.0
