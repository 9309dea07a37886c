"""What callers say while a form asks for something: values, corrections, steering, questions."""

from ivr.dialog import guiding, prompting, questions, reading_back, steering, supplement
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked, Asking, Memory
from ivr.dialog.step import Step, Understood


def heard(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    """Take the words as an answer to the form's question, or as what else they are."""
    asking = memory.asking
    assert asking is not None
    if asking.kind is Asked.READ_BACK:
        return _heard_back(flows, memory, asking, said)
    takes_back = supplement.is_correction(said.text, memory.language)
    if takes_back and (changed := _changed(flows, memory, asking, said)) is not None:
        return changed
    values = supplement.answers(flows, memory, asking, said.text)
    if asking.slot in values:
        return questions.given(flows, memory, values, in_doubt=said.is_doubtful)
    if (elsewhere := _elsewhere(flows, memory, asking, said)) is not None:
        return elsewhere
    if values:
        flow = flows.flows[asking.flow]
        known = supplement.taken(flow, memory, values, in_doubt=said.is_doubtful)
        return prompting.ask(flows, known, asking)
    return _changed(flows, memory, asking, said) or questions.wrong(flows, memory)


def _heard_back(flows: FlowSet, memory: Memory, asking: Asking, said: Understood) -> Step:
    """Take the words as an answer to "…, is that right?", or as what else they are."""
    if (answered := reading_back.heard(flows, memory, said)) is not None:
        return answered
    if (elsewhere := _elsewhere(flows, memory, asking, said)) is not None:
        return elsewhere
    if said.intent == "yes" and said.confidence >= flows.hotline.sure:
        return reading_back.confirmed(flows, memory)
    return guiding.not_understood(flows, memory)


def _elsewhere(flows: FlowSet, memory: Memory, asking: Asking, said: Understood) -> Step | None:
    """Where a caller goes who is surely not answering."""
    if said.confidence < flows.hotline.sure:
        return None
    if said.intent in steering.ACTS and said.intent != "yes":
        return steering.steer(flows, memory, said.intent, said.text)
    if said.intent in flows.flows and said.intent != asking.flow:
        aside, in_doubt = prompting.set_aside(memory), said.is_doubtful
        return questions.begin(flows, aside, said.intent, said.text, in_doubt=in_doubt)
    return None


def _changed(flows: FlowSet, memory: Memory, asking: Asking, said: Understood) -> Step | None:
    """The form once more, after another of its slots was corrected."""
    flow = flows.flows[asking.flow]
    changed = supplement.corrected(flow, memory.slots, said.text, memory)
    if not changed:
        return None
    memory = supplement.taken(flow, memory, changed, in_doubt=said.is_doubtful)
    if prompting.unsure_slots(flows, memory, flow.id):
        return questions.pursue(flows, memory, flow.id)
    return prompting.ask(flows, memory, asking)


def heard_instead_of_yes(flows: FlowSet, memory: Memory, said: Understood) -> Step | None:
    """The answer to a form's question that a "shall I connect you?" has put aside, if it is one."""
    if not is_person_offered_instead(memory) or said.intent in ("yes", "no", "person"):
        return None
    form = prompting.with_form(memory)
    assert form.asking is not None
    values = supplement.answers(flows, form, form.asking, said.text)
    if form.asking.slot not in values:
        return None
    return questions.given(flows, form, values, in_doubt=said.is_doubtful)


def is_person_offered_instead(memory: Memory) -> bool:
    """Whether a "shall I connect you?" has put a form aside."""
    is_person = memory.asking is not None and memory.asking.kind is Asked.PERSON
    return is_person and bool(memory.interrupted)
