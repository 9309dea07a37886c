"""Sentences that cannot be spoken, are too long, tell too much or may not be interrupted. Pure."""

import re
from collections.abc import Iterator, Mapping

from ivr.dialog.check_lookups import facts_of
from ivr.dialog.check_references import answers_of, transfer_path
from ivr.dialog.finding import Finding, Where
from ivr.dialog.flows import Flow, FlowSet
from ivr.dialog.hotline_wording import WORDING_FACTS
from ivr.dialog.parts import Texts
from ivr.dialog.sentences import check_filters, check_sentence, facts_in
from ivr.dialog.slot_settings import Slot, SlotType
from ivr.domain import Language

LEGAL = "legal"
NO_FACTS: frozenset[str] = frozenset()
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")

Path = tuple[str | int, ...]
Sentence = tuple[Path, Texts, frozenset[str]]
"""Where it stands, its words, and the facts it may name."""


def check_flow_sentences(flow: Flow, where: Where) -> Iterator[Finding]:
    """Find what is wrong with the sentences of a flow."""
    yield from _legal(flow, where)
    if flow.offer is not None and any("{{" in flow.offer.of(language) for language in Language):
        problem = "an offer holds facts, and anybody may hear an offer."
        yield Finding(where("offer"), problem, "Ask in general words.")
    for sentence in _sentences_of(flow):
        yield from _sentence(sentence, where)
    yield from _filters(flow, where)


def check_hotline_sentences(flows: FlowSet, where: Where) -> Iterator[Finding]:
    """Find what is wrong with the sentences of hotline.yaml."""
    for name in type(flows.hotline.wording).model_fields:
        texts = getattr(flows.hotline.wording, name)
        facts = frozenset(WORDING_FACTS.get(name, "").split())
        yield from _sentence((("wording", name), texts, facts), where)
    for name, slot in flows.hotline.identity.items():
        for key, texts in {"prompt": slot.prompt, "again": slot.again, "help": slot.help}.items():
            if texts is not None:
                yield from _sentence((("identity", name, key), texts, NO_FACTS), where)


def _legal(flow: Flow, where: Where) -> Iterator[Finding]:
    if LEGAL not in flow.tags:
        return
    at = "voice" if "voice" in flow.model_fields_set else "tags"
    if flow.voice.interruptible:
        remedy = "Set voice.interruptible to false, or drop the tag."
        yield Finding(where(at), "a legal notice can be interrupted.", remedy)


def _sentences_of(flow: Flow) -> Iterator[Sentence]:
    promised = facts_of(flow)
    for path, answer in answers_of(flow):
        found = promised.get(str(path[-1]) if path[0] == "otherwise" else "ok", NO_FACTS)
        facts = found | flow.slots.keys()
        yield path, answer, facts
        for group, texts in answer.by_group.items():
            yield (*path, "by_group", group), texts, facts
    for where_it_stands, words in _plain_sentences_of(flow):
        yield where_it_stands, words, NO_FACTS


def _plain_sentences_of(flow: Flow) -> Iterator[tuple[Path, Texts]]:
    """All that is said before an answer is known, or in place of one."""
    for name, slot in flow.slots.items():
        said = {"prompt": slot.prompt, "again": slot.again, "help": slot.help}
        yield from ((("slots", name, key), texts) for key, texts in said.items() if texts)
    for at, offer in enumerate(flow.offers):
        if offer.offer is not None:
            yield ("follow_ups", at, "offer"), offer.offer
    for at, rule in enumerate(flow.transfers):
        if rule.say is not None:
            yield (*transfer_path(flow, at), "say"), rule.say
    if flow.offer is not None:
        yield ("offer",), flow.offer
    if flow.lookup is not None and flow.lookup.failed is not None:
        yield ("lookup", "failed"), flow.lookup.failed


def _filters(flow: Flow, where: Where) -> Iterator[Finding]:
    """Find slots that are told by a filter for another type: such an answer is an apology."""
    promised = facts_of(flow)
    for path, answer in answers_of(flow):
        found = promised.get(str(path[-1]) if path[0] == "otherwise" else "ok", NO_FACTS)
        texts = {path: answer, **{(*path, "by_group", g): t for g, t in answer.by_group.items()}}
        for at, text in texts.items():
            for language in Language:
                values = _values(flow, found, language)
                for trouble in check_filters(text.of(language), language, values):
                    yield Finding(where(*at, language.value), trouble.problem, trouble.remedy)


def _values(flow: Flow, found: frozenset[str], language: Language) -> Mapping[str, tuple[str, ...]]:
    """What sentences are given for each slot; a fact of the same name takes its place.

    A choice is told in its words, whoever gives it (`ivr.dialog.wording`).
    """
    return {
        name: _values_of(slot, language)
        for name, slot in flow.slots.items()
        if slot.type is SlotType.CHOICE or name not in found
    }


def _values_of(slot: Slot, language: Language) -> tuple[str, ...]:
    if slot.type is SlotType.CHOICE:
        return tuple(option.of(language)[0] for option in slot.options.values())
    return _MAY_BE[slot.type] if slot.length is None else ("1" * slot.length,)


_MAY_BE: Mapping[SlotType, tuple[str, ...]] = {
    SlotType.DIGITS: ("0042",),
    SlotType.AMOUNT: ("3500", "12.50"),
    SlotType.DATE: ("2026-11-23",),
    SlotType.YES_NO: ("yes", "no"),
    SlotType.TEXT: ("some words",),
}


def _sentence(sentence: Sentence, where: Where) -> Iterator[Finding]:
    path, texts, facts = sentence
    is_broken = False
    for language in Language:
        for trouble in check_sentence(texts.of(language), language, facts):
            is_broken |= trouble.is_error
            place = where(*path, language.value)
            yield Finding(place, trouble.problem, trouble.remedy, trouble.is_error)
    if not is_broken:
        yield from _translation(path, texts, where)


def _translation(path: Path, texts: Texts, where: Where) -> Iterator[Finding]:
    mandarin, english = (_without_templates(texts.of(language)) for language in Language)
    if re.search(r"[a-zA-Z]{4}", mandarin) and not _HAN.search(mandarin):
        problem = "the Mandarin sentence is not translated."
        yield Finding(where(*path, "zh"), problem, "Write it in Mandarin.", is_error=False)
    if _HAN.search(english):
        problem = "the English sentence holds Mandarin."
        yield Finding(where(*path, "en"), problem, "Write it in English.", is_error=False)
    one, other = (facts_in(texts.of(language), language) for language in Language)
    for name in sorted(one ^ other):
        language, lacking = ("Mandarin", "en") if name in one else ("English", "zh")
        problem = f"only the {language} sentence tells {name!r}."
        remedy = "Tell callers of both languages the same."
        yield Finding(where(*path, lacking), problem, remedy, is_error=False)


def _without_templates(text: str) -> str:
    return re.sub(r"{{.*?}}|{%.*?%}", " ", text)
