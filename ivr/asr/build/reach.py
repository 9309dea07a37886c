"""Which states of a graph reach which: components and searches, without recursion."""

from collections.abc import Sequence

import numpy as np

from ivr.asr.build.fst import Ints


def components(states: int, offsets: Ints, targets: Sequence[int] | Ints) -> tuple[Ints, Ints]:
    """Strongly connected components: each state's component and each component's size.

    Components are numbered so that every arc between two of them leads to the lower number
    (Tarjan 1972, with an explicit stack: lexicons are deeper than Python's recursion).
    """
    bounds, goals = offsets.tolist(), np.asarray(targets).tolist()
    part, index, low = [-1] * states, [-1] * states, [0] * states
    sizes: list[int] = []
    waiting: list[int] = []
    seen = 0
    for root in range(states):
        if index[root] >= 0:
            continue
        path = [root]
        upcoming = [bounds[root]]
        index[root] = low[root] = seen
        seen += 1
        waiting.append(root)
        while path:
            state = path[-1]
            if upcoming[-1] < bounds[state + 1]:
                goal = goals[upcoming[-1]]
                upcoming[-1] += 1
                if index[goal] < 0:
                    index[goal] = low[goal] = seen
                    seen += 1
                    waiting.append(goal)
                    path.append(goal)
                    upcoming.append(bounds[goal])
                elif part[goal] < 0:
                    low[state] = min(low[state], index[goal])
                continue
            path.pop()
            upcoming.pop()
            if path:
                low[path[-1]] = min(low[path[-1]], low[state])
            if low[state] == index[state]:
                sizes.append(_close(state, waiting, part, len(sizes)))
    return np.array(part, dtype=np.int64), np.array(sizes, dtype=np.int64)


def _close(root: int, waiting: list[int], part: list[int], number: int) -> int:
    size = 0
    while True:
        member = waiting.pop()
        part[member] = number
        size += 1
        if member == root:
            return size


def reachable_from(roots: Sequence[int], states: int, sources: Ints, targets: Ints) -> Ints:
    """Which states can be reached from `roots` (a boolean per state), those included."""
    order = np.argsort(sources, kind="stable")
    goals = np.asarray(targets)[order].tolist()
    counts = np.bincount(np.asarray(sources), minlength=states)
    bounds = np.concatenate([[0], np.cumsum(counts)]).tolist()
    reached = np.zeros(states, dtype=bool)
    reached[list(roots)] = True
    todo = list(roots)
    while todo:
        state = todo.pop()
        for goal in goals[bounds[state] : bounds[state + 1]]:
            if not reached[goal]:
                reached[goal] = True
                todo.append(goal)
    return reached
