"""The forward pass: its rows are those of the network at every third frame, and no others."""

from itertools import pairwise

import numpy as np
import pytest

from ivr.asr.build.acoustic import Acoustic, Matrix, Node
from ivr.asr.build.forward import Network, Run, log_probabilities


def affine(name: str, inputs: tuple[tuple[str, int], ...], weights: list[list[float]]) -> Node:
    matrix = np.array(weights, dtype=np.float32)
    bias = np.zeros(len(matrix), dtype=np.float32)
    return Node(name, inputs, is_sum=False, weights=matrix, bias=bias, kind="AffineComponent")


def network(*shifts: int) -> Acoustic:
    """Give a network that looks at frames around each frame, then at every third of these."""
    near = affine("near", (("input", -1), ("input", 1)), [[1, 1], [1, -1]])
    far = affine("far", tuple(("near", shift) for shift in shifts), [[1, 0] * len(shifts)])
    both = Node("both", (("far", 0), ("far", 3)), is_sum=True)
    return Acoustic((), (near, far, both), left=10, right=10)


def by_hand(shifts: tuple[int, ...], frames: Matrix) -> list[float]:
    """Give the same from the definition, one output after the other."""

    def frame(at: int) -> float:
        return float(frames[min(max(at, 0), len(frames) - 1), 0])

    def far(at: int) -> float:
        return sum(frame(at + shift - 1) + frame(at + shift + 1) for shift in shifts)

    return [far(at) + far(at + 3) for at in range(0, len(frames), 3)]


def frames(count: int) -> Matrix:
    return np.random.default_rng(3).normal(0, 1, (count, 1)).astype(np.float32)


def test_layers_that_are_asked_for_every_third_frame_give_the_same_as_all_frames() -> None:
    for shifts in ((-3, 0, 3), (-6, -3, 0)):
        for count in (1, 2, 3, 7, 40):
            found = log_probabilities(network(*shifts), frames(count))

            assert np.allclose(found[:, 0], by_hand(shifts, frames(count)), atol=1e-5)


def test_layers_that_are_asked_for_other_frames_too_give_all_of_them() -> None:
    found = log_probabilities(network(-1, 0, 2), frames(20))

    assert np.allclose(found[:, 0], by_hand((-1, 0, 2), frames(20)), atol=1e-5)


@pytest.mark.parametrize("sizes", [(1, 1, 1, 37), (40,), (0, 13, 0, 14, 13), (2,) * 20])
def test_frames_in_pieces_give_the_rows_of_all_at_once(sizes: tuple[int, ...]) -> None:
    for shifts in ((-3, 0, 3), (-1, 0, 2)):
        run, ends = Run(Network(network(*shifts))), np.cumsum((0, *sizes))

        pieces = [run.feed(frames(40)[begin:end]) for begin, end in pairwise(ends)]

        assert np.allclose(
            np.concatenate([*pieces, run.finish()])[:, 0], by_hand(shifts, frames(40)), atol=1e-5
        )


def test_nothing_heard_gives_no_rows() -> None:
    assert log_probabilities(network(0), frames(0)).shape == (0, 1)
