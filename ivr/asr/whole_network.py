"""The network of an acoustic model in whole numbers, for asking the sound while a caller speaks.

Exactly computed (`build/forward.py`) it would take a third of what Vosk takes for all it does. In
eight bits, by onnxruntime, it takes a quarter of that (measured in docs/adr/ask-the-sound.md). The
weights are rounded once, a column by its largest one; the input of each layer is measured and
rounded as it comes ("dynamic quantisation"). The first layer and the last stay exact: cepstra
differ a hundredfold in size, and the output is what counts; with both rounded, probabilities were
off by three times as much. It keeps nothing: a call gives all frames that its rows look at.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from ivr.asr.build.acoustic import Acoustic, Matrix, Node
from ivr.asr.build.forward import INPUT, STRIDE, sounds_of

_OPSET, _IR = 17, 9
"""Versions of ONNX's operators and of its file that every runtime of today reads."""
_LARGEST: Final = 63
"""Weights have 7 bits: processors without VNNI add two products of 8 bits each in 16 bits, and
would cut off the sum (onnxruntime's manual, "reduce_range")."""
_KINDS: Final = {
    "RectifiedLinearComponent": "Relu",
    "LogSoftmaxComponent": "LogSoftmax",  # over the last axis: the sounds
    "NoOpComponent": "Identity",
}
_TO_THE_END: Final = np.iinfo(np.int64).max


class WholeNetwork:
    """The network, ready to run; shared by all utterances and threads."""

    def __init__(self, model: Acoustic) -> None:
        """Round a model's weights; takes about 20 ms."""
        spans = _spans(model)
        self.sounds = sounds_of(model)
        self.left, self.right = -spans[INPUT].first, spans[INPUT].last
        """Feature frames that a row looks at before and behind its own."""
        options = onnxruntime.SessionOptions()
        # Too small to be shared out, and threads of its own would fight the calls'.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            _graph(model, spans).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def frames_for(self, rows: int) -> int:
        """How many feature frames some rows look at, those between them included."""
        return self.left + STRIDE * (rows - 1) + 1 + self.right if rows > 0 else 0

    def rows_of(self, frames: int) -> int:
        """How many rows some feature frames are enough for."""
        return max(0, (frames - self.left - self.right - 1) // STRIDE + 1)

    def log_probabilities(self, features: Matrix) -> Matrix:
        """Log probability of every sound in the rows that the frames are enough for.

        Features (frames, cepstra), of which the first `left` and the last `right` have no rows of
        their own; shape (rows, sounds), a row every third frame.
        """
        rows = self.rows_of(len(features))
        if not rows:
            return np.zeros((0, self.sounds), np.float32)
        (found,) = self._session.run(None, {INPUT: features[: self.frames_for(rows)]})
        return np.asarray(found, np.float32)


@dataclass(frozen=True)
class _Span:
    """The frames that are asked of a node, relative to the first row's and to the last row's."""

    first: int
    last: int
    step: int


def _spans(model: Acoustic) -> dict[str, _Span]:
    """What is asked of each node; where everybody asks for every third frame, only these."""
    asked: dict[str, set[int]] = {model.nodes[-1].name: {0}}
    for node in reversed(model.nodes):
        for name, shift in node.inputs:
            asked.setdefault(name, set()).update(at + shift for at in asked[node.name])
    return {
        name: _Span(min(at), max(at), STRIDE if len({each % STRIDE for each in at}) == 1 else 1)
        for name, at in asked.items()
    }


# --- as ONNX ------------------------------------------------------------------------------


def _graph(model: Acoustic, spans: dict[str, _Span]) -> onnx.ModelProto:
    parts = _Parts([], [])
    affine = [node for node in model.nodes if node.kind == "AffineComponent"]
    for node in model.nodes:
        inputs = [_sliced(name, shift, spans, node, parts) for name, shift in node.inputs]
        x = _joined(inputs, node, parts)
        if node.kind != "AffineComponent":
            parts.step(_KINDS[node.kind], [x], node.name)
        elif node is affine[0] or node is affine[-1]:
            _exact(node, x, parts)
        else:
            _rounded(node, x, parts)
    last = model.nodes[-1].name
    graph = helper.make_graph(
        parts.steps,
        "sounds",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["frames", None])],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, ["rows", None])],
        parts.constants,
    )
    opset = helper.make_opsetid("", _OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=_IR)


@dataclass(frozen=True)
class _Parts:
    """What a graph is made of, in the order of computation."""

    steps: list[onnx.NodeProto]
    constants: list[onnx.TensorProto]

    def step(self, kind: str, inputs: list[str], *outputs: str, **options: int) -> str:
        """Add a step, and give the name of its first output."""
        made = helper.make_node(kind, inputs, outputs)
        made.attribute.extend(helper.make_attribute(*option) for option in options.items())
        self.steps.append(made)
        return outputs[0]

    def constant(self, name: str, values: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _sliced(name: str, shift: int, spans: dict[str, _Span], node: Node, parts: _Parts) -> str:
    """The rows of a node, from where another one, that looks `shift` frames away, needs them."""
    given, asked = spans[name], spans[node.name]
    first = (asked.first + shift - given.first) // given.step
    behind = (given.last - asked.last - shift) // given.step
    step = asked.step // given.step
    if not first and not behind and step == 1:
        return name
    output = f"{node.name}.{name}.{shift}"
    bounds = {"from": first, "to": -behind or _TO_THE_END, "axis": 0, "step": step}
    limits = [parts.constant(f"{output}.{at}", np.array([each])) for at, each in bounds.items()]
    return parts.step("Slice", [name, *limits], output)


def _joined(inputs: list[str], node: Node, parts: _Parts) -> str:
    if len(inputs) == 1:
        return inputs[0]
    if node.is_sum:
        return parts.step("Sum", inputs, f"{node.name}.sum")
    return parts.step("Concat", inputs, f"{node.name}.row", axis=1)


def _exact(node: Node, x: str, parts: _Parts) -> None:
    assert node.weights is not None
    assert node.bias is not None
    weights = parts.constant(f"{node.name}.weights", node.weights.T)
    parts.step("Gemm", [x, weights, parts.constant(f"{node.name}.bias", node.bias)], node.name)


def _rounded(node: Node, x: str, parts: _Parts) -> None:
    assert node.weights is not None
    assert node.bias is not None
    own = node.name
    scales = np.maximum(np.abs(node.weights).max(axis=1), np.finfo(np.float32).tiny) / _LARGEST
    rounded = np.round(node.weights / scales[:, None]).astype(np.int8)
    whole, scale, zero = f"{own}.whole", f"{own}.scale", f"{own}.zero"
    parts.step("DynamicQuantizeLinear", [x], whole, scale, zero)
    weights = parts.constant(f"{own}.weights", rounded.T)
    products = parts.step("MatMulInteger", [whole, weights, zero], f"{own}.products")
    real = parts.step("Cast", [products], f"{own}.real", to=TensorProto.FLOAT)
    columns = parts.constant(f"{own}.columns", scales.astype(np.float32))
    both = parts.step("Mul", [scale, columns], f"{own}.scales")
    scaled = parts.step("Mul", [real, both], f"{own}.scaled")
    bias = parts.constant(f"{own}.bias", node.bias)
    parts.step("Add", [scaled, bias], own)
