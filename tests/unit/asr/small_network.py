"""A network of one cepstrum, small enough to be computed by hand."""

import numpy as np

from ivr.asr.build.acoustic import Acoustic, Matrix, Node


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
