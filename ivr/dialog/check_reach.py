"""What is written for nothing: variants, follow-ups, hand-overs that no caller meets. Pure."""

from collections.abc import Iterator, Mapping
from functools import partial

from ivr.dialog.check_references import answers_of, outcomes_of, transfer_path
from ivr.dialog.finding import Finding, Where
from ivr.dialog.flows import Flow, FlowSet, MayHear
from ivr.dialog.parts import Bounds, Group, Transfer, When


def check_reach(flows: FlowSet, flow: Flow, where: Where) -> Iterator[Finding]:
    """Find what no caller of a flow ever hears, offers that lead round in a circle included."""
    yield from _variants(flows, flow, where)
    yield from _hand_overs(flows, flow, where)
    yield from _follow_ups(flows, flow, where)
    if flow.offer_when and flow.offer is None:
        problem = "offer_when says when to offer a question that has no offer."
        yield Finding(where("offer_when"), problem, "Write an offer, or drop it.", is_error=False)


# --- variants ----------------------------------------------------------------------------


def _variants(flows: FlowSet, flow: Flow, where: Where) -> Iterator[Finding]:
    groups = flows.hotline.groups
    for path, answer in answers_of(flow):
        earlier: list[str] = []
        for name in answer.by_group:
            if name not in groups:
                continue  # told as an unknown group
            wider = next((e for e in earlier if covers(groups[e], groups[name])), None)
            place = partial(where, *path, "by_group", name)
            if wider is not None:
                problem = f"nobody hears this: whoever is in {name} is in {wider} before it."
                yield Finding(place(), problem, f"Write {name} before {wider}, or drop it.")
            elif groups[name].verified is False and flow.may_hear is MayHear.VERIFIED:
                problem = f"nobody hears this: {name} holds callers who are not verified."
                yield Finding(place(), problem, "Drop it, or change may_hear.")
            earlier.append(name)


def covers(wider: Group, group: Group) -> bool:
    """Whether everybody in a group is certainly in the wider one, too."""
    is_verified = group.verified or bool(group.account) or group.calls_lately is not None
    return (
        (not wider.tags or (bool(group.tags) and set(group.tags) <= set(wider.tags)))
        and wider.number_known in (None, group.number_known)
        and (wider.verified is None or wider.verified == (is_verified or group.verified))
        and _all_within(group.account, wider.account)
        and _within(group.calls_lately, wider.calls_lately)
    )


def _all_within(account: Mapping[str, Bounds], wider: Mapping[str, Bounds]) -> bool:
    return all(_within(account.get(fact), bounds) for fact, bounds in wider.items())


def _within(bounds: Bounds | None, wider: Bounds | None) -> bool:
    return wider is None or (bounds is not None and bounds.within(wider))


# --- hand-overs --------------------------------------------------------------------------


def _hand_overs(flows: FlowSet, flow: Flow, where: Where) -> Iterator[Finding]:
    for at, rule in enumerate(flow.transfers):
        place = partial(where, *transfer_path(flow, at))
        before = flow.transfers[:at]
        if any(_comes_first(other, rule) for other in before):
            problem = "nobody is handed over by this rule: one before it holds for everybody."
            yield Finding(place(), problem, "Move it up, or drop it.")
        if rule.say is not None and not rule.replaces and not rule.upset:
            problem = "say is never said: the answer is said before this hand-over."
            remedy = "Drop it, or write when: instead_of_answer."
            yield Finding(place(), problem, remedy, is_error=False)
        if rule.upset and flows.hotline.green_channel is None:
            problem = "nobody is ever upset: hotline.yaml has no green_channel with words."
            yield Finding(place(), problem, "Add green_channel, or drop the rule.")
        if rule.always and rule.replaces:
            problem = "nobody hears the answer: everybody is put through instead of it."
            remedy = "Write when: after_answer, or say for whom the rule is."
            yield Finding(place(), problem, remedy, is_error=False)


def _comes_first(other: Transfer, rule: Transfer) -> bool:
    """Whether a rule leaves nobody for another one after it."""
    return other.always and (other.when is rule.when or other.when is When.INSTEAD)


# --- follow-ups --------------------------------------------------------------------------


def _follow_ups(flows: FlowSet, flow: Flow, where: Where) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, offer in enumerate(flow.offers):
        place = partial(where, "follow_ups", at)
        if offer.question in seen and not offer.groups:
            yield Finding(
                place(), f"{offer.question} is offered twice.", "Drop one.", is_error=False
            )
        seen.add(offer.question)
        if all(_hands_over(flow, outcome) for outcome in offer.outcomes):
            problem = "nobody hears this offer: a person takes over after the answer."
            yield Finding(place(), problem, "Drop it, or the hand-over.")
        related = flows.flows.get(offer.question)
        if related is None:
            continue  # told as an unknown flow
        if circle := _circle(flows, flow.id, offer.question):
            problem = f"these offers lead round in a circle: {' > '.join(circle)}."
            yield Finding(place(), problem, "Drop one of them.")
        elif related.may_hear is MayHear.VERIFIED and flow.may_hear is MayHear.ANYONE:
            problem = f"{offer.question} is offered only to those verified earlier in the call."
            remedy = "Drop it, if that is not what you want."
            yield Finding(place(), problem, remedy, is_error=False)


def _hands_over(flow: Flow, outcome: str) -> bool:
    rules = (rule for rule in flow.transfers if not (rule.groups or rule.tags or rule.upset))
    known = outcomes_of(flow)
    return outcome in known and any(not r.outcomes or outcome in r.outcomes for r in rules)


def _circle(flows: FlowSet, start: str, first: str) -> tuple[str, ...]:
    """The way from a question over one of its follow-ups back to itself; empty without one."""
    ways: list[tuple[str, ...]] = [(start, first)]
    visited: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in visited and way[-1] in flows.flows:
            visited.add(way[-1])
            ways += [(*way, offer.question) for offer in flows.flows[way[-1]].offers]
    return ()
