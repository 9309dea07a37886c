"""The acoustic network in torch: from `final.mdl` and back into it, weight by weight."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from ivr.asr.build import acoustic, forward
from ivr.errors import ConfigError, Place


@dataclass(frozen=True)
class _Layer:
    """An affine layer over shifted frames, and what follows it."""

    name: str
    source: int  # layer whose output is read; -1 for the input
    dilation: int
    stride: int
    before: int  # steps of context to the left, in the layer's own steps
    after: int
    has_relu: bool = False
    adds_source: bool = False


class Net(torch.nn.Module):  # type: ignore[misc]  # torch is optional, mypy does not see it
    """The same function as `forward.log_probabilities`, differentiable.

    Shapes: features (clips, frames, 40) already padded by `left` and `right` + 3 frames;
    log probabilities (clips, outputs, sounds).
    """

    def __init__(self, model: acoustic.Acoustic) -> None:
        super().__init__()
        self.left, self.right = model.left, model.right
        self.layers = _layers(model)
        affine = {node.name: node for node in model.nodes if node.kind == "AffineComponent"}
        self.weights = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        for layer in self.layers:
            node = affine[layer.name]
            assert node.weights is not None
            assert node.bias is not None
            taps = len(node.inputs)
            kernel = node.weights.reshape(len(node.weights), taps, -1).transpose(0, 2, 1)
            self.weights.append(torch.nn.Parameter(torch.from_numpy(kernel.copy())))
            self.biases.append(torch.nn.Parameter(torch.from_numpy(node.bias.copy())))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        x = features.transpose(1, 2)
        for layer, weight, bias in zip(self.layers, self.weights, self.biases, strict=True):
            y = functional.conv1d(x, weight, bias, stride=layer.stride, dilation=layer.dilation)
            if layer.has_relu:
                y = functional.relu(y)
            if layer.adds_source:
                y = y + x[:, :, layer.before : x.shape[2] - layer.after]
            x = y
        return functional.log_softmax(x.transpose(1, 2), dim=-1)

    def pad(self, features: np.ndarray) -> np.ndarray:
        """Repeat the first and last frame, as Kaldi does at the edges."""
        outputs = -(-len(features) // forward.STRIDE)
        wanted = self.left + forward.STRIDE * (outputs - 1) + 1 + self.right
        ahead = np.repeat(features[:1], self.left, 0)
        behind = np.repeat(features[-1:], max(0, wanted - self.left - len(features)), 0)
        return np.concatenate([ahead, features, behind])[:wanted]

    def into(self, path: Path) -> bytes:
        """The bytes of `final.mdl` with these weights in place of the old ones."""
        content = path.read_bytes()
        for layer, weight, bias in zip(self.layers, self.weights, self.biases, strict=True):
            old = {node.name: node for node in acoustic.read(path).nodes}[layer.name]
            assert old.weights is not None
            assert old.bias is not None
            kernel = weight.detach().numpy().transpose(0, 2, 1).reshape(old.weights.shape)
            content = _replace(content, old.weights, kernel, path)
            content = _replace(content, old.bias, bias.detach().numpy(), path)
        return content


def _layers(model: acoustic.Acoustic) -> tuple[_Layer, ...]:
    """Chain the nodes into layers; frames are thinned to every third where that is possible."""
    layers: list[_Layer] = []
    pace = 1
    followers: Mapping[str, str] = {n.inputs[0][0]: n.kind for n in model.nodes}
    sums = {node.inputs[0][0] for node in model.nodes if node.is_sum}
    for node in model.nodes:
        if node.kind != "AffineComponent":
            continue
        shifts = [shift for _, shift in node.inputs]
        step = shifts[1] - shifts[0] if len(shifts) > 1 else pace
        stride = forward.STRIDE if len(layers) == 1 else 1
        relu = node.name.replace(".affine", ".relu")
        layers.append(
            _Layer(
                node.name, len(layers) - 1, max(step // pace, 1), stride,
                -shifts[0] // pace, shifts[-1] // pace,
                followers.get(node.name) == "RectifiedLinearComponent", relu in sums,
            )
        )  # fmt: skip
        pace *= stride
    return tuple(layers)


def _replace(content: bytes, old: acoustic.Matrix, new: np.ndarray, path: Path) -> bytes:
    before = np.ascontiguousarray(old, dtype="<f4").tobytes()
    if content.count(before) != 1:
        raise ConfigError("the model's weights cannot be told apart.", "", Place(path))
    return content.replace(before, np.ascontiguousarray(new, dtype="<f4").tobytes())
