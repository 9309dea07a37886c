"""Find what is wrong with flows before anybody is taught or called: pure, no engine, no Rasa.

Every finding says where, what, and how to mend it. Errors would fail a call or tell a caller
something wrong; warnings cost understanding.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from ivr.config.load import parse_yaml, place_of
from ivr.dialog.flows import Flow, FlowSet, Navigation, load_flows
from ivr.dialog.lookups import LOOKUPS
from ivr.dialog.parts import Examples, Texts
from ivr.dialog.sentences import check_sentence
from ivr.dialog.similar import near_duplicates
from ivr.dialog.vocabulary import Vocabulary
from ivr.domain import Language
from ivr.errors import ConfigError, Place

LEGAL = "legal"


@dataclass(frozen=True)
class Finding:
    """One thing to mend."""

    place: Place
    problem: str
    remedy: str
    is_error: bool = True

    def __str__(self) -> str:
        kind = "error" if self.is_error else "warning"
        return f"{self.place}: {kind}: {self.problem} {self.remedy}".rstrip()


Where = Callable[..., Place]
"""Gives the place of a value in its file, by its path of keys and indices."""


def check(
    directory: Path, queues: frozenset[str], vocabularies: Mapping[Language, Vocabulary]
) -> list[Finding]:
    """Check all files of a folder; broken files are found one at a time."""
    try:
        flows = load_flows(directory)
    except ConfigError as error:
        return [Finding(error.place or Place(directory), error.problem, error.remedy)]
    findings: list[Finding] = []
    for flow in flows.flows.values():
        where = _finder(directory / f"{flow.id}.yaml")
        findings += _check_flow(flow, queues, where)
        findings += _check_sentences(flow, where)
        findings += _check_hearing(flow.examples.of, vocabularies, where, "examples")
    findings += _check_hotline(flows, queues, directory)
    navigation = _finder(directory / "navigation.yaml")
    for name in Navigation.model_fields:
        examples = getattr(flows.navigation, name)
        findings += _check_hearing(examples.of, vocabularies, navigation, name)
    return findings + list(_check_collisions(flows, directory))


def _finder(file: Path) -> Where:
    """Read the file's places, but only if something is found in it."""

    @cache
    def tree() -> CommentedMap:
        return parse_yaml(file)

    return lambda *path: place_of(tree(), path, file)


def _check_flow(flow: Flow, queues: frozenset[str], where: Where) -> Iterator[Finding]:
    for at, rule in enumerate(flow.transfers):
        if rule.queue not in queues:
            problem = f"there is no queue {rule.queue!r}."
            path = ("hand_over", at) if isinstance(flow.hand_over, tuple) else ("hand_over",)
            yield Finding(where(*path, "queue"), problem, f"Known: {', '.join(sorted(queues))}.")
    if LEGAL in flow.tags and flow.voice.interruptible:
        remedy = "Set voice.interruptible to false, or drop the tag."
        yield Finding(where("tags"), "a legal notice can be interrupted.", remedy)
    if flow.offer is not None and any("{{" in flow.offer.of(language) for language in Language):
        problem = "an offer holds facts, and anybody may hear an offer."
        yield Finding(where("offer"), problem, "Ask in general words.")
    if flow.lookup is None and flow.otherwise:
        yield Finding(where("otherwise"), "other outcomes need a lookup.", "Add one, or drop them.")
    if flow.lookup is not None:
        yield from _check_lookup(flow, flow.lookup.python, where)


def _check_lookup(flow: Flow, name: str, where: Where) -> Iterator[Finding]:
    entry = LOOKUPS.get(name)
    if entry is None:
        remedy = f"Known: {', '.join(sorted(LOOKUPS))}."
        yield Finding(where("lookup", "python"), f"there is no lookup {name!r}.", remedy)
        return
    for outcome in entry.facts.keys() - {"ok"} - flow.otherwise.keys():
        problem = f"nothing is said when {name} finds {outcome!r}."
        yield Finding(where("lookup"), problem, f"Add otherwise.{outcome}.")
    for outcome in flow.otherwise.keys() - entry.facts.keys():
        problem = f"{name} never finds {outcome!r}."
        remedy = f"It finds: {', '.join(sorted(entry.facts))}."
        yield Finding(where("otherwise", outcome), problem, remedy)


def _check_sentences(flow: Flow, where: Where) -> Iterator[Finding]:
    entry = LOOKUPS.get(flow.lookup.python) if flow.lookup else None
    promised = entry.facts if entry else {"ok": frozenset[str]()}
    sentences: list[tuple[tuple[str, ...], Texts, frozenset[str]]] = []
    sentences.append((("answer",), flow.answer, promised["ok"]))
    for outcome, other in flow.otherwise.items():
        sentences.append((("otherwise", outcome), other, promised.get(outcome, frozenset())))
    for name, slot in flow.slots.items():
        sentences.append((("slots", name, "prompt"), slot.prompt, frozenset()))
        if slot.again is not None:
            sentences.append((("slots", name, "again"), slot.again, frozenset()))
        if slot.help is not None:
            sentences.append((("slots", name, "help"), slot.help, frozenset()))
    for path, texts, facts in sentences:
        for language in Language:
            for trouble in check_sentence(texts.of(language), language, facts):
                place = where(*path, language.value)
                yield Finding(place, trouble.problem, trouble.remedy, trouble.is_error)


def _check_hotline(flows: FlowSet, queues: frozenset[str], directory: Path) -> Iterator[Finding]:
    where = _finder(directory / "hotline.yaml")
    queue = flows.hotline.person_queue
    if queue not in queues:
        remedy = f"Known: {', '.join(sorted(queues))}."
        yield Finding(where("person_queue"), f"there is no queue {queue!r}.", remedy)
    for at, id_ in enumerate(flows.hotline.menu):
        if id_ not in flows.flows:
            problem = f"the menu names {id_!r}, which is no flow."
            yield Finding(where("menu", at), problem, "Correct or remove it.")


def _check_hearing(
    examples: Callable[[Language], tuple[str, ...]],
    vocabularies: Mapping[Language, Vocabulary],
    where: Where,
    name: str,
) -> Iterator[Finding]:
    for language, vocabulary in vocabularies.items():
        for at, example in enumerate(examples(language)):
            unheard = vocabulary.unheard(example)
            if unheard:
                problem = f"the ear does not know {', '.join(unheard)}."
                remedy = "Say it in other words too; this example alone is never heard."
                yield Finding(where(name, language.value, at), problem, remedy, is_error=False)


def _check_collisions(flows: FlowSet, directory: Path) -> Iterator[Finding]:
    texts: list[str] = []
    owners: list[tuple[str, Path, tuple[str | int, ...]]] = []
    for id_, examples, file, path in _all_examples(flows, directory):
        for language in Language:
            for at, example in enumerate(examples.of(language)):
                texts.append(example)
                owners.append((id_, file, (*path, language.value, at)))
    finders = {file: _finder(file) for file in {file for _, file, _ in owners}}
    for first, second, is_same in near_duplicates(texts, [id_ for id_, _, _ in owners]):
        (id_, file, path), (other, other_file, other_path) = owners[second], owners[first]
        how = "the same as" if is_same else "nearly the same as"
        problem = f"{texts[second]!r} is {how} {texts[first]!r} of {other}"
        problem += f" ({finders[other_file](*other_path)})."
        yield Finding(finders[file](*path), problem, f"Keep it in {id_} or in {other}.", is_same)


def _all_examples(
    flows: FlowSet, directory: Path
) -> Iterator[tuple[str, Examples, Path, tuple[str | int, ...]]]:
    for flow in flows.flows.values():
        yield flow.id, flow.examples, directory / f"{flow.id}.yaml", ("examples",)
    for name in Navigation.model_fields:
        yield name, getattr(flows.navigation, name), directory / "navigation.yaml", (name,)
