"""What to do about one input of the caller: pure decisions, no I/O.

`hear` gives a step: either the turn is decided, or facts are needed first. How a question is
brought to its answer is in `questions`, what words said besides it are good for in `supplement`,
what is done about unclear words in `unsure`, and how callers steer in `steering`.
"""

from dataclasses import replace

from ivr.dialog import (
    forms,
    guiding,
    prompting,
    questions,
    steering,
    supplement,
    trail,
    transfers,
    unsure,
)
from ivr.dialog.flows import Flow, FlowSet, MayHear
from ivr.dialog.happenings import HAPPENINGS
from ivr.dialog.memory import Asked, Asking, Memory, Say
from ivr.dialog.pausing import asks_to_wait
from ivr.dialog.pressing import pressed
from ivr.dialog.slots import spoken_digits, yes_or_no
from ivr.dialog.slots.yes_no import NO, YES
from ivr.dialog.step import (
    YES_NO,
    Input,
    Pressed,
    Step,
    Understood,
    answered,
    put_through,
    wording,
)
from ivr.domain import Happening, Opening, OpeningKind


def hear(flows: FlowSet, memory: Memory, said: Input) -> Step:
    """Decide what to do about one input."""
    if isinstance(said, Opening):
        return _open(flows, memory.model_copy(update={"likely": said.likely}), said)
    memory = trail.noted(flows, memory)
    if isinstance(said, Happening):
        return HAPPENINGS[said](flows, memory)
    memory = memory.model_copy(update={"silences": 0})
    if isinstance(said, Pressed):
        return pressed(flows, memory, said.digits)
    if asks_to_wait(said.text, memory.language):
        return prompting.wait(flows, memory)
    if transfers.sounds_upset(flows, said.text, memory.language):
        return _upset(flows, memory, said)
    return _heard(flows, memory, said)


# --- before the first word ---------------------------------------------------------------


def _open(flows: FlowSet, memory: Memory, opening: Opening) -> Step:
    known = [flows.flows[id_] for id_ in opening.questions if id_ in flows.flows]
    offered = [flow.id for flow in known if flow.offer is not None]
    hello = wording("offer_greeting")
    if through := transfers.by_tag(flows, memory):
        hello = wording("person_for_tag")
        return put_through(flows, memory, (hello,), through.transfer, through.why)
    # Only what anyone may hear is said unasked; anything else becomes an offer.
    may_answer = bool(offered) and flows.flows[offered[0]].may_hear is MayHear.ANYONE
    if opening.kind is OpeningKind.ANSWER and may_answer:
        return questions.pursue(flows, memory, offered[0], hello)
    if opening.kind is OpeningKind.OFFER_TWO and len(offered) > 1:
        asking = Asking(kind=Asked.CHOICE, flow=offered[0], other=offered[1])
        return prompting.reask(flows, memory.model_copy(update={"asking": asking}), hello)
    if opening.kind is not OpeningKind.ASK and offered:
        says = (hello, Say(key=f"flows.{offered[0]}.offer"))
        return answered(memory, says, Asking(kind=Asked.OFFER, flow=offered[0]))
    return answered(memory, (wording("greeting"),))


# --- words -------------------------------------------------------------------------------


def _heard(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    if prompting.is_form(memory):
        return forms.heard(flows, memory, said)
    if said.intent in ("first", "second") and not _asks_which(memory):
        said = _as_example(flows, memory, said)
    # More than the intent has to be looked at where words are few: "no, five thousand".
    if (by_words := _by_words(flows, memory, said)) is not None:
        return by_words
    answer = _yes_or_no(memory, said)
    if answer == NO and (own := _own_question(flows, said)):
        return questions.begin(flows, memory, own, said.text, in_doubt=said.is_doubtful)
    if answer:
        return steering.steer(flows, memory, answer, said.text)
    if (wish := unsure.wish(flows, memory, said)) is not None:
        return wish
    return unsure.question(flows, memory, said)


def _upset(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    """Put the caller through; a question that ends with a person anyway says its own words."""
    memory = memory.model_copy(update={"upset": True})
    meant = flows.flows.get(said.intent)
    if meant is not None and transfers.is_put_through(meant):
        return questions.begin(flows, memory, meant.id)
    flow = meant or flows.flows.get(memory.question)
    through = transfers.when_upset(flows, memory, flow)
    if through is None:
        return _heard(flows, memory, said)
    memory = memory.model_copy(update={"question": flow.id if flow else ""})
    return put_through(flows, memory, (_sorry(flow, through),), through.transfer, through.why)


def _sorry(flow: Flow | None, through: transfers.Reason) -> Say:
    rule = through.transfer
    if flow is not None and rule.say is not None:
        return Say(key=f"flows.{flow.id}.transfers.{flow.transfers.index(rule)}.say")
    return wording("person_for_upset")


def _asks_which(memory: Memory) -> bool:
    return memory.asking is not None and memory.asking.kind is Asked.CHOICE


def _as_example(flows: FlowSet, memory: Memory, said: Understood) -> Understood:
    """Take "the second one" for the second of our examples, if we have just named some.

    Nothing else was to choose, and "two zero two six" is no "the second" at all.
    """
    named = guiding.examples_named(flows, memory)
    at = 0 if said.intent == "first" else 1
    if at >= len(named) or len(spoken_digits(said.text, memory.language)) > 1:
        return replace(said, intent=unsure.REFUSED)
    return replace(said, intent=named[at], ranking=((named[at], said.confidence),), text="")


def _by_words(flows: FlowSet, memory: Memory, said: Understood) -> Step | None:
    if (again := _with_correction(flows, memory, said)) is not None:
        return again
    if (given := forms.heard_instead_of_yes(flows, memory, said)) is not None:
        return given
    asking = memory.asking
    if (
        asking is not None
        and asking.kind is Asked.CHOICE
        and (chosen := _chosen(flows, asking, said))
    ):
        text, in_doubt = f"{asking.text} {said.text}", asking.in_doubt or said.is_doubtful
        return questions.begin(flows, memory, chosen, text, in_doubt=in_doubt)
    return None


def _yes_or_no(memory: Memory, said: Understood) -> str | None:
    """A yes or no in words of any kind, where it was asked for and nothing else was understood."""
    if said.intent in (YES, NO):
        return said.intent
    is_asked = memory.asking is not None and memory.asking.kind in YES_NO
    is_open = said.intent == unsure.REFUSED and is_asked
    return yes_or_no(said.text, memory.language) if is_open else None


def _own_question(flows: FlowSet, said: Understood) -> str | None:
    """The question in "no, I want to …": words after a no, and a flow close behind it."""
    if len(said.text.replace(" ", "")) < 6:
        return None
    close = (name for name, confidence in said.ranking if confidence >= 0.15)
    return next((name for name in close if name in flows.flows), None)


def _chosen(flows: FlowSet, asking: Asking, said: Understood) -> str:
    """Which of the two in "A or B?", also by words too few for a question of their own."""
    if said.intent in ("first", "second"):
        return asking.flow if said.intent == "first" else asking.other
    limits = said.chosen.replaced_by(flows.hotline.thresholds)
    offered = [name for name, _ in said.ranking if name in (asking.flow, asking.other)]
    is_else = said.intent not in offered and said.confidence >= limits.answer
    return "" if is_else or said.intent in steering.ACTS or not offered else offered[0]


def _with_correction(flows: FlowSet, memory: Memory, said: Understood) -> Step | None:
    """The last answer once more, for another value of what it was given for."""
    told, asking = memory.told, memory.asking
    if told is None or told.flow not in flows.flows:
        return None
    if asking is not None and asking.kind not in (Asked.MORE, Asked.FOLLOW_UP):
        return None
    takes_back = supplement.is_correction(said.text, memory.language)
    if said.intent not in (told.flow, "no", "nlu_fallback") and not takes_back:
        return None
    flow = flows.flows[told.flow]
    changed = supplement.corrected(flow, told.slots, said.text, memory)
    if not changed:
        return None
    memory = memory.model_copy(update={"slots": {**memory.slots, **told.slots}})
    memory = supplement.taken(flow, memory, changed, in_doubt=said.is_doubtful)
    return questions.begin(flows, memory, flow.id)
