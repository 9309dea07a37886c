"""Graphs keep what they promise: OpenFst's layout, look-ahead sets, probabilities."""

from math import exp
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.asr.build import ngram, properties
from ivr.asr.build.fst import EPSILON, NOT_FINAL, Draft, Graph, const_bytes, read_const
from ivr.asr.build.lookahead import look_ahead
from ivr.asr.build.ngram import BEGIN, END, Smoothing
from ivr.errors import ConfigError

WORDS = ["pay", "my", "bill", "card", "lost", "now"]


def random_graph(seed: int, states: int = 12) -> Graph:
    random = Random(seed)
    draft = Draft()
    for _ in range(states):
        draft.state()
    for source in range(states):
        for _ in range(random.randrange(4)):
            label = random.choice((0, 0, random.randrange(1, 7)))
            draft.arc(source, random.randrange(states), random.randrange(5), label, random.random())
    draft.arc(0, 1, 1, 1)
    draft.finals = {random.randrange(states): 0.5}
    return draft.finish(0, "olabel")


def labels_after(graph: Graph, state: int, final_label: int) -> set[int]:
    """What can be read first from a state: by plain search."""
    found, seen, todo = set(), {state}, [state]
    while todo:
        here = todo.pop()
        if graph.finals[here] != NOT_FINAL:
            found.add(final_label)
        for arc in graph.arcs[graph.offsets[here] : graph.offsets[here + 1]]:
            if arc["olabel"] != EPSILON:
                found.add(int(arc["olabel"]))
            elif int(arc["target"]) not in seen:
                seen.add(int(arc["target"]))
                todo.append(int(arc["target"]))
    return found


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_look_ahead_knows_exactly_the_labels_that_can_follow(seed: int) -> None:
    graph = random_graph(seed)

    ahead = look_ahead(graph)

    for state, intervals in enumerate(ahead.intervals):
        stored = {label for begin, end in intervals for label in range(begin, end)}
        assert stored == labels_after(ahead.graph, state, ahead.final_label)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_renumbering_changes_only_the_output_labels(seed: int) -> None:
    graph = random_graph(seed)

    ahead = look_ahead(graph)

    back = {new: old for old, new in ahead.new_label.items()} | {EPSILON: EPSILON}
    assert sorted((s, i, back[o], t) for s, i, o, t in plain(ahead.graph)) == sorted(plain(graph))


def plain(graph: Graph) -> list[tuple[int, int, int, int]]:
    """Source, labels and target of every arc."""
    return [
        (int(source), int(arc["ilabel"]), int(arc["olabel"]), int(arc["target"]))
        for source, arc in zip(graph.sources, graph.arcs, strict=True)
    ]


def test_a_const_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    graph = random_graph(3)
    content = const_bytes(graph, properties.of(graph))

    again = read_const(tmp_path / "x.fst", content)

    assert (again.arcs == graph.arcs).all()
    assert (again.finals == graph.finals).all()
    assert again.start == graph.start


@pytest.mark.parametrize("kept", [0, 3, 30, 100, -1])
def test_a_graph_cut_short_is_refused(kept: int, tmp_path: Path) -> None:
    graph = random_graph(3)
    content = const_bytes(graph, properties.of(graph))

    with pytest.raises(ConfigError, match=r"x\.fst: the graph .*ivr models build"):
        read_const(tmp_path / "x.fst", content[:kept])


def test_properties_tell_sorted_cyclic_and_weighted_graphs() -> None:
    draft = Draft()
    first, second = draft.state(), draft.state()
    draft.arc(first, second, 2, 2)
    draft.arc(first, second, 1, 1)
    draft.finals = {second: 0.0}

    bits = properties.of(draft.finish(first, "ilabel"))

    acceptor, sorted_by_input, unweighted, acyclic = 16, 28, 33, 35
    assert all(bits >> place & 1 for place in (0, acceptor, sorted_by_input, unweighted, acyclic))


def sentences(seed: int) -> list[tuple[list[str], float]]:
    random = Random(seed)
    return [
        ([random.choice(WORDS) for _ in range(random.randrange(1, 6))], random.random() + 0.1)
        for _ in range(20)
    ]


@given(st.integers(0, 10_000), st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_probabilities_sum_to_one_alone_and_mixed(one: int, other: int) -> None:
    first = ngram.train(sentences(one), WORDS, Smoothing())
    second = ngram.train(sentences(other), WORDS, Smoothing())

    for model in (first, ngram.mix(first, second, 0.3)):
        for history in ((), (BEGIN,), ("pay",), ("pay", "my"), (BEGIN, "card")):
            total = sum(model.probability(w, history) for w in (*WORDS, END, "[unk]"))
            assert total == pytest.approx(1.0, abs=1e-6)


def test_a_sentence_that_was_seen_is_likelier_than_its_words_in_disorder() -> None:
    model = ngram.train(
        [(["pay", "my", "bill", "now"], 1.0), (["lost", "my", "card"], 1.0)], WORDS, Smoothing()
    )

    assert model.perplexity([["pay", "my", "bill", "now"]]) < model.perplexity(
        [["now", "bill", "my", "pay"]]
    )


def test_heavier_examples_make_their_words_likelier() -> None:
    light = ngram.train([(["pay"], 1.0), (["lost"], 1.0)], WORDS, Smoothing())
    heavy = ngram.train([(["pay"], 9.0), (["lost"], 1.0)], WORDS, Smoothing())

    assert heavy.probability("pay", (BEGIN,)) > light.probability("pay", (BEGIN,))


def test_the_language_models_graph_costs_what_the_model_says() -> None:
    model = ngram.train(sentences(1), WORDS, Smoothing())
    number = {word: at for at, word in enumerate([*WORDS, "[unk]"], start=1)}

    graph = ngram.grammar_graph(model, number)

    history: tuple[str, ...] = (BEGIN,)
    state, cost = graph.start, 0.0
    for word in ("pay", "my", "card"):
        state, step = follow(graph, state, number[word])
        cost += step
        history = (*history, word)
    expected = 1.0
    for at, word in enumerate(("pay", "my", "card"), start=1):
        expected *= model.probability(word, history[:at][-2:])
    assert exp(-cost) == pytest.approx(expected, rel=1e-4)


def follow(graph: Graph, state: int, label: int) -> tuple[int, float]:
    """One word along the graph, backing off where it must."""
    arcs = graph.arcs[graph.offsets[state] : graph.offsets[state + 1]]
    for arc in arcs[arcs["ilabel"] == label]:
        return int(arc["target"]), float(arc["weight"])
    (back,) = arcs[arcs["ilabel"] == EPSILON]
    target, cost = follow(graph, int(back["target"]), label)
    return target, cost + float(back["weight"])


def test_labels_are_sorted_as_matching_needs_them() -> None:
    graph = look_ahead(random_graph(5)).graph

    for state in range(graph.states):
        labels = graph.arcs["olabel"][graph.offsets[state] : graph.offsets[state + 1]]
        assert (np.diff(labels) >= 0).all()
