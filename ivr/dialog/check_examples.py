"""Examples that teach nothing or the wrong thing: unheard, said twice, claimed by two. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ivr.dialog.examples import OUT_OF_SCOPE
from ivr.dialog.finding import Finding, Where, finder
from ivr.dialog.flows import HOTLINE_FILE, FlowSet, Navigation
from ivr.dialog.parts import Examples
from ivr.dialog.similar import near_duplicates
from ivr.dialog.vocabulary import Vocabulary
from ivr.domain import Language

Owner = tuple[str, Path, tuple[str | int, ...]]
"""An intent, its file and the place of one example in it."""
OUTSIDE = ("out_of_scope",)
"""Path of the examples out of scope in their file."""

_NO = frozenset({"no", "not", "don't", "never", "不", "没", "别", "没有", "不要"})
_ODD = re.compile(r"^\s*/|[\x00-\x1f\[\]{}\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
"""Rasa takes a leading "/" for an intent, and brackets for entities; what is invisible, such as
the zero-width blank of a web page, makes a word another word."""


def check_examples(
    flows: FlowSet, directory: Path, ears: Mapping[Language, Vocabulary]
) -> Iterator[Finding]:
    """Find what is wrong with all examples, and words that the ears cannot hear."""
    for _, examples, file, path in _all_examples(flows, directory):
        where = finder(file)
        if path != OUTSIDE:  # what the ear makes of foreign words is never an answer anyway
            yield from check_hearing(examples.of, ears, where, *path)
        yield from _odd(examples, where, *path)
        yield from _twice(examples, where, *path)
    yield from _collisions(flows, directory)


def check_hearing(
    examples: Callable[[Language], tuple[str, ...]],
    ears: Mapping[Language, Vocabulary],
    where: Where,
    *path: str | int,
) -> Iterator[Finding]:
    """Find words that the ear of a language does not know."""
    for language, vocabulary in ears.items():
        for at, example in enumerate(examples(language)):
            unheard = vocabulary.unheard(example)
            if unheard:
                problem = f"the ear does not know {', '.join(unheard)}."
                remedy = "Publishing has it learned; say it in other words, too, if people do."
                yield Finding(where(*path, language.value, at), problem, remedy, is_error=False)


def _odd(examples: Examples, where: Where, *path: str | int) -> Iterator[Finding]:
    for language in Language:
        for at, example in enumerate(examples.of(language)):
            if _ODD.search(example):
                problem = "it begins with / or holds a bracket, an invisible or control character."
                place = where(*path, language.value, at)
                yield Finding(place, problem, "Type it anew, as a caller says it.")


def _twice(examples: Examples, where: Where, *path: str | int) -> Iterator[Finding]:
    for language in Language:
        seen: set[str] = set()
        for at, example in enumerate(examples.of(language)):
            plain = example.lower().replace(" ", "")
            if plain in seen:
                place = where(*path, language.value, at)
                problem = f"{example!r} stands here twice."
                yield Finding(place, problem, "Drop one.", is_error=False)
            seen.add(plain)


def _collisions(flows: FlowSet, directory: Path) -> Iterator[Finding]:
    texts: list[str] = []
    owners: list[Owner] = []
    for id_, examples, file, path in _all_examples(flows, directory):
        for language in Language:
            for at, example in enumerate(examples.of(language)):
                texts.append(example)
                owners.append((id_, file, (*path, language.value, at)))
    finders = {file: finder(file) for file in {file for _, file, _ in owners}}
    for first, second, is_same in near_duplicates(texts, [id_ for id_, _, _ in owners]):
        if not is_same and _differ_by_a_no(texts[first], texts[second]):
            continue
        (id_, file, path), (other, other_file, other_path) = owners[second], owners[first]
        how = "the same as" if is_same else "nearly the same as"
        problem = f"{texts[second]!r} is {how} {texts[first]!r} of {other}"
        problem += f" ({finders[other_file](*other_path)})."
        yield Finding(finders[file](*path), problem, f"Keep it in {id_} or in {other}.", is_same)


def _differ_by_a_no(one: str, other: str) -> bool:
    """Whether only a "no" tells them apart, which is all the difference: "no thank you"."""
    first, second = set(one.lower().split()), set(other.lower().split())
    return bool(first ^ second) and first ^ second <= _NO


def _all_examples(
    flows: FlowSet, directory: Path
) -> Iterator[tuple[str, Examples, Path, tuple[str | int, ...]]]:
    for flow in flows.flows.values():
        yield flow.id, flow.examples, directory / f"{flow.id}.yaml", ("examples",)
    for name in Navigation.model_fields:
        yield name, getattr(flows.navigation, name), directory / "navigation.yaml", (name,)
    if flows.hotline.out_of_scope is not None:
        yield OUT_OF_SCOPE, flows.hotline.out_of_scope, directory / HOTLINE_FILE, OUTSIDE
