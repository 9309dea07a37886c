"""What to do when nothing was said, or when nobody took a hand-over."""

from collections.abc import Callable, Mapping
from typing import Final

from ivr.dialog import guiding, prompting
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked, Asking, Memory
from ivr.dialog.step import YES_NO, Step, answered, wording
from ivr.domain import Happening, Then


def silence(flows: FlowSet, memory: Memory) -> Step:
    """Ask again, then offer a person, then end the call."""
    memory = memory.model_copy(update={"silences": memory.silences + 1})
    if memory.silences > 2:
        return answered(memory, (wording("silence_goodbye"),), then=Then.HANG_UP)
    if memory.silences == 2:
        # A form is not lost by it: "no" leads back to its question.
        aside = prompting.set_aside(memory)
        return answered(aside, (wording("offer_person"),), Asking(kind=Asked.PERSON))
    asking = memory.asking
    if asking is not None and (asking.kind in YES_NO or asking.kind in (Asked.SLOT, Asked.CHOICE)):
        return prompting.reask(flows, memory)
    return answered(memory, (wording("silence"),), asking)


def agent_unavailable(_flows: FlowSet, memory: Memory) -> Step:
    """Offer a call back."""
    return answered(memory, (wording("agent_unavailable"),), Asking(kind=Asked.CALL_BACK))


HAPPENINGS: Final[Mapping[Happening, Callable[[FlowSet, Memory], Step]]] = {
    Happening.SILENCE: silence,
    Happening.UNHEARD: guiding.not_understood,
    Happening.AGENT_UNAVAILABLE: agent_unavailable,
}
