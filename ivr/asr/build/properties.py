"""What an OpenFst file claims about its graph.

OpenFst trusts these bits and computes missing ones when it needs them, which would write to a
graph that all calls share; so all of them are worked out here, once. Bits as in OpenFst 1.7.9,
`fst/properties.h`: each pair is "yes" in the lower bit, "no" in the upper.
"""

import numpy as np

from ivr.asr.build.fst import EPSILON, NOT_FINAL, Graph
from ivr.asr.build.reach import components, reachable_from

_EXPANDED = 1


def of(graph: Graph) -> int:
    """All properties of a graph as OpenFst's bit set."""
    answers = (*_of_labels(graph), *_of_shape(graph))
    bits = _EXPANDED
    for place, yes in enumerate(answers):
        bits |= 1 << (16 + 2 * place + (0 if yes else 1))
    return bits


def _of_labels(graph: Graph) -> tuple[bool, ...]:
    ins, outs, sources = graph.arcs["ilabel"], graph.arcs["olabel"], graph.sources
    return (
        bool((ins == outs).all()),  # acceptor
        _is_deterministic(sources, ins),
        _is_deterministic(sources, outs),
        bool(((ins == EPSILON) & (outs == EPSILON)).any()),
        bool((ins == EPSILON).any()),
        bool((outs == EPSILON).any()),
        _is_sorted(sources, ins),
        _is_sorted(sources, outs),
        _is_weighted(graph),
    )


def _of_shape(graph: Graph) -> tuple[bool, ...]:
    part, sizes = components(graph.states, graph.offsets, graph.arcs["target"])
    sources, targets = graph.sources, graph.arcs["target"]
    within = part[sources] == part[targets]
    in_cycle = part[sources[within & ((sizes[part[sources]] > 1) | (sources == targets))]]
    ends = np.flatnonzero(graph.finals != NOT_FINAL)
    return (
        bool(len(in_cycle)),  # cyclic
        bool((in_cycle == part[graph.start]).any()),  # the start lies on a cycle
        bool((sources < targets).all()),  # sorted topologically
        bool(reachable_from([graph.start], graph.states, sources, targets).all()),
        bool(reachable_from(ends.tolist(), graph.states, targets, sources).all()),
        _is_string(graph),
        bool((within & (graph.arcs["weight"] != 0)).any()),  # a cycle has a cost
    )


def _is_deterministic(sources: np.ndarray, labels: np.ndarray) -> bool:
    keys = sources.astype(np.int64) * (int(labels.max(initial=0)) + 1) + labels
    return len(np.unique(keys)) == len(keys)


def _is_sorted(sources: np.ndarray, labels: np.ndarray) -> bool:
    same = sources[1:] == sources[:-1]
    return bool((labels[1:][same] >= labels[:-1][same]).all())


def _is_weighted(graph: Graph) -> bool:
    finals = graph.finals[graph.finals != NOT_FINAL]
    return bool((graph.arcs["weight"] != 0).any() or (finals != 0).any())


def _is_string(graph: Graph) -> bool:
    arcs = np.diff(graph.offsets)
    finals = graph.finals != NOT_FINAL
    chain = (graph.arcs["target"] == graph.sources + 1).all()
    return bool(chain and finals.sum() == 1 and finals[-1] and (arcs <= 1).all())
