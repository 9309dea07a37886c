"""OpenFst's `const` files, written and read without OpenFst.

Layout from OpenFst 1.7.9, `fst/fst.h` (FstHeader) and `fst/const-fst.h` (version 2, unaligned,
little-endian). Every file is checked against OpenFst's own `fstprint` and `fstinfo` in
`tests/integration/test_build_openfst.py`; why there is no OpenFst here: docs/adr.
"""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.errors import ConfigError, Place

MAGIC = 2125659606
EPSILON = 0
NOT_FINAL = np.float32(np.inf)

ARC = np.dtype([("ilabel", "<i4"), ("olabel", "<i4"), ("weight", "<f4"), ("target", "<i4")])
STATE = np.dtype(
    [("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("in_eps", "<u4"), ("out_eps", "<u4")]
)

Arcs = NDArray[np.void]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Graph:
    """A weighted transducer; arcs lie state by state, `offsets[s]:offsets[s + 1]` are s's.

    Weights are costs (negative natural logarithms); a final cost of infinity means not final.
    """

    start: int
    arcs: Arcs
    offsets: Ints
    finals: Floats

    @property
    def states(self) -> int:
        return len(self.finals)

    @property
    def sources(self) -> Ints:
        """The state each arc leaves."""
        return np.repeat(np.arange(self.states), np.diff(self.offsets))


@dataclass
class Draft:
    """A graph in the making."""

    arcs: list[tuple[int, int, int, float, int]] = field(default_factory=list)
    finals: dict[int, float] = field(default_factory=dict)
    states: int = 0

    def state(self) -> int:
        """Add a state and give its number."""
        self.states += 1
        return self.states - 1

    def arc(self, source: int, target: int, ilabel: int, olabel: int, cost: float = 0.0) -> None:
        """Add an arc; `cost` is a negative natural logarithm."""
        self.arcs.append((source, ilabel, olabel, cost, target))

    def finish(self, start: int, sort_by: str) -> Graph:
        """Order the arcs by state, then by `ilabel` or `olabel`, as matching needs them."""
        sources = np.array([arc[0] for arc in self.arcs], dtype=np.int64)
        arcs = np.array([arc[1:] for arc in self.arcs], dtype=ARC)
        finals = np.full(self.states, NOT_FINAL, dtype=np.float32)
        for state, cost in self.finals.items():
            finals[state] = cost
        return arrange(start, sources, arcs, finals, sort_by)


def arrange(start: int, sources: Ints, arcs: Arcs, finals: Floats, sort_by: str) -> Graph:
    """A graph whose arcs are sorted by state, then by one of their labels."""
    order = np.lexsort((arcs[sort_by], sources))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(sources, minlength=len(finals)))])
    return Graph(start, arcs[order], offsets, finals)


@dataclass(frozen=True)
class Header:
    """What a file says about itself: OpenFst's header for the standard (tropical) arc."""

    kind: str
    version: int
    properties: int
    start: int
    states: int
    arcs: int

    def pack(self) -> bytes:
        """The header's bytes; there are no symbol tables."""
        names = b"".join(
            struct.pack("<i", len(name)) + name.encode("ascii") for name in (self.kind, "standard")
        )
        numbers = (self.version, 0, self.properties, self.start, self.states, self.arcs)
        return struct.pack("<i", MAGIC) + names + struct.pack("<iiQqqq", *numbers)

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.pack())


def const_bytes(graph: Graph, properties: int) -> bytes:
    """The graph as a `const` file; `properties` as `properties.of` found them."""
    sources = graph.sources
    table = np.zeros(graph.states, dtype=STATE)
    table["final"] = graph.finals
    table["first"] = graph.offsets[:-1]
    table["arcs"] = np.diff(graph.offsets)
    for column, label in (("in_eps", "ilabel"), ("out_eps", "olabel")):
        silent = sources[graph.arcs[label] == EPSILON]
        table[column] = np.bincount(silent, minlength=graph.states)
    head = Header("const", 2, properties, graph.start, graph.states, len(graph.arcs))
    return head.pack() + table.tobytes() + graph.arcs.tobytes()


# --- reading -----------------------------------------------------------------------------


def read_header(content: bytes, path: Path) -> Header:
    """Read a header at the beginning of `content`. Raises ConfigError where it is none."""
    try:
        magic, position = struct.unpack_from("<i", content)[0], 4
        if magic != MAGIC:
            raise broken(path, "is not an OpenFst file")
        names = []
        for _ in range(2):
            length = struct.unpack_from("<i", content, position)[0]
            names.append(content[position + 4 : position + 4 + length].decode("ascii"))
            position += 4 + length
        version, _, properties, start, states, arcs = struct.unpack_from(
            "<iiQqqq", content, position
        )
    except (struct.error, UnicodeDecodeError) as error:
        raise broken(path, "ends within its header") from error
    return Header(names[0], version, properties, start, states, arcs)


def read_const(path: Path, content: bytes | None = None) -> Graph:
    """Read a `const` file. Raises ConfigError for another kind or a file cut short."""
    raw = path.read_bytes() if content is None else content
    head = read_header(raw, path)
    if (head.kind, head.version) != ("const", 2):
        raise broken(path, f"is of kind {head.kind!r} version {head.version}, not 'const' 2")
    arcs_at = head.size + head.states * STATE.itemsize
    if len(raw) < arcs_at + head.arcs * ARC.itemsize:
        raise broken(path, f"is cut short at {len(raw)} bytes")
    table = np.frombuffer(raw, STATE, head.states, head.size)
    arcs = np.frombuffer(raw, ARC, head.arcs, arcs_at)
    offsets = np.concatenate([[0], np.cumsum(table["arcs"].astype(np.int64))])
    return Graph(head.start, arcs, offsets, table["final"].copy())


def broken(path: Path, problem: str) -> ConfigError:
    """The error for a file that is not what its name says."""
    remedy = "Fetch or build the model again: `ivr models get` or `ivr models build`."
    return ConfigError(f"the graph {problem}.", remedy, Place(path))
