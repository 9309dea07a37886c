"""What is wrong with the values of a YAML file: the place, in plain words, and the mend."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from ivr.errors import ConfigError, Place

_NAME: Final = r"^[a-z][a-z0-9_]{1,40}$"
_PATTERNS: Final = {
    _NAME: "a name is 2 to 41 small letters, digits and _, a letter first",
    r"^[A-Z][A-Z0-9_]{1,60}$": (
        "give the name of an environment variable (capitals, digits and _), never the secret itself"
    ),
    r"\S": "it is empty",
    r"^[\w-]{1,40}$": "a name is up to 40 letters, digits, _ and -",
    r"^[\w+.@~-]{0,64}$": "a user name is up to 64 letters, digits and + . @ ~ _ -",
    r"^[0-9]{2,10}$": "an extension is 2 to 10 digits",
    r"^\+?[0-9*#]{1,20}$": "a number is up to 20 digits, * and #, a + first where there is one",
    r"^[a-z][a-z0-9-]{0,30}$": "a name is up to 31 small letters, digits and -, a letter first",
}
_A_LIST: Final = frozenset({"tuple_type", "list_type"})
_KEYS: Final = frozenset({"model_type", "dict_type"})
_STRUCTURE: Final = _A_LIST | _KEYS | {"missing", "string_too_long"}


def place_of(tree: CommentedMap, path: Sequence[str | int], file: Path) -> Place:
    """Find the line of a value by its path of keys and indices."""
    node: Any = tree  # YAML holds any type
    place = Place(file)
    for step in path:
        known = isinstance(node, CommentedMap) and step in node
        listed = isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node)
        if not (known or listed):
            break
        line, column = node.lc.key(step) if known else node.lc.item(step)
        place = Place(file, line + 1, column + 1)
        node = node[step]
    return place


def is_about_structure(error: ValidationError) -> bool:
    """Whether lines may have been taken for something else than they are meant to be."""
    kinds = {each["type"] for each in error.errors()}
    return bool(kinds & _STRUCTURE) and "extra_forbidden" not in kinds


def first_problem(
    error: ValidationError, tree: CommentedMap, file: Path, model: type[BaseModel], see: str = ""
) -> ConfigError:
    """Say what explains most of what is wrong; `see` names where to read about a value."""
    problems = [_Problem(tuple(_as_written(each["loc"], model)), each) for each in error.errors()]
    unknown = [each for each in problems if each.kind == "extra_forbidden"]
    first = (unknown or problems)[0]  # a mistyped key explains why the right one is missing
    place = place_of(tree, first.path, file)
    place = place if place.line else Place(file, 1)  # what is missing has no line of its own
    if first.kind == "missing":
        return _missing(problems, tree, place)
    name = ".".join(str(step) for step in first.path) or "the file"
    if first.kind == "extra_forbidden":
        meant, remedy = _nearest(model, first)
        others = [each for each in problems if each.path != (*first.path[:-1], meant)]
        return ConfigError(f"unknown key {name!r}.", remedy + _more(first, others), place)
    problem, remedy = _in_words(first, model, see)
    return ConfigError(f"{name}: {problem}.", remedy + _more(first, problems), place)


@dataclass(frozen=True)
class _Problem:
    """One thing that pydantic says, at a path as it stands in the file."""

    path: tuple[str | int, ...]
    details: ErrorDetails

    @property
    def kind(self) -> str:
        return self.details["type"]


def _more(told: _Problem, problems: Sequence[_Problem]) -> str:
    """How many others there are; what holds the one that is told is no other."""
    others = {each.path for each in problems if told.path[: len(each.path)] != each.path}
    return f" ({len(others)} more wrong after it.)" if others else ""


def _missing(problems: Sequence[_Problem], tree: CommentedMap, place: Place) -> ConfigError:
    """Name all keys that are missing together."""
    missing = [each for each in problems if each.kind == "missing"]
    together = [each for each in missing if each.path[:-1] == missing[0].path[:-1]]
    names = [".".join(map(str, each.path)) for each in together]
    if not tree:
        remedy = f"Write {', '.join(names)}; or was it saved only in part?"
        return ConfigError("is empty.", remedy, place)
    others = {each.path for each in problems} - {each.path for each in together}
    more = f" ({len(others)} more wrong after it.)" if others else ""
    if len(names) == 1:
        return ConfigError(f"{names[0]} is missing.", f"Add it.{more}", place)
    problem = f"{', '.join(names[:-1])} and {names[-1]} are missing."
    return ConfigError(problem, f"Add them; or was it saved only in part?{more}", place)


def _in_words(told: _Problem, model: type[BaseModel], see: str) -> tuple[str, str]:
    """What pydantic says, where that is more than a programmer's word, and what to do."""
    kind, given = told.kind, told.details.get("input")
    if kind in _STRUCTURE and (words := _about_structure(told, model)):
        return words
    if given is None and told.path and isinstance(told.path[-1], int):
        return "nothing stands behind the '-'", "Write something there, or delete the line."
    if kind == "string_pattern_mismatch":
        pattern = str(told.details.get("ctx", {}).get("pattern", ""))
        name = name_like(str(given)) if pattern == _NAME else ""
        remedy = f"Write {name} instead of {_short(str(given))}." if name else _given(given, see)
        return _PATTERNS.get(pattern, told.details["msg"]), remedy
    if kind == "string_type" and isinstance(given, (int, float)):
        return "it should be a text", f'Put it in quotes: "{given}".'
    message = told.details["msg"].removeprefix("Value error, ")
    return re.sub(r"^(?:Input|String) should", "it should", message), _given(given, see)


def _about_structure(told: _Problem, model: type[BaseModel]) -> tuple[str, str] | None:
    """What lines were taken for that are meant as something else, and what to do."""
    kind, given = told.kind, told.details.get("input")
    if kind in _A_LIST:
        return "it should be a list", "Begin each entry on a line of its own with '- '."
    if kind in _KEYS and given is not None and (keys := _keys_at(model, told.path)):
        remedy = f"Write each on a line of its own: {', '.join(keys)}."
        return f"it should hold keys, not {_kind(given)}", remedy
    if kind == "string_too_long" and " - " in str(given):
        problem = "several lines that begin with '- ' are read as one text"
        return problem, "Let all of them begin in the same column."
    return None


def name_like(text: str) -> str:
    """Give the name that a text nearly is; empty where it is far from one."""
    name = re.sub(r"\W+", "_", text.lower(), flags=re.ASCII).strip("_")
    return name if re.match(_NAME, name) else ""


def _given(given: object, see: str) -> str:
    if given is None:
        return "Nothing was given; write it, or delete the line to have the default."
    return f"Given was {_kind(given)}{see}."


def _kind(given: object) -> str:
    if isinstance(given, (str, int, float, bool)):
        return repr(_short(str(given)))
    return "a list" if isinstance(given, list) else "a mapping of keys"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _as_written(path: Sequence[str | int], model: type[BaseModel]) -> Iterator[str | int]:
    """The path without what pydantic puts in for the members of a union."""
    here: Any = model  # an annotation
    for step in path:
        is_member = isinstance(step, str) and not _is_model(here) and _names_a_member(here, step)
        if not is_member:
            yield step
            here = _inside(here, step)


def _names_a_member(annotation: Any, step: str) -> bool:  # annotations are of no common type
    names = {getattr(each, "__name__", "") for each in get_args(annotation)}
    return step in names or "[" in step


def _nearest(model: type[BaseModel], unknown: _Problem) -> tuple[str, str]:
    """The known key that is probably meant, if any, and the remedy."""
    known = _keys_at(model, unknown.path[:-1])
    key = str(unknown.path[-1])
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return close[0], f"Did you mean {close[0]!r}?"
    if unknown.details.get("input") is None or not re.fullmatch(r"\w+", key, re.ASCII):
        return "", "Is it part of a sentence? Put the whole sentence in quotes."
    return "", f"Known here: {', '.join(known)}." if known else ""


def _keys_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    here: Any = model  # an annotation
    for step in path:
        here = _inside(here, step)
    found = _model_in(here)
    return [f.alias or name for name, f in found.model_fields.items()] if found else []


def _inside(annotation: Any, step: str | int) -> Any:  # annotations are of no common type
    """The type of one step into a model, a list, a mapping, or one of several of these."""
    if _is_model(annotation):
        fields = annotation.model_fields.items()
        return next((f.annotation for name, f in fields if step in (name, f.alias)), None)
    kinds, origin = get_args(annotation), get_origin(annotation)
    if origin in (tuple, list):
        return kinds[0]
    if origin in (dict, Mapping):
        return kinds[1]
    found = (_inside(each, step) for each in kinds)
    return next((each for each in found if each is not None), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # as above
    """The model that an annotation stands for, or that is one of several it allows."""
    if _is_model(annotation):
        found: type[BaseModel] = annotation
        return found
    if get_origin(annotation) in (tuple, list, dict, Mapping):
        return None
    members = (_model_in(each) for each in get_args(annotation))
    return next((each for each in members if each is not None), None)


def _is_model(annotation: Any) -> bool:  # as above
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
