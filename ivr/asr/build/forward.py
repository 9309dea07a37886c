"""The network of an acoustic model, run by ourselves: the probability of every sound over time.

For checking what Vosk makes of a model, and for asking the sound itself whether the words that
Vosk believes were said. Layout: Kaldi, `nnet3/nnet-computation.h`; only the kinds of layers that
`acoustic.py` reads.

The features may come in pieces: each layer keeps the few rows that the next piece needs beside its
own, so that nothing is computed twice and at the end of an utterance only its last rows are left.
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
_INPUT: Final = "input"


def log_probabilities(model: Acoustic, features: Matrix) -> Matrix:
    """Log probability of every sound, shape (ceil(frames / 3), sounds); sound 0 is blank."""
    run = Run(Network(model))
    return np.concatenate([run.feed(features), run.finish()])


@dataclass(frozen=True)
class _Layer:
    """One step of the network, ready to run."""

    name: str
    kind: str
    inputs: tuple[tuple[str, int], ...]
    is_sum: bool
    weights: Matrix
    """Transposed and in one piece, as the product reads them: packing them anew for some ten rows
    takes as long as the product itself."""
    bias: Matrix
    begin: int
    """The time of its first row in feature frames, the first of the utterance being 0."""
    step: int
    """Feature frames between rows."""


class Network:
    """The layers of a model, ready to run; shared by all runs."""

    def __init__(self, model: Acoustic) -> None:
        self.left, self.right = model.left, model.right
        phases, begins = _phases(model), {_INPUT: -model.left}
        layers: list[_Layer] = []
        for node in model.nodes:
            begin = max(begins[name] - shift for name, shift in node.inputs)
            layer = _ready(node, begin, phases[node.name])
            begins[node.name] = layer.begin
            layers.append(layer)
        self.layers = tuple(layers)

    @property
    def sounds(self) -> int:
        """How many sounds it tells apart, the blank among them."""
        affine = [layer for layer in self.layers if layer.kind == "AffineComponent"]
        return int(affine[-1].weights.shape[1])


class Run:
    """The network over one utterance. Frames beyond its ends repeat the first and the last one,
    as Kaldi does."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._rows = {layer.name: _Rows(layer.begin, layer.step) for layer in network.layers}
        self._rows[_INPUT] = _Rows(-network.left, 1)
        self._last: Matrix | None = None  # feature frame
        self._frames = self._outputs = 0

    def feed(self, features: Matrix) -> Matrix:
        """Take feature frames, shape (frames, cepstra), and give the rows that they complete."""
        if not len(features):
            return self._none()
        if self._last is None:
            features = np.concatenate([np.repeat(features[:1], self._network.left, 0), features])
            self._frames -= self._network.left
        self._last, self._frames = features[-1:], self._frames + len(features)
        return self._given(self._run(features))

    def finish(self) -> Matrix:
        """Give the rows that are left; nothing follows."""
        if self._last is None:
            return self._none()
        beyond = np.repeat(self._last, self._network.right, 0)
        left = -(-self._frames // STRIDE) - self._outputs
        return self._given(self._run(beyond)[:left])

    def _given(self, rows: Matrix) -> Matrix:
        self._outputs += len(rows)
        return rows

    def _none(self) -> Matrix:
        return np.zeros((0, self._network.sounds), np.float32)

    def _run(self, features: Matrix) -> Matrix:
        """Compute what can be computed now, layer by layer."""
        self._rows[_INPUT].add(features)
        for layer in self._network.layers:
            self._advance(layer)
        last = self._rows[self._network.layers[-1].name]
        found = last.rows[max(0, -last.begin // last.step) :]
        self._forget()
        return found if len(found) else self._none()

    def _advance(self, layer: _Layer) -> None:
        mine = self._rows[layer.name]
        inputs = [(self._rows[name], shift) for name, shift in layer.inputs]
        end = min(rows.end - shift for rows, shift in inputs)
        count = -(-(end - mine.next) // layer.step)
        if count > 0:
            parts = [rows.at(mine.next + shift, count, layer.step) for rows, shift in inputs]
            mine.add(_computed(layer, _joined(parts, is_sum=layer.is_sum)))

    def _forget(self) -> None:
        """Keep of each layer only the rows that another one still needs."""
        needed = {name: rows.next for name, rows in self._rows.items()}
        for layer in self._network.layers:
            begin = self._rows[layer.name].next
            for name, shift in layer.inputs:
                needed[name] = min(needed[name], begin + shift)
        for name, rows in self._rows.items():
            rows.forget_before(needed[name])


class _Rows:
    """What a layer has given and is still needed: rows from the time `begin` on, every `step`."""

    def __init__(self, begin: int, step: int) -> None:
        self.begin, self.step = begin, step
        self.rows: Matrix = np.zeros((0, 0), np.float32)

    @property
    def next(self) -> int:
        """The time of the row that comes next."""
        return self.begin + len(self.rows) * self.step

    @property
    def end(self) -> int:
        """The time after the last row."""
        return self.next - self.step + 1

    def add(self, rows: Matrix) -> None:
        self.rows = np.concatenate([self.rows, rows]) if len(self.rows) else rows

    def at(self, begin: int, count: int, step: int) -> Matrix:
        """`count` rows from the time `begin` on; the times are among ours by construction."""
        first, stride = (begin - self.begin) // self.step, step // self.step
        return self.rows[first : first + (count - 1) * stride + 1 : stride]

    def forget_before(self, time: int) -> None:
        count = min(len(self.rows), max(0, (time - self.begin) // self.step))
        # A copy, so that the memory of what is forgotten is freed.
        self.rows, self.begin = self.rows[count:].copy(), self.begin + count * self.step


def _phases(model: Acoustic) -> Mapping[str, frozenset[int]]:
    """The frames, modulo the stride, in which each node is asked for anything."""
    asked: dict[str, frozenset[int]] = {model.nodes[-1].name: frozenset({0})}
    for node in reversed(model.nodes):
        mine = asked.get(node.name, frozenset())
        for name, shift in node.inputs:
            wanted = {(phase + shift) % STRIDE for phase in mine}
            asked[name] = asked.get(name, frozenset()) | wanted
    return asked


def _ready(node: Node, begin: int, phases: frozenset[int]) -> _Layer:
    """Where everybody who asks a layer asks for every third frame, only these are computed: a
    third of the work."""
    none = np.zeros(0, np.float32)
    step = STRIDE if len(phases) == 1 else 1
    if step == STRIDE:
        begin += (min(phases) - begin) % STRIDE
    weights = none if node.weights is None else np.ascontiguousarray(node.weights.T)
    bias = none if node.bias is None else np.array(node.bias)
    return _Layer(node.name, node.kind, node.inputs, node.is_sum, weights, bias, begin, step)


def _joined(parts: list[Matrix], *, is_sum: bool) -> Matrix:
    if len(parts) == 1:
        return parts[0]
    return np.asarray(sum(parts[1:], parts[0])) if is_sum else np.concatenate(parts, axis=1)


def _computed(layer: _Layer, x: Matrix) -> Matrix:
    if layer.kind == "AffineComponent":
        return np.asarray(x @ layer.weights + layer.bias, dtype=np.float32)
    if layer.kind == "RectifiedLinearComponent":
        return np.maximum(x, 0)
    if layer.kind == "LogSoftmaxComponent":
        top = x.max(axis=1, keepdims=True)
        return np.asarray(x - top - np.log(np.exp(x - top).sum(axis=1, keepdims=True)))
    return x
