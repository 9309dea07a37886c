"""Helping a caller who was not understood, or has no clue what to say."""

from collections.abc import Iterator
from typing import Final

from ivr.dialog import prompting, questions
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Asked, Memory, Say
from ivr.dialog.step import Step, answered, hand_over, wording
from ivr.domain import Language

MISUNDERSTANDINGS: Final = 2
"""In a row, after which a person takes over."""
EXAMPLES: Final = 2
"""Examples that a caller without a clue is given; more are not remembered."""


def counted(memory: Memory) -> Memory:
    """The memory with one more misunderstanding."""
    return memory.model_copy(update={"misunderstood": memory.misunderstood + 1})


def is_too_often(memory: Memory) -> bool:
    """Whether misunderstandings have followed each other too often."""
    return memory.misunderstood >= MISUNDERSTANDINGS


def to_a_person(flows: FlowSet, memory: Memory) -> Step:
    """Give up, and let a person take over."""
    says = (wording("person_after_misunderstanding"),)
    return hand_over(flows, memory, says, "not understood twice")


def not_understood(flows: FlowSet, memory: Memory) -> Step:
    """Ask again in a way that helps, the second time in a row get a person."""
    memory = counted(memory)
    if is_too_often(memory):
        return to_a_person(flows, memory)
    asking = memory.asking
    if asking is not None and asking.kind is Asked.SLOT:
        return questions.wrong(flows, memory)
    if asking is not None and asking.kind is not Asked.MORE:
        return prompting.reask(flows, memory, wording("not_understood"))
    return answered(memory, (wording("not_understood"), guide(flows, memory)), asking)


def guide(flows: FlowSet, memory: Memory) -> Say:
    """Ask to describe it, with examples of what this caller may want."""
    first, second = (
        as_spoken(flows.flows[id_].examples.of(memory.language)[0], memory.language)
        for id_ in _suggested(flows, memory)
    )
    return wording("guide", first=first, second=second)


def as_spoken(example: str, language: Language) -> str:
    """An example utterance as a sentence; the ear's blanks between Mandarin words go."""
    return example.replace(" ", "") if language is Language.ZH else example


def _suggested(flows: FlowSet, memory: Memory) -> list[str]:
    """The likeliest questions of this caller, then those of the menu, then any."""
    order = dict.fromkeys(_in_order(flows, memory))
    passed = {memory.question, *memory.declined, *_just_named(flows, memory)}
    fresh = [id_ for id_ in order if id_ not in passed]
    return (fresh + [id_ for id_ in order if id_ in passed])[:EXAMPLES]


def _just_named(flows: FlowSet, memory: Memory) -> set[str]:
    """The questions of which the last reply gave examples: the same ones help no more."""
    return set(examples_named(flows, memory))


def examples_named(flows: FlowSet, memory: Memory) -> tuple[str, ...]:
    """The questions of which the last reply gave examples, in their order."""
    says = memory.last.says if memory.last is not None else ()
    named = [text for say in says if say.key == "wording.guide" for text in say.facts.values()]
    language = memory.language
    by_example = {
        as_spoken(flow.examples.of(language)[0], language): id_ for id_, flow in flows.flows.items()
    }
    return tuple(by_example[text] for text in named if text in by_example)


def _in_order(flows: FlowSet, memory: Memory) -> Iterator[str]:
    yield from (id_ for id_ in memory.likely if id_ in flows.flows)
    yield from flows.hotline.menu
    yield from flows.flows
