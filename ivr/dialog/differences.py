"""What differs between two versions of the flows, as far as their files tell. Pure.

Reworded sentences, examples that came or went, and every other setting: thresholds, slots,
lookups, hand-overs, voice. What callers notice of it in conversations is in `ways`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

from ivr.dialog.flows import FlowSet
from ivr.domain import Language

HOTLINE: Final = "hotline"
NAVIGATION: Final = "navigation"
LANGUAGES: Final = frozenset(language.value for language in Language)


class Kind(StrEnum):
    """What kind of difference it is."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    EXAMPLE_ADDED = "example_added"
    EXAMPLE_REMOVED = "example_removed"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same.

    `file` is the flow's id, `hotline` or `navigation`; `path` leads to the value in it. `before`
    and `after` are None where there is nothing.
    """

    kind: Kind
    file: str
    path: str = ""
    language: Language | None = None
    before: str | None = None
    after: str | None = None


def differences(before: FlowSet, after: FlowSet) -> list[Difference]:
    """Everything that differs, file by file: the questions first, then what all calls share."""
    found: list[Difference] = []
    for flow in sorted(before.flows.keys() | after.flows.keys()):
        old, new = before.flows.get(flow), after.flows.get(flow)
        if old is None and new is not None:
            found.append(Difference(Kind.ADDED, flow, after=new.titles.en))
        elif new is None and old is not None:
            found.append(Difference(Kind.REMOVED, flow, before=old.titles.en))
        elif old is not None and new is not None:
            found += _between(flow, old, new)
    found += _between(HOTLINE, before.hotline, after.hotline)
    found += _between(NAVIGATION, before.navigation, after.navigation)
    return found


def _between(file: str, before: BaseModel, after: BaseModel) -> Iterator[Difference]:
    yield from _compare(file, (), before.model_dump(mode="json"), after.model_dump(mode="json"))


def _compare(file: str, path: tuple[str, ...], old: Any, new: Any) -> Iterator[Difference]:
    """Compare two values of any type that JSON has."""
    if old == new:
        return
    if _is_sentence(old) and _is_sentence(new):
        yield from _sentence(file, path, old or {}, new or {})
    elif _is_examples(old) and _is_examples(new):
        yield from _examples(file, path, old or {}, new or {})
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            yield from _compare(file, (*path, key), old.get(key), new.get(key))
    else:
        yield Difference(Kind.RULE, file, ".".join(path), before=_plain(old), after=_plain(new))


def _is_sentence(value: Any) -> bool:  # any type that JSON has
    return value is None or (
        isinstance(value, Mapping)
        and value.keys() >= LANGUAGES
        and all(isinstance(value[language], str) for language in LANGUAGES)
    )


def _is_examples(value: Any) -> bool:  # as above
    return value is None or (
        isinstance(value, Mapping)
        and value.keys() == LANGUAGES
        and all(isinstance(each, list) for each in value.values())
    )


def _sentence(
    file: str, path: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    where = ".".join(path)
    for language in Language:
        before, after = old.get(language), new.get(language)
        if before != after:
            yield Difference(Kind.REWORDED, file, where, language, before, after)
    for key in {**old, **new}.keys() - LANGUAGES:
        yield from _compare(file, (*path, key), old.get(key), new.get(key))


def _examples(
    file: str, path: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    where = ".".join(path)
    for language in Language:
        before, after = old.get(language, []), new.get(language, [])
        for gone in before:
            if gone not in after:
                yield Difference(Kind.EXAMPLE_REMOVED, file, where, language, before=gone)
        for come in after:
            if come not in before:
                yield Difference(Kind.EXAMPLE_ADDED, file, where, language, after=come)


def _plain(value: Any) -> str | None:  # as above
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        shown = ", ".join(f"{key}: {_plain(each)}" for key, each in value.items() if each)
        return f"{{{shown}}}"
    if isinstance(value, list):
        return f"[{', '.join(str(_plain(each)) for each in value)}]"
    return str(value)
