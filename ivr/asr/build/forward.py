"""The network of an acoustic model, run by ourselves: the probability of every sound over time.

For checking what Vosk makes of a model, and for asking the sound itself whether the words that
Vosk believes were said. Layout: Kaldi, `nnet3/nnet-computation.h`; only the kinds of layers that
`acoustic.py` reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ivr.asr.build.acoustic import Acoustic, Matrix, Node

STRIDE: Final = 3
"""One output in three feature frames (`--frame-subsampling-factor=3`)."""
OUTPUT_S: Final = STRIDE * 0.01
"""Seconds from one output to the next."""


@dataclass(frozen=True)
class _Values:
    """What a node gave: the time of the first row in feature frames, and the step between rows."""

    rows: Matrix
    begin: int
    step: int

    @property
    def end(self) -> int:
        return self.begin + (len(self.rows) - 1) * self.step + 1

    def at(self, begin: int, count: int, step: int) -> Matrix:
        """`count` rows from the time `begin` on; the times are among ours by construction."""
        first, stride = (begin - self.begin) // self.step, step // self.step
        return self.rows[first : first + (count - 1) * stride + 1 : stride]


def log_probabilities(model: Acoustic, features: Matrix) -> Matrix:
    """Log probability of every sound, shape (ceil(frames / 3), sounds); sound 0 is blank.

    Frames beyond the ends repeat the first and the last one, as Kaldi does. Where everybody who
    asks a layer asks for every third frame, only these are computed: a third of the work.
    """
    outputs = -(-len(features) // STRIDE)
    left, right = model.left, model.right + STRIDE * outputs - len(features) + STRIDE
    padded = np.concatenate(
        [np.repeat(features[:1], left, 0), features, np.repeat(features[-1:], right, 0)]
    )
    phases = _phases(model)
    values = {"input": _Values(padded, -left, 1)}
    for node in model.nodes:
        values[node.name] = _apply(node, values, phases[node.name])
    last = values[model.nodes[-1].name]
    return last.rows[-last.begin // last.step :][:outputs]


def _phases(model: Acoustic) -> Mapping[str, frozenset[int]]:
    """The frames, modulo the stride, in which each node is asked for anything."""
    asked: dict[str, frozenset[int]] = {model.nodes[-1].name: frozenset({0})}
    for node in reversed(model.nodes):
        mine = asked.get(node.name, frozenset())
        for name, shift in node.inputs:
            wanted = {(phase + shift) % STRIDE for phase in mine}
            asked[name] = asked.get(name, frozenset()) | wanted
    return asked


def _apply(node: Node, values: Mapping[str, _Values], phases: frozenset[int]) -> _Values:
    """The node's values at the times asked for, from its inputs' where all exist."""
    inputs = [(values[name], shift) for name, shift in node.inputs]
    begin = max(each.begin - shift for each, shift in inputs)
    end = min(each.end - shift for each, shift in inputs)
    step = STRIDE if len(phases) == 1 else 1
    if step == STRIDE:
        begin += (min(phases) - begin) % STRIDE
    count = -(-(end - begin) // step)
    parts = [each.at(begin + shift, count, step) for each, shift in inputs]
    joined = np.sum(parts, axis=0) if node.is_sum else np.concatenate(parts, axis=1)
    return _Values(_layer(node, joined), begin, step)


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
