"""The way a conversation has come, so that "back" finds the question before.

A place is what was open when a caller had the turn: a slot of a form, an offer, the "anything
else?" behind an answer. Asking the same again (repeat, silence, help, a wrong answer) is no new
place.
"""

from typing import Final

from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked, Asking, Memory, Place
from ivr.domain import Then

LONGEST: Final = 6
"""Places kept; nobody goes back further, and the memory travels with every turn."""


def noted(flows: FlowSet, memory: Memory) -> Memory:
    """The memory with the place where the caller stands now, as the turn begins."""
    if memory.last is None or memory.last.then is not Then.LISTEN:
        return memory
    here = _here(flows, memory)
    if memory.trail and _is_same(memory.trail[-1], here):
        return memory
    return memory.model_copy(update={"trail": (*memory.trail, here)[-LONGEST:]})


def before(flows: FlowSet, memory: Memory) -> Memory | None:
    """The memory as it was at the place before this one; None where there is none."""
    for at in range(len(memory.trail) - 2, -1, -1):
        place = memory.trail[at]
        if place.asking is not None and not _is_worth_it(flows, memory, place.asking):
            continue
        return memory.model_copy(
            update={
                "trail": memory.trail[: at + 1],
                "asking": place.asking,
                "question": place.question,
                "slots": place.slots,
                "interrupted": place.interrupted,
                "last": place.said,
                "unheard": (),
                "told": None,
            }
        )
    return None


def _is_worth_it(flows: FlowSet, memory: Memory, asking: Asking) -> bool:
    """Whether there is still something to ask: not who calls, once that is known.

    Whoever goes back from "…, is that right?" wants to say it anew.
    """
    if asking.kind in (Asked.PERSON, Asked.READ_BACK):
        return False
    return asking.slot not in flows.hotline.identity or not memory.verified


def _here(flows: FlowSet, memory: Memory) -> Place:
    # Numbers that prove who calls are never kept beyond their check.
    proofs = flows.hotline.identity
    slots = {name: value for name, value in memory.slots.items() if name not in proofs}
    asking = memory.asking and memory.asking.model_copy(update={"tries": 0, "was_heard": True})
    is_question = asking is not None and asking.kind not in (Asked.MORE, Asked.FOLLOW_UP)
    return Place(
        asking=asking,
        question=memory.question,
        slots=slots,
        interrupted=memory.interrupted,
        said=None if is_question else memory.last,
    )


def _is_same(one: Place, other: Place) -> bool:
    if one.asking != other.asking:
        return False
    is_slot = one.asking is not None and one.asking.kind is Asked.SLOT
    return (is_slot or one.question == other.question) and one.slots == other.slots
