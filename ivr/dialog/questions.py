"""How a question is brought to its answer: make sure who calls, ask what is missing, look up.

`pursue` finds the next thing that stands between the caller and the answer. It is run again
after every piece that arrives, so nothing is asked twice and nothing depends on the order in
which things became known.
"""

from ivr.dialog import supplement, transfers
from ivr.dialog.flows import Flow, FlowSet
from ivr.dialog.follow_ups import may_hear, next_offer, sentence
from ivr.dialog.groups import variant
from ivr.dialog.memory import Asked, Asking, Memory, Say, Told
from ivr.dialog.prompting import (
    ask,
    go_back_to_form,
    phrases,
    read_back,
    spoken,
    unsure_slots,
)
from ivr.dialog.slot_settings import Slot, Voice
from ivr.dialog.step import (
    Answered,
    Failed,
    Found,
    Need,
    Step,
    answered,
    hand_over,
    put_through,
    wording,
)
from ivr.domain import Expect

IDENTIFY = "identify"
"""The lookup that finds the customer; outcomes ok, pin (ask for it too), wrong."""
HTTP = "http"
"""The lookup of a flow that asks a system of its own; never a name of a Python lookup."""


def begin(
    flows: FlowSet, memory: Memory, flow_id: str, text: str = "", *, in_doubt: bool = False
) -> Step:
    """Take up a question; what its sentence already tells is not asked for.

    `in_doubt` says that the ear was in doubt about the sentence.
    """
    flow = flows.flows[flow_id]
    unasked = supplement.unasked(flow, memory, text)
    memory = supplement.taken(flow, memory, unasked, in_doubt=in_doubt)
    changes = {"misunderstood": 0, "asking": None}
    return pursue(flows, memory.model_copy(update=changes), flow_id)


def pursue(flows: FlowSet, memory: Memory, flow_id: str, *before: Say) -> Step:
    """Do the next thing on the way to the answer of a flow; `before` is said first."""
    flow = flows.flows[flow_id]
    asked = tuple(dict.fromkeys((*memory.asked, flow_id)))
    memory = memory.model_copy(update={"question": flow_id, "asked": asked})
    if through := transfers.before_answer(flows, memory, flow):
        return through_instead(flows, memory, through, *before)
    if not may_hear(flow, memory):
        if "card_tail" in memory.slots:
            return Need(memory, IDENTIFY, flow_id)
        return ask(flows, memory, _slot(flow_id, "card_tail"), *before, wording("verify_first"))
    if (question := _next_question(flows, memory, flow, *before)) is not None:
        return question
    if flow.lookup is not None:
        return Need(memory, flow.lookup.python or HTTP, flow_id)
    return tell(flows, memory, flow_id, Found(), *before)


def _next_question(flows: FlowSet, memory: Memory, flow: Flow, *before: Say) -> Answered | None:
    """Read back what is unsure, else ask for what is missing; None where all is known."""
    if unsure := unsure_slots(flows, memory, flow.id):
        return read_back(flows, memory, _read_back(memory, flow.id, unsure[0]), *before)
    missing = next((name for name in flow.slots if name not in memory.slots), None)
    return ask(flows, memory, _slot(flow.id, missing), *before) if missing is not None else None


def through_instead(
    flows: FlowSet, memory: Memory, through: transfers.Reason, *before: Say
) -> Answered:
    """Put the caller through without an answer, with the rule's own sentence if it has one."""
    flow, rule = flows.flows[memory.question], through.transfer
    own = Say(key=f"flows.{flow.id}.transfers.{flow.transfers.index(rule)}.say")
    says = (*before, own if rule.say is not None else wording("person"))
    return put_through(flows, memory, says, rule, through.why)


def given(
    flows: FlowSet, memory: Memory, values: supplement.Values, *, in_doubt: bool = False
) -> Step:
    """Take the values of the slot that was asked for, and of others, and go on."""
    asking = memory.asking
    assert asking is not None
    memory = supplement.taken(flows.flows[asking.flow], memory, values, in_doubt=in_doubt)
    return pursue(flows, memory.model_copy(update={"misunderstood": 0}), asking.flow)


def wrong(flows: FlowSet, memory: Memory, *before: Say) -> Answered:
    """The slot was not answered: ask again, and give up after its retries."""
    asking = memory.asking
    assert asking is not None
    asking = asking.model_copy(update={"kind": Asked.SLOT})
    slot: Slot = flows.slot(asking.flow, asking.slot)
    if asking.was_heard and asking.tries >= slot.retries:
        failed_check = asking.slot in flows.hotline.identity
        name = "person_after_failed_check" if failed_check else "person_after_retries"
        return hand_over(flows, memory, (wording(name),), f"could not give {asking.slot}")
    tries = asking.tries + asking.was_heard
    asking = asking.model_copy(update={"tries": tries, "was_heard": True})
    return ask(flows, memory, asking, *before)


def resume(flows: FlowSet, need: Need, result: Found | Failed) -> Step:
    """Go on with what a lookup gave."""
    if need.lookup == IDENTIFY:
        return _identified(flows, need, result)
    if isinstance(result, Failed):
        flow = flows.flows[need.flow]
        own = flow.lookup is not None and flow.lookup.failed is not None
        say = Say(key=f"flows.{need.flow}.lookup.failed") if own else wording("lookup_failed")
        return _go_on(flows, _told(need.memory, flow), (say,))
    return tell(flows, need.memory, need.flow, result)


def tell(flows: FlowSet, memory: Memory, flow_id: str, found: Found, *before: Say) -> Answered:
    """Say the answer; then a person, the question that was interrupted, or what else."""
    flow = flows.flows[flow_id]
    if through := transfers.instead_of(flows, memory, flow, found.outcome):
        return through_instead(flows, memory, through, *before)
    facts = {**_own(memory, flow), **found.facts}
    memory = _told(memory, flow)
    answer = Say(key=_answer_key(flows, memory, flow, found), facts=facts)
    says = (*before, spoken(answer, flow.voice))
    if through := transfers.after_answer(flows, memory, flow, found.outcome):
        return put_through(flows, memory, says, through.transfer, through.why)
    return _go_on(flows, memory, says, flow, found.outcome)


def _told(memory: Memory, flow: Flow) -> Memory:
    """The memory after an answer or an apology: what belonged to the question is told.

    A second refund is another refund, and a number that another system could not take may have
    been wrong: it is forgotten, but for a correction.
    """
    own = _own(memory, flow)
    kept = {name: value for name, value in memory.slots.items() if name not in own}
    return memory.model_copy(update={"slots": kept, "told": Told(flow=flow.id, slots=own)})


def _own(memory: Memory, flow: Flow) -> dict[str, str]:
    return {name: value for name, value in memory.slots.items() if name in flow.slots}


def _answer_key(flows: FlowSet, memory: Memory, flow: Flow, found: Found) -> str:
    """The sentence for an outcome, in the variant of the caller's group."""
    which, answer = "answer", flow.answer
    if found.outcome in flow.otherwise:
        which, answer = f"otherwise.{found.outcome}", flow.otherwise[found.outcome]
    group = variant(flows, memory, answer)
    return f"flows.{flow.id}.{which}" + (f".by_group.{group}" if group else "")


def _go_on(
    flows: FlowSet,
    memory: Memory,
    says: tuple[Say, ...],
    flow: Flow | None = None,
    outcome: str = "",
) -> Answered:
    if memory.interrupted:
        return go_back_to_form(flows, memory, *says)
    offer = next_offer(flows, memory, flow, outcome) if flow else None
    asking = Asking(kind=Asked.MORE)
    if flow is not None and offer is not None:
        says = (*says, sentence(flows, memory, flow, offer))
        memory = memory.model_copy(update={"offered": (*memory.offered, offer.question)})
        asking = Asking(kind=Asked.FOLLOW_UP, flow=offer.question)
    elif not memory.offered_more:
        # Once a call, so that the caller knows whose turn it is; more often would be chatter.
        says = (*says, wording("anything_else"))
        memory = memory.model_copy(update={"offered_more": True})
    voice = flow.voice if flow else Voice()
    return answered(
        memory,
        says,
        asking,
        expect=voice.expect or Expect.FREE,
        pause_s=voice.pause_s,
        phrases=phrases(voice, memory.language),
    )


def _identified(flows: FlowSet, need: Need, result: Found | Failed) -> Step:
    memory = need.memory
    if isinstance(result, Failed):
        says = (wording("lookup_failed"),)
        return answered(_without_identity(flows, memory), says, Asking(kind=Asked.MORE))
    if result.outcome == "pin" and "pin" not in memory.slots:
        return ask(flows, memory, _slot(need.flow, "pin"))
    if result.outcome == "ok":
        memory = identified(_without_identity(flows, memory), result)
        return pursue(flows, memory, need.flow)
    tries = memory.asking.tries if memory.asking else 0
    memory = _without_identity(flows, memory)
    again = Asking(kind=Asked.SLOT, flow=need.flow, slot="card_tail", tries=tries)
    memory = memory.model_copy(update={"asking": again})
    return wrong(flows, memory, wording("identity_wrong"))


def identified(memory: Memory, found: Found) -> Memory:
    """Keep who the caller has proved to be, and what groups go by."""
    account = {name: value for name, value in found.facts.items() if name not in ("customer", TAGS)}
    known = {"verified": True, "customer": found.facts["customer"], "account": account}
    return memory.model_copy(update={**known, "tags": tags_of(found)})


def recognised(memory: Memory, found: Found | Failed) -> Memory:
    """Keep whose number it is: enough for tags, not for facts of the account."""
    if isinstance(found, Failed) or found.outcome != "ok":
        return memory
    known = {"number_known": True, "customer": found.facts["customer"], "tags": tags_of(found)}
    return memory.model_copy(update=known)


TAGS = "tags"
"""The fact that holds a customer's tags, with blanks between them."""


def tags_of(found: Found) -> tuple[str, ...]:
    """The tags that a lookup gave."""
    return tuple(found.facts.get(TAGS, "").split())


def _without_identity(flows: FlowSet, memory: Memory) -> Memory:
    """Numbers that prove who calls are forgotten as soon as they were checked."""
    names = flows.hotline.identity
    kept = {name: value for name, value in memory.slots.items() if name not in names}
    return memory.model_copy(update={"slots": kept})


def _read_back(memory: Memory, flow_id: str, name: str) -> Asking:
    """What is open while values are read back: the first of them, and how often it was wrong."""
    before = memory.asking
    is_same = before is not None and (before.flow, before.slot) == (flow_id, name)
    tries = before.tries if before is not None and is_same else 0
    return Asking(kind=Asked.READ_BACK, flow=flow_id, slot=name, tries=tries)


def _slot(flow_id: str, name: str) -> Asking:
    return Asking(kind=Asked.SLOT, flow=flow_id, slot=name)
