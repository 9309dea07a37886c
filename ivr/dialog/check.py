"""Find what is wrong with flows before anybody is taught or called: pure, no engine, no Rasa.

Every finding says where, what, and how to mend it. What is looked for stands in `check_references`
(names that lead nowhere), `check_lookups`, `check_reach` (what no caller ever meets),
`check_sentences`, `check_examples` and `check_conversations`; what a single file may hold is in
`flows`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ivr.dialog.check_conversations import check_conversations
from ivr.dialog.check_examples import check_examples, check_hearing
from ivr.dialog.check_reach import check_reach
from ivr.dialog.check_references import check_flow_references, check_hotline_references
from ivr.dialog.check_sentences import check_flow_sentences, check_hotline_sentences
from ivr.dialog.finding import Finding, finder, finding_of
from ivr.dialog.flows import HOTLINE_FILE, Flow, FlowSet, read_flows
from ivr.dialog.parts import Examples
from ivr.dialog.vocabulary import Vocabulary
from ivr.domain import Language
from ivr.errors import ConfigError

__all__ = ["Finding", "check"]

Rule = Callable[[str, str], object]
"""Reads a rule of `offer_when` for a flow; raises ConfigError."""


def check(
    directory: Path,
    queues: frozenset[str],
    vocabularies: Mapping[Language, Vocabulary],
    read_rule: Rule = lambda _flow, _rule: None,
    *,
    has_encoder: bool = False,
) -> list[Finding]:
    """Check all files of a folder; while some cannot be read, these are all that is told.

    `has_encoder` is whether the sentence encoder has been fetched.
    """
    flows = read_flows(directory)
    if not isinstance(flows, FlowSet):
        return [finding_of(each, directory) for each in flows]
    findings: list[Finding] = []
    for flow in flows.flows.values():
        where = finder(directory / f"{flow.id}.yaml")
        findings += check_flow_references(flows, flow, queues, where)
        findings += check_flow_sentences(flow, where)
        findings += check_reach(flows, flow, where)
        findings += _rules(flow, read_rule, directory)
        for path, words in _expected_answers(flow):
            findings += check_hearing(words.of, vocabularies, where, *path)
    findings += _check_hotline(flows, queues, directory, vocabularies)
    if flows.hotline.sentence_encoder and not has_encoder:
        findings.append(_no_encoder(directory))
    findings += check_examples(flows, directory, vocabularies)
    return findings + list(check_conversations(flows, directory))


def _expected_answers(flow: Flow) -> Iterator[tuple[tuple[str, ...], Examples]]:
    """What the ear is told to prefer after a question or an answer of the flow."""
    if flow.voice.phrases is not None:
        yield ("voice", "phrases"), flow.voice.phrases
    for name, slot in flow.slots.items():
        if slot.voice.phrases is not None:
            yield ("slots", name, "voice", "phrases"), slot.voice.phrases
        for option, words in slot.options.items():
            yield ("slots", name, "options", option), words


def _check_hotline(
    flows: FlowSet,
    queues: frozenset[str],
    directory: Path,
    vocabularies: Mapping[Language, Vocabulary],
) -> Iterator[Finding]:
    where = finder(directory / HOTLINE_FILE)
    yield from check_hotline_references(flows, queues, where)
    yield from check_hotline_sentences(flows, where)
    if channel := flows.hotline.green_channel:
        path = ("green_channel", "words")
        yield from check_hearing(channel.words.of, vocabularies, where, *path)


def _no_encoder(directory: Path) -> Finding:
    place = finder(directory / HOTLINE_FILE)("sentence_encoder")
    return Finding(place, "the sentence encoder is not here.", "`make encoder` fetches it.")


def _rules(flow: Flow, read_rule: Rule, directory: Path) -> Iterator[Finding]:
    where = finder(directory / f"{flow.id}.yaml")
    for at, rule in enumerate(flow.offer_when):
        try:
            read_rule(flow.id, rule)
        except ConfigError as error:
            yield Finding(where("offer_when", at), error.problem, error.remedy)
