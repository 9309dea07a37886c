"""Many takes of one voice do not drown the single takes of many."""

import numpy as np
import pytest

from ivr.asr.train.balance import draw, weights
from ivr.asr.train.recording import Recording


def test_a_speaker_with_a_hundred_takes_weighs_as_much_as_ten_with_one() -> None:
    speakers = ["often"] * 100 + [f"once {at}" for at in range(10)]

    found = weights(["two"] * 110, speakers)

    assert found[:100].sum() == pytest.approx(found[100:].sum())


def test_what_is_said_is_heard_as_often_as_it_was_recorded() -> None:
    said = ["two"] * 9 + ["nine"] * 3
    speakers = ["a"] * 4 + ["b"] * 5 + ["a", "a", "b"]

    found = weights(said, speakers)

    assert found[:9].sum() == pytest.approx(9)
    assert found[9:].sum() == pytest.approx(3)


def test_single_takes_all_have_their_equal_share() -> None:
    assert np.allclose(weights(["one", "two", "two"], ["a", "a", "b"]), 1.0)


def test_no_recordings_have_no_weights() -> None:
    assert len(weights([], [])) == 0


def said_by(speaker: str, count: int) -> list[Recording]:
    return [Recording(np.zeros(1, np.int16), (at,), speaker) for at in range(count)]


@pytest.mark.parametrize(("own", "beside", "heard"), [(20, 480, 250), (300, 200, 300), (20, 0, 20)])
def test_few_recordings_of_a_new_voice_are_half_of_what_is_heard(
    own: int, beside: int, heard: int
) -> None:
    drawn = draw(said_by("new", own), said_by("made", beside), np.random.default_rng(1))

    assert len(drawn) == own + beside
    assert sum(each.speaker == "new" for each in drawn) == heard


def test_without_recordings_only_what_was_made_is_heard() -> None:
    drawn = draw([], said_by("made", 30), np.random.default_rng(1))

    assert [each.speaker for each in drawn] == ["made"] * 30
