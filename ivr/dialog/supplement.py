"""What callers say without being asked: several answers at once, and corrections.

"A refund for order two zero two six double eight" leaves nothing to ask; "no, five thousand"
changes an amount given before.
"""

from collections.abc import Mapping
from typing import Final

from ivr.dialog.flows import Flow, FlowSet
from ivr.dialog.memory import Asking, Memory
from ivr.dialog.parts import Confirm
from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.slots import Given, plain_values_in, value_of_words, values_in
from ivr.domain import Language

_CORRECTION: Final = {
    Language.ZH: ("不", "错", "我是说", "我说的是", "应该是", "改成", "换成", "等一下"),
    Language.EN: ("no ", "not ", "wrong", "sorry", "i mean", "i meant", "actually", "make it"),
}
"""How a correction begins."""


Values = Mapping[str, Given]
"""What was said for slots, by their names."""


def taken(flow: Flow, memory: Memory, values: Values, *, in_doubt: bool = False) -> Memory:
    """The memory with these values; those that have to be read back first are `unsure`.

    `in_doubt` says that the ear was in doubt about the words.
    """
    slots = {**memory.slots, **{name: given.value for name, given in values.items()}}
    unsure = tuple(name for name in memory.unsure if name not in values)
    doubted = (name for name, given in values.items() if _is_unsure(flow, name, given, in_doubt))
    return memory.model_copy(update={"slots": slots, "unsure": (*unsure, *doubted)})


def _is_unsure(flow: Flow, name: str, given: Given, in_doubt: bool) -> bool:
    slot = flow.slots.get(name)
    if slot is None or not slot.type.can_be_read_back or slot.confirm is Confirm.NEVER:
        return False
    return in_doubt or not given.is_clear or slot.confirm is Confirm.ALWAYS


def unasked(flow: Flow, memory: Memory, text: str) -> Values:
    """The values in the text for slots of the flow that are still missing, by slot."""
    missing = {name: slot for name, slot in flow.slots.items() if name not in memory.slots}
    return _plain(missing, text, memory)


def corrected(flow: Flow, known: dict[str, str], text: str, memory: Memory) -> Values:
    """The values in the text that replace known ones, the latest given first in doubt."""
    given = {name: flow.slots[name] for name in reversed(known) if name in flow.slots}
    found = _plain(given, text, memory)
    return {name: one for name, one in found.items() if known[name] != one.value}


def is_correction(text: str, language: Language) -> bool:
    """Whether a sentence takes something back."""
    begun = text.lower().lstrip()
    if language is Language.ZH:
        begun = begun.replace(" ", "")
    return begun.startswith(_CORRECTION[language])


def answers(flows: FlowSet, memory: Memory, asking: Asking, text: str) -> Values:
    """The values for the slot that was asked for, and for others of its form."""
    slot, flow = flows.slot(asking.flow, asking.slot), flows.flows[asking.flow]
    if slot.type is SlotType.TEXT:
        words = value_of_words(slot, text, memory.language, memory.today)
        return {} if words is None else {asking.slot: Given(words)}
    alone = values_in({asking.slot: slot}, text, memory.language, memory.today)
    rest = {
        name: other
        for name, other in flow.slots.items()
        if name not in memory.slots and name != asking.slot
    }
    # Together, so that no word fills two slots.
    found = values_in({asking.slot: slot, **rest}, text, memory.language, memory.today)
    plain = _plain(rest, text, memory)
    together = {name: one for name, one in found.items() if name in plain}
    if asking.slot in found:
        return {**together, asking.slot: found[asking.slot]}
    return together or alone


def _plain(slots: Mapping[str, Slot], text: str, memory: Memory) -> Values:
    return plain_values_in(slots, text, memory.language, memory.today)
