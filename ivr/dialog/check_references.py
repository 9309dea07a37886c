"""Names in flows that lead nowhere: queues, lookups, outcomes, slots, groups, questions. Pure."""

from collections.abc import Iterable, Iterator

from ivr.dialog.check_lookups import check_lookup, facts_of
from ivr.dialog.finding import Finding, Where, known
from ivr.dialog.flows import Flow, FlowSet
from ivr.dialog.lookups import ACCOUNT_FACTS
from ivr.dialog.parts import Answer

Path = tuple[str | int, ...]


def check_flow_references(
    flows: FlowSet, flow: Flow, queues: frozenset[str], where: Where
) -> Iterator[Finding]:
    """Find the names of a flow that nothing else has."""
    yield from check_lookup(flow, where)
    yield from _hand_overs(flows, flow, queues, where)
    yield from _follow_ups(flows, flow, where)
    for path, answer in answers_of(flow):
        yield from _groups(flows, answer.by_group, where, *path, "by_group")
    for name in flow.slots.keys() & flows.hotline.identity.keys():
        problem = f"the slot {name!r} is one of the who-are-you questions in hotline.yaml."
        yield Finding(where("slots", name), problem, "Give it another name.")


def check_hotline_references(
    flows: FlowSet, queues: frozenset[str], where: Where
) -> Iterator[Finding]:
    """Find the names of hotline.yaml that nothing else has."""
    hotline = flows.hotline
    if hotline.person_queue not in queues:
        yield _no_queue(hotline.person_queue, queues, where, "person_queue")
    if hotline.green_channel is not None and hotline.green_channel.queue not in queues:
        yield _no_queue(hotline.green_channel.queue, queues, where, "green_channel", "queue")
    for at, id_ in enumerate(hotline.menu):
        if id_ not in flows.flows:
            problem = f"the menu names {id_!r}, which is no flow."
            yield Finding(where("menu", at), problem, "Correct or remove it.")
    for name, group in hotline.groups.items():
        for fact in group.account.keys() - ACCOUNT_FACTS:
            place = where("groups", name, "account", fact)
            yield Finding(place, f"no account has the fact {fact!r}.", known(ACCOUNT_FACTS))


def answers_of(flow: Flow) -> Iterator[tuple[Path, Answer]]:
    """The answers to all outcomes of a flow, and where they stand."""
    yield ("answer",), flow.answer
    for outcome, answer in flow.otherwise.items():
        yield ("otherwise", outcome), answer


def outcomes_of(flow: Flow) -> frozenset[str]:
    """What the lookup of a flow may find; `ok` without one."""
    return frozenset(facts_of(flow))


def transfer_path(flow: Flow, at: int) -> Path:
    """Where a hand-over rule stands."""
    return ("hand_over", at) if isinstance(flow.hand_over, tuple) else ("hand_over",)


# --- hand-overs, follow-ups, groups ------------------------------------------------------


def _hand_overs(
    flows: FlowSet, flow: Flow, queues: frozenset[str], where: Where
) -> Iterator[Finding]:
    for at, rule in enumerate(flow.transfers):
        path = transfer_path(flow, at)
        if rule.queue not in queues:
            yield _no_queue(rule.queue, queues, where, *path, "queue")
        yield from _groups(flows, rule.groups, where, *path, "groups")
        yield from _known_outcomes(flow, rule.outcomes, where, *path, "outcomes")


def _follow_ups(flows: FlowSet, flow: Flow, where: Where) -> Iterator[Finding]:
    for at, offer in enumerate(flow.offers):
        if offer.question not in flows.flows:
            problem = f"there is no flow {offer.question!r} to offer."
            remedy = "Correct or remove it."
            yield Finding(where("follow_ups", at), problem, remedy)
        yield from _groups(flows, offer.groups, where, "follow_ups", at, "groups")
        yield from _known_outcomes(flow, offer.outcomes, where, "follow_ups", at, "outcomes")


def _groups(
    flows: FlowSet, names: Iterable[str], where: Where, *path: str | int
) -> Iterator[Finding]:
    groups = frozenset(flows.hotline.groups)
    for at, name in enumerate(names):
        if name not in groups:
            place = where(*path, name if path[-1] == "by_group" else at)
            problem = f"there is no group {name!r} in hotline.yaml."
            yield Finding(place, problem, known(groups))


def _known_outcomes(
    flow: Flow, names: Iterable[str], where: Where, *path: str | int
) -> Iterator[Finding]:
    outcomes = outcomes_of(flow)
    for name in names:
        if name not in outcomes:
            yield Finding(where(*path), f"there is no outcome {name!r} here.", known(outcomes))


def _no_queue(queue: str, queues: frozenset[str], where: Where, *path: str | int) -> Finding:
    return Finding(where(*path), f"there is no queue {queue!r}.", known(queues))
