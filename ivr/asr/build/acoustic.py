"""An acoustic model file (`am/final.mdl`): its sounds and its network.

The graph is built around the model as it is, so everything that depends on it is read from it:
the transition ids for the lexicon, the network for a forward pass of our own (`forward.py`).
Layout: Kaldi, `hmm/transition-model.cc`, `nnet3/am-nnet-simple.cc` and
`nnet3/nnet-simple-component.cc`. Only what the models of this project contain is understood;
anything else is refused by name.
"""

import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.errors import ConfigError, Place

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Arc:
    """One transition of a phone's model: `tid` is the label Vosk decodes with."""

    tid: int
    phone: int
    state: int
    target: int
    pdf: int


@dataclass(frozen=True)
class Node:
    """One step of the network: what it adds up or splices (node, time shift), and its layer."""

    name: str
    inputs: tuple[tuple[str, int], ...]
    is_sum: bool
    weights: Matrix | None = None
    bias: Matrix | None = None
    kind: str = "NoOpComponent"


@dataclass(frozen=True)
class Acoustic:
    """The model; `nodes` in the order of computation, the last is the output."""

    arcs: tuple[Arc, ...]
    nodes: tuple[Node, ...]
    left: int
    right: int

    @property
    def tids(self) -> int:
        return len(self.arcs)


@dataclass
class _Stream:
    """Kaldi's binary conventions over bytes that are already in memory."""

    content: bytes
    path: Path
    at: int = 2
    problems: list[str] = field(default_factory=list)

    def token(self, *allowed: str) -> str:
        end = self.content.find(b" ", self.at)
        if end < 0 or end - self.at > 60:
            raise self.broken("ends early")
        found = self.content[self.at : end].decode("ascii", "replace").lstrip("\n")
        if allowed and found not in allowed:
            raise self.broken(f"holds {found!r} where {' or '.join(allowed)} was expected")
        self.at = end + 1
        return found

    def number(self) -> float:
        size = self.content[self.at]
        layout = {4: "<i", 8: "<d"}.get(size)
        if layout is None:
            raise self.broken(f"holds a number of {size} bytes")
        return float(self._take(layout, 1)[0])

    def integer(self) -> int:
        return int(self._take("<i", 1)[0])

    def real(self) -> float:
        return float(self._take("<f", 1)[0])

    def integers(self) -> list[int]:
        count = self.integer()
        values = np.frombuffer(self.content, "<i4", count, self.at)
        self.at += 4 * count
        return [int(value) for value in values]

    def vector(self) -> Matrix:
        self.token("FV")
        return self._floats(self.integer())

    def matrix(self) -> Matrix:
        self.token("FM")
        rows, columns = self.integer(), self.integer()
        return self._floats(rows * columns).reshape(rows, columns)

    def _take(self, layout: str, skip: int) -> tuple[float, ...]:
        try:
            values = struct.unpack_from(layout, self.content, self.at + skip)
        except struct.error as error:
            raise self.broken("ends early") from error
        self.at += skip + struct.calcsize(layout)
        return values

    def _floats(self, count: int) -> Matrix:
        try:
            values = np.frombuffer(self.content, "<f4", count, self.at)
        except ValueError as error:
            raise self.broken("ends early") from error
        self.at += 4 * count
        return values

    def broken(self, problem: str) -> ConfigError:
        remedy = (
            "Only the small hotline models can learn new words; name one of them, or fetch it "
            "again with `ivr models get`."
        )
        return ConfigError(f"the acoustic model {problem}.", remedy, Place(self.path))


def read(path: Path) -> Acoustic:
    """Read `am/final.mdl`. Raises ConfigError for another format or a damaged file."""
    try:
        stream = _Stream(path.read_bytes(), path)
    except OSError as error:
        raise ConfigError(f"cannot read {path.name}: {error.strerror}.", "", Place(path)) from error
    if stream.content[:2] != b"\0B":
        raise stream.broken("is not one of Kaldi's binary files")
    try:
        arcs = _transitions(stream)
        nodes = _network(stream)
        stream.token("<LeftContext>")
        left = stream.integer()
        stream.token("<RightContext>")
        return Acoustic(arcs, nodes, left, stream.integer())
    except (IndexError, ValueError) as error:
        raise stream.broken("ends early or is damaged") from error


def _transitions(stream: _Stream) -> tuple[Arc, ...]:
    stream.token("<TransitionModel>")
    stream.token("<Topology>")
    stream.integers()
    entry_of = stream.integers()
    entries = [_entry(stream) for _ in range(stream.integer())]
    stream.token("</Topology>")
    stream.token("<Triples>")
    arcs: list[Arc] = []
    for _ in range(stream.integer()):
        phone, state, pdf = stream.integer(), stream.integer(), stream.integer()
        for target in entries[entry_of[phone]][state]:
            arcs.append(Arc(len(arcs) + 1, phone, state, target, pdf))
    for token in ("</Triples>", "<LogProbs>"):
        stream.token(token)
    stream.vector()
    stream.token("</LogProbs>")
    stream.token("</TransitionModel>")
    return tuple(arcs)


def _entry(stream: _Stream) -> list[list[int]]:
    """The targets of each state's transitions in one topology entry."""
    states = []
    for _ in range(stream.integer()):
        stream.integer()  # the state's class of sound: the triples name the sound itself
        targets = []
        for _ in range(stream.integer()):
            targets.append(stream.integer())
            stream.real()
        states.append(targets)
    return states


# --- network -----------------------------------------------------------------------------

_LINE = re.compile(r"component-node name=(\S+) component=\S+ input=(.+)")
_OFFSET = re.compile(r"Offset\(([\w.-]+), (-?\d+)\)|([\w.-]+)")


def _network(stream: _Stream) -> tuple[Node, ...]:
    stream.token("<Nnet3>")
    end = stream.content.index(b"\n\n", stream.at)
    lines = stream.content[stream.at : end].decode("ascii").strip().splitlines()
    stream.at = end + 2
    stream.token("<NumComponents>")
    count = stream.integer()
    layers = dict(_component(stream) for _ in range(count))
    stream.token("</Nnet3>")
    nodes = [
        _node(match[1], match[2], layers, stream) for match in map(_LINE.match, lines) if match
    ]
    return tuple(nodes)


def _node(
    name: str, inputs: str, layers: dict[str, tuple[str, Matrix, Matrix]], stream: _Stream
) -> Node:
    if name not in layers:
        raise stream.broken(f"names a layer {name!r} that it does not hold")
    kind, weights, bias = layers[name]
    is_sum = inputs.startswith("Sum(")
    inner = inputs.removeprefix("Append(").removeprefix("Sum(")
    shifts = tuple((m[1] or m[3], int(m[2] or 0)) for m in _OFFSET.finditer(inner))
    return Node(name, shifts, is_sum, weights, bias, kind)


def _component(stream: _Stream) -> tuple[str, tuple[str, Matrix, Matrix]]:
    stream.token("<ComponentName>")
    name = stream.token()
    kind = stream.token(
        "<AffineComponent>",
        "<RectifiedLinearComponent>",
        "<LogSoftmaxComponent>",
        "<NoOpComponent>",
    )
    none = np.zeros(0, dtype=np.float32)
    weights, bias = _affine(stream) if kind == "<AffineComponent>" else (none, none)
    stream.at = stream.content.index(f"</{kind[1:]} ".encode(), stream.at) + len(kind) + 2
    return name, (kind.strip("<>"), weights, bias)


def _affine(stream: _Stream) -> tuple[Matrix, Matrix]:
    stream.token("<LearningRate>")
    stream.real()
    stream.token("<LinearParams>")
    weights = stream.matrix()
    stream.token("<BiasParams>")
    return weights, stream.vector()
