"""What a finished keypad entry means: a command, a value, one of two, or nothing."""

from ivr.dialog import forms, guiding, prompting, questions, steering
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked, Memory
from ivr.dialog.slots import Given, value_of_keys
from ivr.dialog.step import YES_NO, Answered, Step, answered, wording
from ivr.domain import Then


def pressed(flows: FlowSet, memory: Memory, digits: str) -> Step:
    """Decide what to do about a keypad entry."""
    if digits in steering.KEYS:
        return steering.KEYS[digits](flows, memory)
    if len(digits) > 1 and forms.is_person_offered_instead(memory):
        memory = prompting.with_form(memory)
    asking = memory.asking
    if asking is not None and asking.kind is Asked.SLOT:
        return _for_form(flows, memory, digits)
    if asking is not None and digits in steering.YES_NO_KEYS:
        if asking.kind is Asked.CHOICE:
            chosen = asking.flow if digits == "1" else asking.other
            return questions.begin(flows, memory, chosen, asking.text, in_doubt=asking.in_doubt)
        if asking.kind in YES_NO:
            return steering.YES_NO_KEYS[digits](flows, memory)
    return _wrong_key(flows, memory)


def _for_form(flows: FlowSet, memory: Memory, digits: str) -> Step:
    asking = memory.asking
    assert asking is not None
    value = value_of_keys(flows.slot(asking.flow, asking.slot), digits, memory.today)
    if value is None:
        return questions.wrong(flows, memory)
    return questions.given(flows, memory, {asking.slot: Given(value)})


def _wrong_key(flows: FlowSet, memory: Memory) -> Step:
    step = guiding.not_understood(flows, memory)
    if isinstance(step, Answered) and step.decision.then is Then.LISTEN:
        return answered(step.memory, (wording("wrong_key"),), memory.asking)
    return step
