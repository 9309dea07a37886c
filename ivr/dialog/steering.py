"""How callers steer a conversation, by voice and by key: each act by its intent.

Whatever is open stays open: thanks, a repeat or a change of language in the middle of a form
lead back to the question of the form.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ivr.dialog import guiding, prompting, questions, reading_back, trail
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked, Asking, Memory, Say
from ivr.dialog.reach import asked_again, rest
from ivr.dialog.slot_settings import SlotType
from ivr.dialog.step import Answered, Step, answered, hand_over, wording
from ivr.domain import Language, Then

MORE: Final = Asking(kind=Asked.MORE)
SLOWER: Final = 0.8
SLOWEST: Final = 0.65
"""Speeds of "slower" said once and twice; any slower sounds broken."""


def yes(flows: FlowSet, memory: Memory) -> Step:
    """Take what was offered."""
    asking = memory.asking
    if asking is None or asking.kind in (Asked.SLOT, Asked.MORE):
        return answered(memory, (wording("go_ahead"),))
    if asking.kind in (Asked.OFFER, Asked.FOLLOW_UP, Asked.CONFIRM):
        text, in_doubt = asking.text, asking.in_doubt
        return questions.begin(flows, memory, asking.flow, text, in_doubt=in_doubt)
    if asking.kind is Asked.READ_BACK:
        return reading_back.confirmed(flows, memory)
    if asking.kind is Asked.CHOICE:
        return prompting.reask(flows, memory, wording("choose_one"))
    if asking.kind is Asked.PERSON:
        return person(flows, memory)
    return answered(memory, (wording("call_back"),), MORE)


def no(flows: FlowSet, memory: Memory) -> Step:
    """Decline what was offered; "anything else?" ends the call."""
    asking = memory.asking
    if asking is None:
        return answered(memory, (wording("offer_declined"),))
    if asking.kind in (Asked.MORE, Asked.CALL_BACK):
        return goodbye(flows, memory)
    if asking.kind is Asked.READ_BACK:
        return reading_back.denied(flows, memory)
    if asking.kind is Asked.FOLLOW_UP:
        memory = memory.model_copy(update={"declined_offer": True})
        return prompting.what_else(memory, is_asked=True)
    if asking.kind is Asked.PERSON and memory.interrupted:
        return prompting.go_back_to_form(flows, memory, wording("go_on"))
    # What was offered was not meant; a form that is left by "no" was.
    meant = asking.kind is Asked.SLOT
    refused = () if meant else tuple(filter(None, (asking.flow, asking.other)))
    changes = {"declined": (*memory.declined, *refused), "question": ""}
    return answered(memory.model_copy(update=changes), (wording("offer_declined"),))


def repeat(_flows: FlowSet, memory: Memory) -> Step:
    """Say the last reply again, from where it was not heard."""
    last = memory.last
    if last is None:
        return answered(memory, (wording("greeting"),))
    how = {"says": rest(memory), "language": memory.language, "speed": memory.speed}
    changed = last.model_copy(update=how)
    return Answered(asked_again(memory).model_copy(update={"last": changed}), changed)


def slower(flows: FlowSet, memory: Memory) -> Step:
    """Say it again more slowly, and everything after it too."""
    speed = SLOWER if memory.speed > SLOWER else SLOWEST
    return repeat(flows, memory.model_copy(update={"speed": speed}))


def back(flows: FlowSet, memory: Memory) -> Step:
    """Return to the question before: the slot before this one, or what was told before it."""
    earlier = trail.before(flows, memory)
    if earlier is None:
        return answered(_fresh(memory), (wording("go_back"), wording("offer_declined")))
    if earlier.asking is not None and earlier.asking.kind is Asked.SLOT:
        return prompting.ask(flows, earlier, earlier.asking, wording("go_back"))
    told = _plain(earlier.last.says) if earlier.last is not None else ()
    if earlier.asking is not None and earlier.asking.kind is not Asked.MORE:
        return prompting.reask(flows, earlier, wording("go_back"), *told[:-1])
    assert earlier.last is not None
    says = (wording("go_back"), *told)
    how = {"says": says, "language": memory.language, "speed": memory.speed}
    said = earlier.last.model_copy(update=how)
    return Answered(earlier.model_copy(update={"last": said}), said)


def start_over(_flows: FlowSet, memory: Memory) -> Step:
    """Forget the question; who calls, and in which language, stays known."""
    return answered(_fresh(memory), (wording("offer_declined"),))


def _fresh(memory: Memory) -> Memory:
    return memory.model_copy(
        update={
            "question": "",
            "asking": None,
            "interrupted": (),
            "slots": {},
            "declined": (),
            "told": None,
            "trail": (),
        }
    )


def thanks(flows: FlowSet, memory: Memory) -> Step:
    """Be polite, and go on where we were."""
    if prompting.is_form(memory):
        return prompting.reask(flows, memory, wording("welcome"))
    return prompting.what_else(memory, wording("welcome"))


def got_it(flows: FlowSet, memory: Memory) -> Step:
    """Say no more of it; whoever was asked for more and has it, has all they wanted."""
    if prompting.is_form(memory):
        return prompting.reask(flows, memory)
    if memory.offered_more and memory.asking is not None and memory.asking.kind is Asked.MORE:
        return goodbye(flows, memory)
    return prompting.what_else(memory)


def goodbye(_flows: FlowSet, memory: Memory) -> Step:
    """End the call: the caller has what they wanted, wherever we were."""
    return answered(memory, (wording("goodbye"),), then=Then.HANG_UP)


def person(flows: FlowSet, memory: Memory) -> Step:
    """Put the caller through."""
    return hand_over(flows, memory, (wording("person"),), "asked for a person")


def cannot(flows: FlowSet, memory: Memory) -> Step:
    """Whoever does not have what we ask for is not asked for it again."""
    if memory.asking is not None and memory.asking.kind is Asked.READ_BACK:
        return prompting.reask(flows, memory)
    if prompting.is_form(memory):
        slot = memory.asking.slot if memory.asking else ""
        return hand_over(flows, memory, (wording("person_after_retries"),), f"has no {slot}")
    return help_(flows, memory)


def vague(flows: FlowSet, memory: Memory) -> Step:
    """Ask whoever only said hello, or that they have a question, which one."""
    if prompting.is_form(memory):
        return prompting.reask(flows, memory)
    return answered(memory, (wording("go_ahead"), guiding.guide(flows, memory)), memory.asking)


def help_(flows: FlowSet, memory: Memory) -> Step:
    """Say what can be said here, and which keys work."""
    asking = memory.asking
    if asking is not None and asking.kind is Asked.SLOT:
        slot = flows.slot(asking.flow, asking.slot)
        own = prompting.own_help(flows, asking)
        how = own or wording(_HELP[slot.type], count=str(slot.length or ""))
        return prompting.reask(flows, memory, how, wording("help_keys"))
    if asking is not None and asking.kind is Asked.CHOICE:
        return prompting.reask(flows, memory, wording("help_keys"))
    if asking is not None and asking.kind is not Asked.MORE:
        return prompting.reask(flows, memory, wording("help_yes_no"))
    return answered(memory, (guiding.guide(flows, memory), wording("help")), asking)


_HELP: Final[Mapping[SlotType, str]] = {
    SlotType.DIGITS: "help_digits",
    SlotType.AMOUNT: "help_amount",
    SlotType.DATE: "help_date",
    SlotType.YES_NO: "help_yes_no",
    SlotType.CHOICE: "help_choice",
    SlotType.TEXT: "help_text",
}


# --- languages ---------------------------------------------------------------------------


def other_language(flows: FlowSet, memory: Memory) -> Step:
    """Change to the language that is not spoken now."""
    other = Language.EN if memory.language is Language.ZH else Language.ZH
    return change_language(flows, memory, other)


def change_language(flows: FlowSet, memory: Memory, language: Language) -> Step:
    """Go on in a language, and say in it what was just said in the other."""
    is_new, memory = language is not memory.language, _in(language, asked_again(memory))
    says, asking, last = wording("language_changed"), memory.asking, memory.last
    if asking is None or last is None or (asking.kind is Asked.MORE and not is_new):
        return answered(memory, (says, wording("go_ahead")), asking)
    if asking.kind is Asked.FOLLOW_UP and is_new:
        return prompting.reask(flows, memory, says, *_plain(last.says)[:-1])
    if asking.kind is not Asked.MORE:
        return prompting.reask(flows, memory, says)
    how = {"says": (says, *_plain(last.says)), "language": language, "phrases": ()}
    again = last.model_copy(update=how)
    return Answered(memory.model_copy(update={"last": again}), again)


def _plain(says: tuple[Say, ...]) -> tuple[Say, ...]:
    """What was told and asked, without how we came there."""
    return tuple(say for say in says if say.key not in _HOW_WE_CAME)


_HOW_WE_CAME: Final = ("wording.language_changed", "wording.go_back")


def _in(language: Language, memory: Memory) -> Memory:
    return memory.model_copy(update={"language": language})


def wanted_language(text: str, current: Language) -> Language:
    """The language that a caller names, or the other one."""
    if any(word in text for word in ("英", "english")):
        return Language.EN
    if any(word in text for word in ("中", "普通话", "mandarin", "chinese")):
        return Language.ZH
    return Language.EN if current is Language.ZH else Language.ZH


# --- tables ------------------------------------------------------------------------------

Act = Callable[[FlowSet, Memory], Step]

ACTS: Final[Mapping[str, Act]] = {
    "yes": yes,
    "no": no,
    "repeat": repeat,
    "slower": slower,
    "back": back,
    "thanks": thanks,
    "got_it": got_it,
    "goodbye": goodbye,
    "person": person,
    "cannot": cannot,
    "help": help_,
    "vague": vague,
    "start_over": start_over,
    "language": other_language,
}
"""By intent of `navigation.yaml`; `first` and `second` are answers, not acts."""

KEYS: Final[Mapping[str, Act]] = {
    "0": person,
    "*": other_language,
    "#": repeat,
    "*1": help_,
    "*2": slower,
    "*3": back,
    "*4": start_over,
    "*9": goodbye,
}
"""Keys that mean the same everywhere, also where a number is asked for."""

YES_NO_KEYS: Final[Mapping[str, Act]] = {"1": yes, "2": no}


def steer(flows: FlowSet, memory: Memory, intent: str, text: str) -> Step:
    """Follow an intent of `ACTS`; `text` may name a language."""
    memory = memory.model_copy(update={"misunderstood": 0})
    if intent == "language":
        return change_language(flows, memory, wanted_language(text, memory.language))
    return ACTS[intent](flows, memory)
