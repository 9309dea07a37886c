"""What to do about one input of the caller: pure decisions, no I/O.

`hear` gives a step: either the turn is decided, or facts are needed first. Who can be steered
where is in one place here; how a question is brought to its answer is in `questions`.
"""

from ivr.dialog import questions, transfers
from ivr.dialog.flows import Flow, FlowSet, MayHear
from ivr.dialog.memory import Asked, Asking, Memory, Say
from ivr.dialog.reach import rest
from ivr.dialog.slots import value_of_keys, value_of_words
from ivr.dialog.step import (
    YES_NO,
    Answered,
    Input,
    Pressed,
    Step,
    Understood,
    answered,
    hand_over,
    put_through,
    wording,
)
from ivr.domain import Happening, Language, Opening, OpeningKind, Then

MORE = Asking(kind=Asked.MORE)
SLOWER_SPEED = 0.8
MISUNDERSTANDINGS = 2
"""In a row, after which a person takes over."""


def hear(flows: FlowSet, memory: Memory, said: Input) -> Step:
    """Decide what to do about one input."""
    if isinstance(said, Opening):
        return _open(flows, memory, said)
    if isinstance(said, Happening):
        return _HAPPENINGS[said](flows, memory)
    memory = memory.model_copy(update={"silences": 0})
    if isinstance(said, Pressed):
        return _pressed(flows, memory, said.digits)
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
        first, second = (flows.flows[id_].titles.of(memory.language) for id_ in offered[:2])
        says = (hello, wording("offer_or", first=first, second=second))
        return answered(memory, says, Asking(kind=Asked.CHOICE, flow=offered[0], other=offered[1]))
    if opening.kind is not OpeningKind.ASK and offered:
        says = (hello, Say(key=f"flows.{offered[0]}.offer"))
        return answered(memory, says, Asking(kind=Asked.OFFER, flow=offered[0]))
    return answered(memory, (wording("greeting"),))


# --- words -------------------------------------------------------------------------------


def _heard(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    asking = memory.asking
    if asking is not None and asking.kind is Asked.SLOT:
        return _heard_for_slot(flows, memory, asking, said)
    if said.intent in flows.flows:
        return _question(flows, memory, said.intent)
    if said.intent == "no" and (own := _own_question(flows, said)):
        return _question(flows, memory, own)
    if said.intent in _STEERING:
        return _steer(flows, memory, said)
    return _not_understood(flows, memory)


def _upset(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    """Put the caller through; a question that ends with a person anyway says its own words."""
    memory = memory.model_copy(update={"upset": True})
    meant = flows.flows.get(said.intent)
    if meant is not None and transfers.is_put_through(meant):
        return _question(flows, memory, meant.id)
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


def _heard_for_slot(flows: FlowSet, memory: Memory, asking: Asking, said: Understood) -> Step:
    slot = flows.slot(asking.flow, asking.slot)
    value = value_of_words(slot, said.text, memory.language, memory.today)
    if value is not None:
        return questions.given(flows, memory, value)
    sure = said.confidence >= flows.hotline.sure
    if sure and said.intent in _STEERING and said.intent not in ("yes", "no"):
        return _steer(flows, memory, said)
    if sure and said.intent in flows.flows and said.intent != asking.flow:
        aside = (*memory.interrupted, asking)
        memory = memory.model_copy(update={"interrupted": aside})
        return _question(flows, memory, said.intent)
    return questions.wrong(flows, memory)


def _question(flows: FlowSet, memory: Memory, flow_id: str) -> Step:
    memory = memory.model_copy(update={"misunderstood": 0, "asking": None})
    return questions.pursue(flows, memory, flow_id)


def _own_question(flows: FlowSet, said: Understood) -> str | None:
    """The question in "no, I want to …": words after a no, and a flow close behind it."""
    if len(said.text.replace(" ", "")) < 6:
        return None
    close = (name for name, confidence in said.ranking if confidence >= 0.15)
    return next((name for name in close if name in flows.flows), None)


def _not_understood(flows: FlowSet, memory: Memory) -> Step:
    count = memory.misunderstood + 1
    memory = memory.model_copy(update={"misunderstood": count})
    if count >= MISUNDERSTANDINGS:
        says = (wording("person_after_misunderstanding"),)
        return hand_over(flows, memory, says, "not understood twice")
    if memory.asking is not None and memory.asking.kind is Asked.SLOT:
        return questions.wrong(flows, memory)
    return answered(memory, (wording("not_understood"),), memory.asking)


# --- steering ----------------------------------------------------------------------------


def _steer(flows: FlowSet, memory: Memory, said: Understood) -> Step:
    memory = memory.model_copy(update={"misunderstood": 0})
    if said.intent == "language":
        return _change_language(flows, memory, _wanted_language(said.text, memory.language))
    return _STEERING[said.intent](flows, memory)


def _yes(flows: FlowSet, memory: Memory) -> Step:
    asking = memory.asking
    kind = asking.kind if asking else None
    if asking is not None and kind in (Asked.OFFER, Asked.FOLLOW_UP, Asked.CHOICE):
        return _question(flows, memory, asking.flow)
    if kind is Asked.PERSON:
        return _person(flows, memory)
    if kind is Asked.CALL_BACK:
        return answered(memory, (wording("call_back"),), MORE)
    return answered(memory, (wording("go_ahead"),))


def _no(flows: FlowSet, memory: Memory) -> Step:
    kind = memory.asking.kind if memory.asking else None
    if kind in (Asked.MORE, Asked.CALL_BACK):
        return _goodbye(flows, memory)
    if kind is Asked.FOLLOW_UP:
        memory = memory.model_copy(update={"declined_offer": True, "offered_more": True})
        return answered(memory, (wording("anything_else"),), MORE)
    return answered(memory, (wording("offer_declined"),))


def _repeat(_flows: FlowSet, memory: Memory) -> Step:
    last = memory.last
    if last is None:
        return answered(memory, (wording("greeting"),))
    how = {"says": rest(memory), "language": memory.language, "speed": memory.speed}
    changed = last.model_copy(update=how)
    return Answered(memory.model_copy(update={"last": changed}), changed)


def _slower(flows: FlowSet, memory: Memory) -> Step:
    return _repeat(flows, memory.model_copy(update={"speed": SLOWER_SPEED}))


def _thanks(_flows: FlowSet, memory: Memory) -> Step:
    return answered(memory, (wording("welcome"),), MORE)


def _goodbye(_flows: FlowSet, memory: Memory) -> Step:
    return answered(memory, (wording("goodbye"),), then=Then.HANG_UP)


def _person(flows: FlowSet, memory: Memory) -> Step:
    return hand_over(flows, memory, (wording("person"),), "asked for a person")


def _help(flows: FlowSet, memory: Memory) -> Step:
    return _then_ask_again(flows, memory, wording("help"))


def _start_over(_flows: FlowSet, memory: Memory) -> Step:
    fresh = {"question": "", "interrupted": (), "slots": {}}
    return answered(memory.model_copy(update=fresh), (wording("offer_declined"),))


def _other_language(flows: FlowSet, memory: Memory) -> Step:
    other = Language.EN if memory.language is Language.ZH else Language.ZH
    return _change_language(flows, memory, other)


def _change_language(flows: FlowSet, memory: Memory, language: Language) -> Step:
    memory = memory.model_copy(update={"language": language})
    says = wording("language_changed")
    asking, last = memory.asking, memory.last
    if asking is not None and asking.kind in YES_NO and last is not None:
        return answered(memory, (says, last.says[-1]), asking)
    return _then_ask_again(flows, memory, says, wording("go_ahead"))


def _then_ask_again(flows: FlowSet, memory: Memory, say: Say, otherwise: Say | None = None) -> Step:
    if memory.asking is not None and memory.asking.kind is Asked.SLOT:
        return questions.ask(flows, memory, memory.asking, say)
    return answered(memory, (say, otherwise) if otherwise else (say,), memory.asking)


def _wanted_language(text: str, current: Language) -> Language:
    if any(word in text for word in ("英", "english")):
        return Language.EN
    if any(word in text for word in ("中", "普通话", "mandarin", "chinese")):
        return Language.ZH
    return Language.EN if current is Language.ZH else Language.ZH


_STEERING = {
    "yes": _yes,
    "no": _no,
    "repeat": _repeat,
    "slower": _slower,
    "thanks": _thanks,
    "goodbye": _goodbye,
    "person": _person,
    "help": _help,
    "start_over": _start_over,
    "language": _other_language,
}


# --- keys --------------------------------------------------------------------------------

_KEYS = {"0": _person, "*": _other_language, "#": _repeat}
_YES_NO_KEYS = {"1": _yes, "2": _no}


def _pressed(flows: FlowSet, memory: Memory, digits: str) -> Step:
    if digits in _KEYS:
        return _KEYS[digits](flows, memory)
    asking = memory.asking
    if asking is not None and asking.kind is Asked.SLOT:
        value = value_of_keys(flows.slot(asking.flow, asking.slot), digits, memory.today)
        if value is None:
            return questions.wrong(flows, memory)
        return questions.given(flows, memory, value)
    if asking is not None and asking.kind in YES_NO and digits in _YES_NO_KEYS:
        return _YES_NO_KEYS[digits](flows, memory)
    step = _not_understood(flows, memory)
    if isinstance(step, Answered) and step.decision.then is Then.LISTEN:
        return answered(step.memory, (wording("wrong_key"),), asking)
    return step


# --- happenings --------------------------------------------------------------------------


def _silence(flows: FlowSet, memory: Memory) -> Step:
    memory = memory.model_copy(update={"silences": memory.silences + 1})
    if memory.silences > 2:
        return answered(memory, (wording("silence_goodbye"),), then=Then.HANG_UP)
    if memory.silences == 2:
        return answered(memory, (wording("offer_person"),), Asking(kind=Asked.PERSON))
    asking = memory.asking
    if asking is not None and asking.kind is Asked.SLOT:
        return questions.ask(flows, memory, asking)
    if asking is not None and asking.kind in YES_NO:
        return _repeat(flows, memory)
    return answered(memory, (wording("silence"),), asking)


def _agent_unavailable(_flows: FlowSet, memory: Memory) -> Step:
    return answered(memory, (wording("agent_unavailable"),), Asking(kind=Asked.CALL_BACK))


_HAPPENINGS = {
    Happening.SILENCE: _silence,
    Happening.UNHEARD: _not_understood,
    Happening.AGENT_UNAVAILABLE: _agent_unavailable,
}
