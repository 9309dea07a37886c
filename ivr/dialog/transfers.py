"""When a person takes over: by the rules of a flow, and by the green channel. Pure.

The agent is told why, next to the reason that the rule names: "upset wording", a caller's tag, a
group, an outcome. Words of the green channel count wherever they are said, in the middle of a
form too: nobody who complains is asked for their card number first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.dialog.flows import Flow, FlowSet
from ivr.dialog.groups import groups_of
from ivr.dialog.memory import Memory
from ivr.dialog.parts import GreenChannel, Priority, Transfer, When
from ivr.domain import Language

_SIGNS = re.compile(r"[^\w']+")
UPSET = "upset wording"


@dataclass(frozen=True)
class Reason:
    """A transfer whose conditions hold, and which they are, for the agent."""

    transfer: Transfer
    why: str


def sounds_upset(flows: FlowSet, text: str, language: Language) -> bool:
    """Whether a text holds words of the green channel, whatever stands around them."""
    channel = flows.hotline.green_channel
    if channel is None:
        return False
    said = _plain(text, language)
    return any(_plain(words, language) in said for words in channel.words.of(language))


def by_tag(flows: FlowSet, memory: Memory) -> Reason | None:
    """The green channel of a caller who never talks to the machine first."""
    channel = flows.hotline.green_channel
    tags = [tag for tag in channel.tags if tag in memory.tags] if channel else []
    if channel is None or not tags:
        return None
    return Reason(_first(channel, f"caller is {tags[0]}"), f"caller tag {tags[0]}")


def when_upset(flows: FlowSet, memory: Memory, flow: Flow | None) -> Reason | None:
    """Where an upset caller goes: by the question's own rule for that, or the green channel."""
    own = next((t for t in flow.transfers if t.upset), None) if flow else None
    if own is not None and _why(flows, memory, own) is not None:
        return Reason(own, UPSET)
    channel = flows.hotline.green_channel
    return Reason(_first(channel, "upset"), UPSET) if channel else None


def before_answer(flows: FlowSet, memory: Memory, flow: Flow) -> Reason | None:
    """The rule that puts the caller through before anything is asked or looked up."""
    rules = (t for t in flow.transfers if t.when is When.INSTEAD and not t.outcomes)
    return _first_that_holds(flows, memory, rules)


def instead_of(flows: FlowSet, memory: Memory, flow: Flow, outcome: str) -> Reason | None:
    """The rule that puts the caller through in place of an outcome's answer."""
    rules = (t for t in flow.transfers if t.when is When.INSTEAD and outcome in t.outcomes)
    return _first_that_holds(flows, memory, rules)


def after_answer(flows: FlowSet, memory: Memory, flow: Flow, outcome: str) -> Reason | None:
    """The rule that puts the caller through after they have heard the answer."""
    after = (t for t in flow.transfers if t.when is When.AFTER_ANSWER)
    rules = (t for t in after if not t.outcomes or outcome in t.outcomes)
    found = _first_that_holds(flows, memory, rules)
    if found is not None and found.transfer.outcomes:
        return Reason(found.transfer, ", ".join(filter(None, (found.why, f"outcome {outcome}"))))
    return found


def is_put_through(flow: Flow) -> bool:
    """Whether every caller of a flow ends with a person without being asked anything first."""
    return any(rule.always for rule in flow.transfers) and not flow.needs_form


def _first(channel: GreenChannel, reason: str) -> Transfer:
    return Transfer(queue=channel.queue, reason=reason, priority=Priority.HIGH)


def _first_that_holds(flows: FlowSet, memory: Memory, rules: Iterator[Transfer]) -> Reason | None:
    reasons = ((rule, _why(flows, memory, rule)) for rule in rules)
    return next((Reason(rule, why) for rule, why in reasons if why is not None), None)


def _why(flows: FlowSet, memory: Memory, rule: Transfer) -> str | None:
    """Which conditions hold, in words; None if one does not."""
    why: list[str] = []
    if rule.tags:
        tags = [tag for tag in rule.tags if tag in memory.tags]
        if not tags:
            return None
        why.append(f"caller tag {tags[0]}")
    if rule.groups:
        groups = [name for name in groups_of(flows, memory) if name in rule.groups]
        if not groups:
            return None
        why.append(f"group {groups[0]}")
    if rule.upset and not memory.upset:
        return None
    return ", ".join([*why, *([UPSET] if memory.upset else [])])


def _plain(text: str, language: Language) -> str:
    """A text without signs; Mandarin without blanks too, English with one around each word."""
    words = _SIGNS.sub(" ", text.lower()).split()
    return "".join(words) if language is Language.ZH else f" {' '.join(words)} "
