"""Which groups a caller is in, and which of an answer's variants they hear. Pure."""

from collections.abc import Iterable

from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Memory
from ivr.dialog.parts import Answer, Bounds, Group


def groups_of(flows: FlowSet, memory: Memory) -> tuple[str, ...]:
    """The caller's groups as far as we know by now, in the order of hotline.yaml."""
    known = flows.hotline.groups
    return tuple(name for name, group in known.items() if fits(group, memory))


def is_in_any(flows: FlowSet, memory: Memory, names: Iterable[str]) -> bool:
    """Whether the caller is in at least one of these groups; a group nobody defined is empty."""
    known = flows.hotline.groups
    return any(name in known and fits(known[name], memory) for name in names)


def variant(flows: FlowSet, memory: Memory, answer: Answer) -> str:
    """The group whose variant of the answer this caller hears; "" for the answer itself."""
    fitting = (name for name in answer.by_group if is_in_any(flows, memory, (name,)))
    return next(fitting, "")


def fits(group: Group, memory: Memory) -> bool:
    """Whether all conditions of a group hold for what we know of the caller."""
    return (
        (not group.tags or not set(group.tags).isdisjoint(memory.tags))
        and group.number_known in (None, memory.number_known)
        and group.verified in (None, memory.verified)
        and (group.calls_lately is None or _called_so_often(memory, group.calls_lately))
        and all(_holds(memory, fact, bounds) for fact, bounds in group.account.items())
    )


def _called_so_often(memory: Memory, bounds: Bounds) -> bool:
    return memory.verified and bounds.hold(memory.calls_lately)


def _holds(memory: Memory, fact: str, bounds: Bounds) -> bool:
    """Whether a fact of the account lies in its bounds; never for a caller who is not verified."""
    value = memory.account.get(fact) if memory.verified else None
    return value is not None and bounds.hold(float(value))
