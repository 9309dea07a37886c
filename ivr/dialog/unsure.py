"""What to do about words that were not understood for sure: confirm, choose, or guide.

| likeliest questions | act |
|---|---|
| one, from `answer` on | it is answered |
| two that are close, together from `choose` on | "is it A or B?" |
| one, from `confirm` on | "you want to …, right?" |
| anything else | "please describe it, for example …" |

Two misunderstandings in a row lead to a person; an answer to "A or B?" or to "right?" that is
again unclear is one of them. What the caller has declined is not asked again.
"""

from typing import Final

from ivr.dialog import guiding, prompting, questions, steering
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked, Asking, Memory
from ivr.dialog.parts import Confirm
from ivr.dialog.step import Answered, Step, Understood, answered, wording
from ivr.dialog.thresholds import Act, act_for

REFUSED: Final = "nlu_fallback"
"""The intent of a text that the model refused; its ranking still tells what it may have been."""
_ENDS_THE_TALK: Final = ("person", "goodbye")
_ASKED_BACK: Final = (Asked.CONFIRM, Asked.CHOICE)
_ASKED_ABOUT: Final = (Asked.CONFIRM, Asked.OFFER, Asked.FOLLOW_UP)


def wish(flows: FlowSet, memory: Memory, said: Understood) -> Step | None:
    """Follow a wish how to go on, if it is one: an unsure one too, where that does no harm."""
    intent, confidence = said.intent, said.confidence
    limits = said.chosen.replaced_by(flows.hotline.thresholds)
    if intent == REFUSED:
        intent, confidence = said.ranking[0] if said.ranking else ("", 0.0)
        if confidence < limits.confirm:
            return None
    if intent not in steering.ACTS:
        return None
    if confidence >= limits.answer or intent not in _ENDS_THE_TALK:
        return steering.steer(flows, memory, intent, said.text)
    if intent == "goodbye":
        return prompting.what_else(memory, is_asked=True)
    memory = prompting.set_aside(memory)
    return answered(memory, (wording("offer_person"),), Asking(kind=Asked.PERSON))


def question(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    """Answer, confirm, choose or guide: as sure as it is which question was asked."""
    asking = memory.asking
    if asking is not None and asking.kind in _ASKED_ABOUT and said.intent == asking.flow:
        text, in_doubt = f"{asking.text} {said.text}", asking.in_doubt or said.is_doubtful
        return questions.begin(flows, memory, asking.flow, text, in_doubt=in_doubt)
    if asking is None or asking.kind not in _ASKED_BACK:
        return _act(flows, memory, said)
    # Asked back, and it was neither yes nor one of the two: another question, or unclear again.
    declined = (*memory.declined, *filter(None, (asking.flow, asking.other)))
    step = _act(flows, memory.model_copy(update={"declined": declined}), said)
    return _counted_if_asked_back_again(flows, step) if isinstance(step, Answered) else step


def _counted_if_asked_back_again(flows: FlowSet, step: Answered) -> Step:
    asking = step.memory.asking
    if asking is None or asking.kind not in _ASKED_BACK or asking.flow in step.memory.declined:
        return step
    memory = guiding.counted(step.memory)
    if guiding.is_too_often(memory):
        return guiding.to_a_person(flows, memory)
    return Answered(memory, step.decision)


def _act(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    ranked = [
        (name, confidence)
        for name, confidence in said.ranking
        if name in flows.flows and name not in memory.declined
    ]
    limits = said.chosen.replaced_by(flows.hotline.thresholds)
    act = act_for([confidence for _, confidence in ranked], limits)
    if act is Act.GUIDE or said.intent == REFUSED:
        return guiding.not_understood(flows, memory)
    first = ranked[0][0]
    wants = flows.flows[first].confirm
    if act is Act.CHOOSE and wants is not Confirm.NEVER:
        return choose(flows, memory, first, ranked[1][0], said)
    in_doubt = act is not Act.ANSWER or said.is_doubtful
    if wants is Confirm.ALWAYS or (in_doubt and wants is Confirm.WHEN_UNSURE):
        return confirm(flows, memory, first, said)
    return questions.begin(flows, memory, first, said.text, in_doubt=said.is_doubtful)


def confirm(flows: FlowSet, memory: Memory, flow_id: str, said: Understood) -> Answered:
    """Ask whether this is what the caller wants."""
    text, in_doubt = said.text, said.is_doubtful
    asking = Asking(kind=Asked.CONFIRM, flow=flow_id, text=text, in_doubt=in_doubt)
    return prompting.reask(flows, memory.model_copy(update={"asking": asking}))


def choose(flows: FlowSet, memory: Memory, first: str, second: str, said: Understood) -> Answered:
    """Ask which of two questions it is."""
    text, in_doubt = said.text, said.is_doubtful
    asking = Asking(kind=Asked.CHOICE, flow=first, other=second, text=text, in_doubt=in_doubt)
    return prompting.reask(flows, memory.model_copy(update={"asking": asking}))
