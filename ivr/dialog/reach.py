"""What a conversation may believe was heard: a reply that was cut is taken back in part.

Whoever interrupts a question before it was asked has not answered it: "no" to an "anything
else?" that was never heard is no goodbye. So before each turn the memory is set to what the
caller really knows; `unheard` keeps the rest for "repeat".
"""

from typing import Final

from ivr.dialog.memory import Asked, Memory, Say
from ivr.domain import Reach

RECOGNISED_S: Final = 0.6
"""So much of a question lets people know what is asked; they answer before its end."""

ANYTHING_ELSE: Final = "wording.anything_else"


def as_heard(memory: Memory, reach: Reach) -> Memory:
    """The memory of a conversation whose last reply reached the caller so far."""
    if memory.last is None or not reach.unheard:
        return memory.model_copy(update={"unheard": (), "unasked": None})
    cut, *later = memory.last.says[-reach.unheard :]
    cut = cut.model_copy(update={"skip": cut.skip + reach.letters})
    memory = memory.model_copy(update={"unheard": (cut, *later)})
    was_asked = not later and (reach.heard_s >= RECOGNISED_S or reach.letters > 0)
    return memory.model_copy(update={"unasked": None}) if was_asked else _as_not_asked(memory)


def _as_not_asked(memory: Memory) -> Memory:
    asking = memory.asking
    if asking is not None and asking.kind in (Asked.SLOT, Asked.READ_BACK):
        # It is still needed, and may still be said; but no answer to it can have been wrong.
        return memory.model_copy(update={"asking": asking.model_copy(update={"was_heard": False})})
    if asking is not None and asking.kind is Asked.FOLLOW_UP:
        offered = tuple(flow for flow in memory.offered if flow != asking.flow)
        memory = memory.model_copy(update={"offered": offered})
    memory = memory.model_copy(update={"asking": None, "unasked": asking})
    if any(say.key == ANYTHING_ELSE for say in memory.unheard):
        memory = memory.model_copy(update={"offered_more": False})
    return memory


def rest(memory: Memory) -> tuple[Say, ...]:
    """What to say again when the caller wants the last reply repeated.

    All of it when it was heard; else from the sentence that was cut. Where only the question
    what else there is was cut, nobody asks for that again.
    """
    if memory.last is None:
        return ()
    if [say.key for say in memory.unheard] in ([], [ANYTHING_ELSE]):
        return memory.last.says
    return memory.unheard


def asked_again(memory: Memory) -> Memory:
    """The memory as if nothing had been cut: for saying the rest of the reply, question and all."""
    asking = memory.asking or memory.unasked
    if asking is None or memory.last is None:
        return memory
    changes: dict[str, object] = {"asking": asking.model_copy(update={"was_heard": True})}
    if asking.kind is Asked.FOLLOW_UP and asking.flow not in memory.offered:
        changes["offered"] = (*memory.offered, asking.flow)
    if any(say.key == ANYTHING_ELSE for say in memory.last.says):
        changes["offered_more"] = True
    return memory.model_copy(update=changes)
