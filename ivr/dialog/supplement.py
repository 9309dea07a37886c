"""What callers say without being asked: several answers at once, and corrections.

"A refund for order two zero two six double eight" leaves nothing to ask; "no, five thousand"
changes an amount given before.
"""

from typing import Final

from ivr.dialog.flows import Flow, FlowSet
from ivr.dialog.memory import Asking, Memory
from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.slots import plain_values_in, value_of_words, values_in
from ivr.domain import Language

_CORRECTION: Final = {
    Language.ZH: ("不", "错", "我是说", "我说的是", "应该是", "改成", "换成", "等一下"),
    Language.EN: ("no ", "not ", "wrong", "sorry", "i mean", "i meant", "actually", "make it"),
}
"""How a correction begins."""


def unasked(flow: Flow, memory: Memory, text: str) -> dict[str, str]:
    """The values in the text for slots of the flow that are still missing, by slot."""
    missing = {name: slot for name, slot in flow.slots.items() if name not in memory.slots}
    return _plain(missing, text, memory)


def corrected(flow: Flow, known: dict[str, str], text: str, memory: Memory) -> dict[str, str]:
    """The values in the text that replace known ones, the latest given first in doubt."""
    given = {name: flow.slots[name] for name in reversed(known) if name in flow.slots}
    found = _plain(given, text, memory)
    return {name: value for name, value in found.items() if known[name] != value}


def is_correction(text: str, language: Language) -> bool:
    """Whether a sentence takes something back."""
    begun = text.lower().lstrip()
    if language is Language.ZH:
        begun = begun.replace(" ", "")
    return begun.startswith(_CORRECTION[language])


def answers(flows: FlowSet, memory: Memory, asking: Asking, text: str) -> dict[str, str]:
    """The values for the slot that was asked for, and for others of its form."""
    slot, flow = flows.slot(asking.flow, asking.slot), flows.flows[asking.flow]
    asked = value_of_words(slot, text, memory.language, memory.today)
    if slot.type is SlotType.TEXT and asked is not None:
        return {asking.slot: asked}
    rest = {
        name: other
        for name, other in flow.slots.items()
        if name not in memory.slots and name != asking.slot
    }
    # Together, so that no word fills two slots.
    found = values_in({asking.slot: slot, **rest}, text, memory.language, memory.today)
    plain = _plain(rest, text, memory)
    together = {name: one.value for name, one in found.items() if name in plain}
    if asking.slot in found:
        return {**together, asking.slot: found[asking.slot].value}
    return together if asked is None or together else {asking.slot: asked}


def _plain(slots: dict[str, Slot], text: str, memory: Memory) -> dict[str, str]:
    found = plain_values_in(slots, text, memory.language, memory.today)
    return {name: one.value for name, one in found.items()}
