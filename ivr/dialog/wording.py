"""Decisions into sentences: keys and facts become prompts in the call's language and speed.

Wording is looked up at the moment of speaking, never trained or compiled, so a new sentence is
live with the next prompt.
"""

from collections.abc import Mapping

from jinja2 import TemplateError

from ivr import log
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Decision, Say
from ivr.dialog.parts import Answer, Priority, Texts
from ivr.dialog.templates import template
from ivr.domain import Expect, HandOver, Language, Listening, Prompt, Reply, Then

_log = log.get(__name__)


def reply_of(
    flows: FlowSet, decision: Decision, intent: str = "", confidence: float = 0.0
) -> Reply:
    """Render a decision; a sentence that cannot be rendered becomes an apology."""
    hand_over = None
    if decision.then is Then.HAND_OVER:
        hand_over = HandOver(
            decision.queue, decision.reason, decision.brief, decision.priority is Priority.HIGH
        )
    return Reply(
        prompts=tuple(_prompt(flows, decision, say) for say in decision.says),
        listening=Listening(
            decision.language,
            decision.expect,
            _phrases(flows, decision),
            decision.max_digits,
            decision.pause_s,
        ),
        then=decision.then,
        hand_over=hand_over,
        intent=intent,
        confidence=confidence,
        question=decision.question,
        call_back=flows.hotline.person_queue if _promises_call_back(decision) else "",
        is_withheld=decision.is_withheld,
        in_noise=_prompt(flows, decision, Say(key="wording.noisy_room")),
    )


def _promises_call_back(decision: Decision) -> bool:
    return any(say.key == "wording.call_back" for say in decision.says)


def text_of(flows: FlowSet, say: Say, language: Language) -> str:
    """Render one sentence; raises jinja2.TemplateError where a fact is missing or wrong."""
    return template(texts_of(flows, say.key).of(language), language).render(
        _facts(flows, say, language)
    )


_UNSAYABLE = (TemplateError, LookupError, TypeError, ValueError, ArithmeticError)
"""What goes wrong where a sentence and its facts do not fit each other."""


def is_sayable(flows: FlowSet, say: Say, language: Language) -> bool:
    """Whether a sentence can be said with its facts; if not, callers hear an apology."""
    try:
        text_of(flows, say, language)
    except _UNSAYABLE:
        return False
    return True


def fixed_prompts(flows: FlowSet) -> list[Prompt]:
    """Every sentence without facts, for rendering ahead of the first call."""
    prompts = []
    for key in keys_of(flows):
        texts = texts_of(flows, key)
        for language in Language:
            if "{{" not in texts.of(language):
                prompts.append(Prompt(texts.of(language), language))
    return prompts


def keys_of(flows: FlowSet) -> list[str]:
    """The key of every sentence there is."""
    keys = [f"wording.{name}" for name in type(flows.hotline.wording).model_fields]
    for name, slot in flows.hotline.identity.items():
        keys += [f"identity.{name}.prompt"] + ([f"identity.{name}.again"] if slot.again else [])
    for id_, flow in flows.flows.items():
        keys += [f"flows.{id_}.offer"] if flow.offer else []
        keys += _answers(f"flows.{id_}.answer", flow.answer)
        for outcome, answer in flow.otherwise.items():
            keys += _answers(f"flows.{id_}.otherwise.{outcome}", answer)
        keys += [f"flows.{id_}.offers.{n}.offer" for n, o in enumerate(flow.offers) if o.offer]
        keys += [f"flows.{id_}.transfers.{n}.say" for n, t in enumerate(flow.transfers) if t.say]
        for name, slot in flow.slots.items():
            slot_key = f"flows.{id_}.slots.{name}"
            keys += [f"{slot_key}.prompt"] + ([f"{slot_key}.again"] if slot.again else [])
            keys += [f"{slot_key}.help"] if slot.help else []
        if flow.lookup and flow.lookup.failed:
            keys.append(f"flows.{id_}.lookup.failed")
    return keys


def _answers(key: str, answer: Answer) -> list[str]:
    return [key, *(f"{key}.by_group.{group}" for group in answer.by_group)]


def texts_of(flows: FlowSet, key: str) -> Texts:
    """The sentence behind a key; raises KeyError."""
    group, *path = key.split(".")
    roots: dict[str, object] = {
        "wording": flows.hotline.wording,
        "identity": flows.hotline.identity,
        "flows": flows.flows,
    }
    node = roots[group]
    for step in path:
        if isinstance(node, tuple):
            node = node[int(step)]
        else:
            node = node.get(step) if isinstance(node, Mapping) else getattr(node, step, None)
    if not isinstance(node, Texts):
        raise KeyError(key)
    return node


def _prompt(flows: FlowSet, decision: Decision, say: Say) -> Prompt:
    try:
        text = _from(text_of(flows, say, decision.language), say.skip)
    except _UNSAYABLE as error:
        # Only the key is logged: the error may quote facts.
        _log.error("sentence could not be rendered", key=say.key, error=type(error).__name__)
        text = flows.hotline.wording.lookup_failed.of(decision.language)
    return Prompt(
        text,
        decision.language,
        say.interruptible,
        decision.speed,
        interruptible_after_s=say.interruptible_after_s,
    )


def _facts(flows: FlowSet, say: Say, language: Language) -> dict[str, str]:
    """The facts of a sentence; of a choice the words instead of the option's name."""
    _, flow_id, *_ = (*say.key.split("."), "")
    flow = flows.flows.get(flow_id)
    slots = flow.slots if flow is not None else {}
    words = {
        name: slots[name].options[value].of(language)[0]
        for name, value in say.facts.items()
        if name in slots and value in slots[name].options
    }
    return {**say.facts, **words}


def _from(text: str, skip: int) -> str:
    """The text behind so many letters; all of it where it became shorter since it was said."""
    return text[skip:] if skip < len(text) else text


def _phrases(flows: FlowSet, decision: Decision) -> tuple[str, ...]:
    if decision.expect is not Expect.YES_NO:
        return decision.phrases
    navigation, language = flows.navigation, decision.language
    return navigation.yes.of(language) + navigation.no.of(language) + decision.phrases
