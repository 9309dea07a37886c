"""Which related question is offered after an answer: each once a call, only what helps. Pure."""

from ivr.dialog.flows import Flow, FlowSet, MayHear
from ivr.dialog.groups import is_in_any
from ivr.dialog.memory import Memory, Say
from ivr.dialog.parts import FollowUp


def next_offer(flows: FlowSet, memory: Memory, flow: Flow, outcome: str) -> FollowUp | None:
    """The first follow-up of a flow that fits, or None.

    Not offered: what the caller has asked already or was offered, what they may not hear yet (an
    offer that ends in questions of who they are is no help), and anything after one was declined.
    """
    if memory.declined_offer:
        return None
    return next((o for o in flow.offers if _helps(flows, memory, o, outcome)), None)


def sentence(flows: FlowSet, memory: Memory, flow: Flow, offer: FollowUp) -> Say:
    """What the caller is asked."""
    if offer.offer is not None:
        return Say(key=f"flows.{flow.id}.offers.{flow.offers.index(offer)}.offer")
    title = flows.flows[offer.question].titles.of(memory.language)
    return Say(key="wording.follow_up", facts={"title": title})


def may_hear(flow: Flow, memory: Memory) -> bool:
    """Whether we are sure enough of who is calling."""
    if flow.may_hear is MayHear.NUMBER_KNOWN:
        return bool(memory.customer)
    return memory.verified or flow.may_hear is MayHear.ANYONE


def _helps(flows: FlowSet, memory: Memory, offer: FollowUp, outcome: str) -> bool:
    related = flows.flows.get(offer.question)
    if related is None or outcome not in offer.outcomes:
        return False
    if offer.question in (*memory.asked, *memory.offered):
        return False
    if offer.groups and not is_in_any(flows, memory, offer.groups):
        return False
    return may_hear(related, memory)
