"""The network of an acoustic model, computed by ourselves: how probable is each sound when?

For checking what Vosk makes of a model, and what `whole_network.py` makes of it: plain and exact,
not fast. Layout: Kaldi, `nnet3/nnet-computation.h`; only the kinds of layers that
`acoustic.py` reads.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ivr.asr.build.acoustic import Acoustic, Matrix, Node

STRIDE: Final = 3
"""One output in three feature frames (`--frame-subsampling-factor=3`)."""
OUTPUT_S: Final = STRIDE * 0.01
"""Seconds from one output to the next."""
INPUT: Final = "input"
"""What the first layers name as their input."""


def log_probabilities(model: Acoustic, features: Matrix) -> Matrix:
    """Log probability of every sound, shape (ceil(frames / 3), sounds); sound 0 is blank.

    Frames beyond the ends of the features repeat the first and the last one, as Kaldi does.
    """
    if not len(features):
        return np.zeros((0, sounds_of(model)), np.float32)
    ahead = np.repeat(features[:1], model.left, 0)
    behind = np.repeat(features[-1:], model.right, 0)
    rows = {INPUT: _Rows(-model.left, np.concatenate([ahead, features, behind]))}
    for node in model.nodes:
        rows[node.name] = _computed(node, rows)
    last = rows[model.nodes[-1].name]
    return last.values[-last.begin : len(features) - last.begin : STRIDE]


def sounds_of(model: Acoustic) -> int:
    """How many sounds a model tells apart, the blank among them."""
    biases = [node.bias for node in model.nodes if node.kind == "AffineComponent"]
    last = biases[-1]
    assert last is not None
    return len(last)


@dataclass(frozen=True)
class _Rows:
    """What a layer gives, a row a feature frame, from the frame `begin` on."""

    begin: int
    values: Matrix

    @property
    def end(self) -> int:
        return self.begin + len(self.values)


def _computed(node: Node, rows: dict[str, _Rows]) -> _Rows:
    begin = max(rows[name].begin - shift for name, shift in node.inputs)
    end = min(rows[name].end - shift for name, shift in node.inputs)
    parts = [
        rows[name].values[begin + shift - rows[name].begin : end + shift - rows[name].begin]
        for name, shift in node.inputs
    ]
    joined = np.sum(parts, axis=0) if node.is_sum else np.concatenate(parts, axis=1)
    return _Rows(begin, _layer(node, joined))


def _layer(node: Node, x: Matrix) -> Matrix:
    if node.kind == "AffineComponent":
        assert node.weights is not None
        assert node.bias is not None
        return np.asarray(x @ node.weights.T + node.bias, dtype=np.float32)
    if node.kind == "RectifiedLinearComponent":
        return np.maximum(x, 0)
    if node.kind == "LogSoftmaxComponent":
        top = x.max(axis=1, keepdims=True)
        return np.asarray(x - top - np.log(np.exp(x - top).sum(axis=1, keepdims=True)))
    return x
