"""The pieces that decisions are made of: inputs, steps, and the few ways to end one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.dialog.flows import FlowSet
from ivr.dialog.groups import groups_of
from ivr.dialog.memory import Asked, Asking, Decision, Memory, Say
from ivr.dialog.parts import Priority, Transfer
from ivr.dialog.thresholds import AS_COSTS_SAY, ChosenThresholds
from ivr.domain import Expect, Happening, Opening, Then


@dataclass(frozen=True, slots=True)
class Understood:
    """Words, as Rasa's classifier understood them; `ranking` is most probable first.

    `intent` is `nlu_fallback` where the text was refused as out of scope. `chosen` are the
    thresholds of the model that ranked it, before `thresholds` of the flows replaces some.
    """

    intent: str
    confidence: float
    text: str = field(repr=False)
    ranking: tuple[tuple[str, float], ...] = ()
    chosen: ChosenThresholds = AS_COSTS_SAY
    is_doubtful: bool = False
    """The ear itself is in doubt whether these were the words."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A finished keypad entry."""

    digits: str = field(repr=False)


Input = Understood | Pressed | Happening | Opening


@dataclass(frozen=True, slots=True)
class Answered:
    """The turn is decided."""

    memory: Memory
    decision: Decision


@dataclass(frozen=True, slots=True)
class Need:
    """The turn needs facts first: run `lookup`, then `questions.resume`."""

    memory: Memory
    lookup: str
    flow: str


Step = Answered | Need


@dataclass(frozen=True, slots=True)
class Found:
    """What a lookup gave; `outcome` is "ok" or a key of the flow's `otherwise`."""

    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    outcome: str = "ok"


@dataclass(frozen=True, slots=True)
class Failed:
    """The lookup did not work; the caller hears so."""


def wording(name: str, **facts: str) -> Say:
    """One of the hotline's own sentences."""
    return Say(key=f"wording.{name}", facts=facts)


def answered(
    memory: Memory, says: tuple[Say, ...], asking: Asking | None = None, **how: object
) -> Answered:
    """Say something and listen; `how` are further fields of the decision."""
    expect = how.pop("expect", Expect.FREE)
    if asking is not None and asking.kind in YES_NO:
        expect = Expect.YES_NO
    fields = {
        "says": says,
        "language": memory.language,
        "speed": memory.speed,
        "expect": expect,
        "question": memory.question,
        **how,
    }
    decision = Decision.model_validate(fields)
    return Answered(memory.model_copy(update={"asking": asking, "last": decision}), decision)


def withheld(memory: Memory) -> Answered:
    """Say nothing yet: the answer would write something, and the caller may still go on."""
    return Answered(memory, Decision(says=(), language=memory.language, is_withheld=True))


YES_NO = frozenset(
    {
        Asked.OFFER,
        Asked.FOLLOW_UP,
        Asked.CONFIRM,
        Asked.READ_BACK,
        Asked.PERSON,
        Asked.CALL_BACK,
    }
)


def hand_over(
    flows: FlowSet, memory: Memory, says: tuple[Say, ...], reason: str, queue: str = ""
) -> Answered:
    """Say something and put the caller through."""
    transfer = Transfer(queue=queue or flows.hotline.person_queue, reason=reason)
    return put_through(flows, memory, says, transfer)


def put_through(
    flows: FlowSet, memory: Memory, says: tuple[Say, ...], transfer: Transfer, why: str = ""
) -> Answered:
    """Say something and put the caller through as a rule says; `why` is for the agent."""
    priority = Priority.HIGH if memory.upset else transfer.priority
    return answered(
        memory,
        says,
        then=Then.HAND_OVER,
        queue=transfer.queue,
        reason=transfer.reason,
        priority=priority,
        brief=_brief(flows, memory, why, priority),
    )


def _brief(flows: FlowSet, memory: Memory, why: str, priority: Priority) -> tuple[str, ...]:
    flow = flows.flows.get(memory.question)
    title = flow.titles.en if flow else "not known yet"
    identity = "verified" if memory.verified else "not verified"
    caller = ", ".join((identity, *groups_of(flows, memory)))
    lines = (f"About: {title}", f"Caller: {caller}", f"Language: {memory.language}")
    causes = ", ".join(filter(None, (why, "high priority" if priority is Priority.HIGH else "")))
    return (*lines, f"Why: {causes}") if causes else lines
