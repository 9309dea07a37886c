"""The sentences with which the hotline asks: for a slot, between two, back, or what else.

What is open can always be asked again, in the language and speed of now; a form can be put aside
for another question and taken up where it was.
"""

from typing import Final

from ivr.dialog.flows import FlowSet
from ivr.dialog.follow_ups import sentence
from ivr.dialog.memory import Asked, Asking, Memory, Say
from ivr.dialog.slot_settings import Voice
from ivr.dialog.slots import readback
from ivr.dialog.step import Answered, answered, wording
from ivr.domain import Expect, Language

LIKELY: Final = 8
"""Examples of each of two questions that the ear prefers while "A or B?" is answered."""


def ask(flows: FlowSet, memory: Memory, asking: Asking, *before: Say) -> Answered:
    """Ask for a slot."""
    slot = flows.slot(asking.flow, asking.slot)
    which = "again" if asking.tries and slot.again is not None else "prompt"
    say = spoken(Say(key=_slot_key(flows, asking, which)), slot.voice)
    return _listen(flows, memory, asking, *before, say)


def wait(flows: FlowSet, memory: Memory) -> Answered:
    """Give the caller time, and listen for what was asked."""
    asking, says = memory.asking, wording("take_your_time")
    if asking is not None and asking.kind is Asked.SLOT:
        return _listen(flows, memory, asking, says)
    if asking is not None and asking.kind is Asked.CHOICE:
        return _ask_which(flows, memory, asking, says)
    return answered(memory, (says,), asking)


def _listen(flows: FlowSet, memory: Memory, asking: Asking, *says: Say) -> Answered:
    slot = flows.slot(asking.flow, asking.slot)
    return answered(
        memory,
        says,
        asking,
        expect=slot.voice.expect or slot.type.expect,
        max_digits=slot.max_keys,
        pause_s=slot.voice.pause_s,
        phrases=phrases(slot.voice, memory.language) + slot.words(memory.language),
    )


def reask(flows: FlowSet, memory: Memory, *before: Say) -> Answered:
    """Ask the open question again, in the language and speed of now; `before` is said first."""
    asking = memory.asking
    if asking is None:
        return answered(memory, (*before, wording("go_ahead")))
    if asking.kind is Asked.SLOT:
        return ask(flows, memory, asking, *before)
    if asking.kind is Asked.READ_BACK:
        return read_back(flows, memory, asking, *before)
    if asking.kind is Asked.CHOICE:
        return _ask_which(flows, memory, asking, *before)
    if asking.kind is Asked.FOLLOW_UP:
        return answered(memory, (*before, _follow_up(flows, memory, asking)), asking)
    titles = {"title": flows.flows[asking.flow].titles.of(memory.language)} if asking.flow else {}
    says = {
        Asked.OFFER: Say(key=f"flows.{asking.flow}.offer"),
        Asked.CONFIRM: wording("confirm", **titles),
        Asked.PERSON: wording("offer_person"),
        Asked.CALL_BACK: wording("agent_unavailable"),
        Asked.MORE: wording("anything_else"),
    }
    return answered(memory, (*before, says[asking.kind]), asking)


def unsure_slots(flows: FlowSet, memory: Memory, flow_id: str) -> tuple[str, ...]:
    """The slots of a flow that have values which must be read back, in the order of asking."""
    slots = flows.flows[flow_id].slots
    return tuple(name for name in slots if name in memory.unsure and name in memory.slots)


def read_back(flows: FlowSet, memory: Memory, asking: Asking, *before: Say) -> Answered:
    """Ask whether the unsure values of a flow are what the caller meant."""
    language, today = memory.language, memory.today
    values = (
        readback(flows.slot(asking.flow, name), memory.slots[name], language, today)
        for name in unsure_slots(flows, memory, asking.flow)
    )
    value = ("，" if language is Language.ZH else ", ").join(values)
    asking = asking.model_copy(update={"was_heard": True})
    return answered(memory, (*before, wording("read_back", value=value)), asking)


def _follow_up(flows: FlowSet, memory: Memory, asking: Asking) -> Say:
    told = flows.flows.get(memory.question)
    offers = [offer for offer in told.offers if offer.question == asking.flow] if told else []
    if told is None or not offers:
        title = flows.flows[asking.flow].titles.of(memory.language)
        return wording("follow_up", title=title)
    return sentence(flows, memory, told, offers[0])


def _ask_which(flows: FlowSet, memory: Memory, asking: Asking, *before: Say) -> Answered:
    language, two = memory.language, (flows.flows[asking.flow], flows.flows[asking.other])
    first, second = (flow.titles.of(language) for flow in two)
    navigation = flows.navigation
    likely = [example for flow in two for example in flow.examples.of(language)[:LIKELY]]
    return answered(
        memory,
        (*before, wording("offer_or", first=first, second=second)),
        asking,
        expect=Expect.MENU,
        max_digits=1,
        phrases=(*likely, *navigation.first.of(language), *navigation.second.of(language)),
    )


def what_else(memory: Memory, *before: Say, is_asked: bool = False) -> Answered:
    """Leave what was said, and ask what else there is, once a call unless `is_asked`."""
    if is_asked or not memory.offered_more or not before:
        before = (*before, wording("anything_else"))
        memory = memory.model_copy(update={"offered_more": True})
    return answered(memory, before, Asking(kind=Asked.MORE))


# --- forms that wait ---------------------------------------------------------------------


def is_form(memory: Memory) -> bool:
    """Whether a slot is being asked for, or its value read back."""
    return memory.asking is not None and memory.asking.kind in (Asked.SLOT, Asked.READ_BACK)


def set_aside(memory: Memory) -> Memory:
    """The memory with its open form put aside, if there is one."""
    if memory.asking is None or not is_form(memory):
        return memory
    return memory.model_copy(update={"interrupted": (*memory.interrupted, memory.asking)})


def with_form(memory: Memory) -> Memory:
    """The memory with the form open again that was put aside last."""
    *rest, asking = memory.interrupted
    return memory.model_copy(update={"interrupted": tuple(rest), "asking": asking})


def go_back_to_form(flows: FlowSet, memory: Memory, *before: Say) -> Answered:
    """Ask again what the form that was put aside last needs."""
    return reask(flows, with_form(memory), *before)


def own_help(flows: FlowSet, asking: Asking) -> Say | None:
    """What a slot's own file says to "what can I say?", if anything."""
    has_own = flows.slot(asking.flow, asking.slot).help is not None
    return Say(key=_slot_key(flows, asking, "help")) if has_own else None


def spoken(say: Say, voice: Voice) -> Say:
    """A sentence with its flow's rules for interrupting it."""
    return say.model_copy(
        update={
            "interruptible": voice.interruptible,
            "interruptible_after_s": voice.interruptible_after_s,
        }
    )


def phrases(voice: Voice, language: Language) -> tuple[str, ...]:
    """The answers that the ear should prefer."""
    return voice.phrases.of(language) if voice.phrases else ()


def _slot_key(flows: FlowSet, asking: Asking, which: str) -> str:
    if asking.slot in flows.hotline.identity:
        return f"identity.{asking.slot}.{which}"
    return f"flows.{asking.flow}.slots.{asking.slot}.{which}"
