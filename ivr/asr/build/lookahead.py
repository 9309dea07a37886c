"""Look-ahead on output labels: which words can still come from each state.

Vosk composes lexicon and language model while it decodes. Without look-ahead it would open
every word of the lexicon against every word of the language model; with it, a state knows the
set of words that can follow and takes their best cost early. The sets are stored as intervals,
so words are renumbered in the order in which a search of the lexicon meets them: the words of
one branch get neighbouring numbers.

Method: Allauzen, Riley and Schalkwyk, "A Generalized Composition Algorithm for Weighted
Finite-State Transducers" (Interspeech 2009), section 2.3.3. File layout: OpenFst 1.7.9,
`fst/add-on.h` (pair of add-ons, the second for output labels), `fst/label-reachable.h`,
`fst/interval-set.h`.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.asr.build import properties
from ivr.asr.build.fst import (
    EPSILON,
    NOT_FINAL,
    Graph,
    Header,
    arrange,
    broken,
    const_bytes,
    read_const,
    read_header,
)
from ivr.asr.build.reach import components

KIND = "olabel_lookahead"
_ADD_ON = 446681434  # kAddOnMagicNumber
Intervals = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class LookAhead:
    """A graph with renumbered output labels and, per state, the labels that can come next.

    `new_label` maps old to new output labels; intervals are half-open; `final_label` stands
    for "the end can be reached without another label".
    """

    graph: Graph
    new_label: dict[int, int]
    final_label: int
    intervals: tuple[Intervals, ...]


def look_ahead(graph: Graph) -> LookAhead:
    """Renumber the output labels of a graph and work out what each state can still say."""
    new_label = _number_labels(graph)
    final_label = len(new_label) + 1
    table = np.zeros(int(graph.arcs["olabel"].max(initial=0)) + 1, dtype=np.int32)
    for old, new in new_label.items():
        table[old] = new
    arcs = graph.arcs.copy()
    arcs["olabel"] = table[arcs["olabel"]]
    renumbered = arrange(graph.start, graph.sources, arcs, graph.finals, "olabel")
    return LookAhead(renumbered, new_label, final_label, _reach(renumbered, final_label))


def _number_labels(graph: Graph) -> dict[int, int]:
    """New labels from 1 in the order of a depth-first search along silent arcs first."""
    bounds, goals = graph.offsets.tolist(), graph.arcs["target"].tolist()
    labels = graph.arcs["olabel"].tolist()
    numbers: dict[int, int] = {}
    visited = [False] * graph.states
    later = [*range(graph.states), graph.start]  # what nothing leads to comes last
    while later:
        todo = [later.pop()]
        while todo:
            state = todo.pop()
            if visited[state]:
                continue
            visited[state] = True
            for arc in range(bounds[state], bounds[state + 1]):
                label = labels[arc]
                if label == EPSILON:
                    todo.append(goals[arc])
                else:
                    numbers.setdefault(label, len(numbers) + 1)
                    later.append(goals[arc])
    return numbers


def _reach(graph: Graph, final_label: int) -> tuple[Intervals, ...]:
    silent = graph.arcs["olabel"] == EPSILON
    sources, targets = graph.sources[silent], graph.arcs["target"][silent]
    counts = np.bincount(sources, minlength=graph.states)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    part, sizes = components(graph.states, offsets, targets)
    labels = _own_labels(graph, part, len(sizes), final_label)
    below = _links(part[sources], part[targets], len(sizes))
    reached: list[Intervals] = []
    for number, own in enumerate(labels):  # lower components are ready
        parts = [reached[lower] for lower in below[number]]
        reached.append(_union([_runs(own), *parts]))
    return tuple(reached[number] for number in part.tolist())


def _own_labels(graph: Graph, part: np.ndarray, parts: int, final_label: int) -> list[set[int]]:
    labels: list[set[int]] = [set() for _ in range(parts)]
    spoken = graph.arcs["olabel"] != EPSILON
    owners = part[graph.sources[spoken]].tolist()
    for owner, label in zip(owners, graph.arcs["olabel"][spoken].tolist(), strict=True):
        labels[owner].add(label)
    for owner in part[graph.finals != NOT_FINAL].tolist():
        labels[owner].add(final_label)
    return labels


def _links(sources: np.ndarray, targets: np.ndarray, parts: int) -> list[set[int]]:
    links: list[set[int]] = [set() for _ in range(parts)]
    for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
        if source != target:
            links[source].add(target)
    return links


def _runs(labels: set[int]) -> Intervals:
    return _union([((label, label + 1),) for label in labels]) if labels else ()


def _union(sets: list[Intervals]) -> Intervals:
    """One sorted list of disjoint half-open intervals."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(interval for intervals in sets for interval in intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return tuple(merged)


# --- the file ----------------------------------------------------------------------------


def lookahead_bytes(ahead: LookAhead) -> bytes:
    """The file that OpenFst and Vosk read as an `olabel_lookahead` graph."""
    bits = properties.of(ahead.graph)
    parts = [
        Header(KIND, 1, bits, -1, 0, 0).pack(),
        struct.pack("<i", _ADD_ON),
        const_bytes(ahead.graph, bits),
        # an add-on follows; none for input labels, one for output labels; look at outputs;
        # renumbering not kept: Vosk's words are written in the new numbers
        struct.pack(
            "<?????iq", True, False, True, False, False, ahead.final_label, ahead.graph.states
        ),
    ]
    for intervals in ahead.intervals:
        flat = [bound for interval in intervals for bound in interval]
        size = sum(end - begin for begin, end in intervals)
        parts.append(struct.pack(f"<q{len(flat)}ii", len(intervals), *flat, size))
    return b"".join(parts)


def read_lookahead(path: Path) -> Graph:
    """The lexicon of an `olabel_lookahead` file. Raises ConfigError if it is another or cut."""
    content = path.read_bytes()
    head = read_header(content, path)
    if head.kind != KIND:
        raise broken(path, f"is of kind {head.kind!r}, not {KIND!r}")
    inner = head.size + 4
    graph = read_const(path, content[inner:])
    sets_at = inner + len(const_bytes(graph, 0)) + _SETS_HEADER
    if not _holds_sets(content, sets_at, graph.states):
        raise broken(path, f"is cut short at {len(content)} bytes")
    return graph


_SETS_HEADER = struct.calcsize("<?????iq")


def _holds_sets(content: bytes, at: int, states: int) -> bool:
    """Whether one interval set a state lies between `at` and the end."""
    for _ in range(states):
        if at + 8 > len(content):
            return False
        at += 12 + 8 * int.from_bytes(content[at : at + 8], "little")
    return at == len(content)
