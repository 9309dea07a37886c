"""Values that may have been misheard, or meant otherwise, are read back before they are used.

"Three fifty" is 350 or 3.50, "next Wednesday" on a Monday is in two days or in nine, and the ear
itself may be in doubt. `questions.pursue` reads all such values of a flow back together, as soon as
the caller may hear its answer; here is what becomes of the caller's answer to that.
"""

from ivr.dialog import prompting, questions, supplement
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Memory
from ivr.dialog.slots import yes_or_no
from ivr.dialog.slots.yes_no import NO, YES
from ivr.dialog.step import Step, Understood


def confirmed(flows: FlowSet, memory: Memory) -> Step:
    """Use the values, unless the caller took the turn before they had heard them."""
    asking = memory.asking
    assert asking is not None
    if not asking.was_heard:
        return prompting.reask(flows, memory)
    unsure = prompting.unsure_slots(flows, memory, asking.flow)
    kept = tuple(name for name in memory.unsure if name not in unsure)
    memory = memory.model_copy(update={"unsure": kept, "misunderstood": 0})
    return questions.pursue(flows, memory, asking.flow)


def denied(flows: FlowSet, memory: Memory) -> Step:
    """Forget the values and ask for the first of them again; the others follow in turn."""
    asking = memory.asking
    assert asking is not None
    return questions.wrong(flows, _without_unsure(flows, memory, asking.flow))


def heard(flows: FlowSet, memory: Memory, said: Understood) -> Step | None:
    """Take words as an answer to "…, is that right?"; None where they are none."""
    asking = memory.asking
    assert asking is not None
    language, flow = memory.language, flows.flows[asking.flow]
    unsure = prompting.unsure_slots(flows, memory, asking.flow)
    open_ = _without_unsure(flows, memory, asking.flow)
    values = supplement.answers(flows, open_, asking, said.text)
    changed = {name: one for name, one in values.items() if memory.slots.get(name) != one.value}
    answer = yes_or_no(said.text, language)
    is_no = answer == NO or (answer is None and supplement.is_correction(said.text, language))
    memory = supplement.taken(flow, memory, changed, in_doubt=said.is_doubtful)
    if answer == YES:
        return confirmed(flows, memory)
    if not changed.keys().isdisjoint(unsure):
        return _corrected(flows, memory)  # "no, five thousand", with a "no" or without
    if is_no:
        return denied(flows, memory)
    return confirmed(flows, memory) if values.keys() - changed.keys() else None


def _corrected(flows: FlowSet, memory: Memory) -> Step:
    """Go on with other values; those that are unsure again cost a try, or it might never end."""
    asking = memory.asking
    assert asking is not None
    is_unsure = bool(prompting.unsure_slots(flows, memory, asking.flow))
    if is_unsure and asking.tries >= flows.slot(asking.flow, asking.slot).retries:
        return questions.wrong(flows, memory)
    counted = asking.model_copy(update={"tries": asking.tries + 1})
    memory = memory.model_copy(update={"asking": counted, "misunderstood": 0})
    return questions.pursue(flows, memory, asking.flow)


def _without_unsure(flows: FlowSet, memory: Memory, flow_id: str) -> Memory:
    unsure = prompting.unsure_slots(flows, memory, flow_id)
    kept = {name: value for name, value in memory.slots.items() if name not in unsure}
    return memory.model_copy(update={"slots": kept})
