"""Distances by what texts mean, from vectors that the tests make themselves."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy
import pytest

from tests.unit.dialog.bot_files import bot_file

SIZE = 512
SPREAD = 0.03
"""Of each number of a vector; the centres' numbers are about .04."""


@pytest.fixture(scope="module")
def meant() -> Iterator[ModuleType]:
    with bot_file("meant") as module:
        yield module


def around(centres: numpy.ndarray, each: int, seed: int) -> numpy.ndarray:
    """So many vectors of length 1 around each centre, centre after centre."""
    noise = numpy.random.RandomState(seed).normal(0, SPREAD, (len(centres) * each, SIZE))
    return unit(numpy.repeat(centres, each, axis=0) + noise)


def unit(rows: numpy.ndarray) -> numpy.ndarray:
    return (rows / numpy.linalg.norm(rows, axis=1, keepdims=True)).astype(numpy.float32)


@pytest.fixture(scope="module")
def centres() -> numpy.ndarray:
    """Of four meanings: the first two are one intent's, the others an intent's each."""
    return unit(numpy.random.RandomState(7).normal(size=(4, SIZE)))


INTENTS = [intent for intent in ("lost", "lost", "limit", "address") for _ in range(12)]
COLUMNS = numpy.repeat([2, 2, 1, 0], 5)
"""Of the questions' intents, which stand in alphabetical order."""


@pytest.fixture(scope="module")
def learned(meant: ModuleType, centres: numpy.ndarray) -> Any:
    """From twelve examples around each centre."""
    return meant.MeantDistances.learned(around(centres, 12, seed=1), INTENTS)


@pytest.fixture(scope="module")
def questions(centres: numpy.ndarray) -> numpy.ndarray:
    """Five around each centre, none of which is an example."""
    return around(centres, 5, seed=2)


def test_vectors_never_seen_lie_nearest_to_the_intent_whose_examples_are_like_them(
    learned: Any, questions: numpy.ndarray
) -> None:
    assert learned.of(questions).argmax(axis=1).tolist() == COLUMNS.tolist()


def test_only_the_right_intent_is_on_the_near_side_as_with_svms(
    learned: Any, questions: numpy.ndarray
) -> None:
    found = learned.of(questions)
    right = found[numpy.arange(len(questions)), COLUMNS]

    assert 0 < right.min() <= right.max() < 1.5
    assert numpy.sort(found, axis=1)[:, :-1].max() < 0


def test_what_is_like_no_example_is_farther_than_every_question(
    learned: Any, questions: numpy.ndarray
) -> None:
    elsewhere = unit(numpy.random.RandomState(9).normal(size=(5, SIZE)))

    assert learned.of(elsewhere).max() < learned.of(questions).max(axis=1).min()


def test_more_examples_than_are_taken_at_once_are_all_learned(
    meant: ModuleType,
    learned: Any,
    centres: numpy.ndarray,
    questions: numpy.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(meant, "_AT_ONCE", 7)

    in_pieces = meant.MeantDistances.learned(around(centres, 12, seed=1), INTENTS)

    assert in_pieces.of(questions) == pytest.approx(learned.of(questions), abs=1e-3)


def test_weights_are_all_there_is_to_keep(
    meant: ModuleType, learned: Any, questions: numpy.ndarray
) -> None:
    restored = meant.MeantDistances(learned.weights)

    assert (restored.of(questions) == learned.of(questions)).all()
    assert learned.weights.dtype == numpy.float32
    assert learned.weights.shape == (2 * meant.WAVES + 1, 3)


def test_waves_are_the_same_in_every_process(meant: ModuleType) -> None:
    directions = meant._directions()

    # Kept weights are worth nothing with others.
    assert directions.shape == (SIZE, meant.WAVES)
    assert directions[0, :3] == pytest.approx([2.2971, -0.8652, -0.7469], abs=1e-4)


def test_the_mixture_takes_its_share_of_both(meant: ModuleType) -> None:
    of_svms, of_meaning = numpy.array([[1.0, -1.0]]), numpy.array([[-1.0, 0.0]])

    found = meant.mixed(of_svms, of_meaning)

    assert found == pytest.approx(numpy.array([[1 - 2 * meant.SHARE, meant.SHARE - 1]]))
