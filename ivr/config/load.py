"""Read a YAML file into a pydantic model; every complaint names file, line and remedy."""

import difflib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from ivr.config.settings import Settings
from ivr.errors import ConfigError, Place

MAX_BYTES = 1_000_000
MAX_DEPTH = 200
"""Brackets that may be open at once."""
MAX_VALUES = 100_000
"""Values of a file, aliases written out: a few lines of aliases can stand for billions."""
TEXTS_KEPT = 512
"""Files whose values are remembered: two or three versions of a hundred flows."""
_UNUSUAL = re.compile(r"\t|^%|<<|(?:^|[\s\[{,])[&*!]\S", re.MULTILINE)

DEFAULT_FILE = Path("config/hotline.yaml")

Model = TypeVar("Model", bound=BaseModel)


def load_settings(file: Path = DEFAULT_FILE) -> Settings:
    """Read the settings; raises ConfigError with the place and the remedy."""
    return load_yaml(file, Settings)


def load_yaml(file: Path, model: type[Model]) -> Model:
    """Read any YAML file into its model; raises ConfigError with the place and the remedy."""
    text = read_text(file)
    quick = _read_quickly(text, model)
    if isinstance(quick, model):
        return quick
    # Whatever is wrong is found by the parser that knows where.
    tree = _carefully(text, file)
    try:
        return model.model_validate(plain(tree, file))
    except ValidationError as error:
        raise _first_problem(error, tree, file, model) from error
    except RecursionError as error:
        problem = "holds itself, or is nested too deeply."
        raise ConfigError(problem, "Write values out, without & and *.", Place(file)) from error


def parse_yaml(file: Path) -> CommentedMap:
    """Parse a YAML mapping, keeping line numbers; raises ConfigError."""
    text = read_text(file)
    return _carefully(text, file)


@lru_cache(maxsize=TEXTS_KEPT)
def _read_quickly(text: str, model: type[BaseModel]) -> BaseModel | None:
    """Read ordinary and faultless YAML; None where there is more to it.

    Remembered, because of a hundred flows that are published one has been edited: the models are
    frozen, so that two versions may share what is the same.
    """
    tree = _quickly(text)
    if tree is None:
        return None
    with suppress(ValidationError, ConfigError, RecursionError):
        return model.model_validate(plain(tree))
    return None


def _quickly(text: str) -> object | None:
    """Parse ordinary YAML in C, a fifth of the time; None where it is not ordinary, or wrong.

    The scanner is libyaml's where `ruamel.yaml.clib` is there; what a word means is decided by
    ruamel in both ways.
    """
    if not is_ordinary(text):
        return None
    try:
        tree: object = YAML(typ="safe").load(text)
    except (YAMLError, ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


def _carefully(text: str, file: Path) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        raise _not_yaml(error, text, file) from error
    except ReaderError as error:
        place = _place_at(text, error.position, file)
        problem = f"holds a character that YAML does not allow (U+{error.character:04X})."
        raise ConfigError(problem, "Delete it.", place) from error
    except (YAMLError, ValueError, RecursionError) as error:
        remedy = "Nest less deeply, and compare with config/hotline.yaml."
        raise ConfigError("is not valid YAML.", remedy, Place(file)) from error
    if tree is None:
        return CommentedMap()
    if not isinstance(tree, CommentedMap):
        raise ConfigError("must hold `key: value` lines.", "Begin with a key.", Place(file, 1))
    return tree


def read_text(file: Path) -> str:
    """Read a file that is small and not nested too deeply to be parsed; raises ConfigError."""
    text = _read(file)
    _refuse_deep_nesting(text, file)
    return text


def is_ordinary(text: str) -> bool:
    """Whether libyaml may read it: it differs from ruamel on tabs, directives and tags, and
    merged aliases can grow without bound.
    """
    return not _UNUSUAL.search(text)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})."
        raise ConfigError(problem, "Check the path and its rights.", Place(file)) from error
    if len(content) > MAX_BYTES:
        raise ConfigError(
            "is larger than 1 MB.", "Such a file takes a few kB: split it.", Place(file)
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        column = error.start - content.rfind(b"\n", 0, error.start)
        place = Place(file, content.count(b"\n", 0, error.start) + 1, column)
        problem = f"is not UTF-8 text (byte 0x{content[error.start]:02X})."
        raise ConfigError(problem, "Save it again as UTF-8.", place) from error


def _refuse_deep_nesting(text: str, file: Path) -> None:
    """Spare the parser, whose time grows with the square of the depth."""
    depth = 0
    for match in re.finditer(r"[\[{\]}]", text):
        depth = depth + 1 if match.group() in "[{" else max(0, depth - 1)
        if depth > MAX_DEPTH:
            place = _place_at(text, match.start(), file)
            raise ConfigError("has too many open brackets.", "Close or quote them.", place)


def _place_at(text: str, position: int, file: Path) -> Place:
    line = text.count("\n", 0, position) + 1
    return Place(file, line, position - text.rfind("\n", 0, position))


def _not_yaml(error: MarkedYAMLError, text: str, file: Path) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    problem = (error.problem or "it makes no sense").partition("\n")[0]
    if "\\t" in problem or (mark and _begins_with_a_tab(text, mark.line)):
        return ConfigError("has a tab where YAML wants blanks.", "Indent with blanks.", place)
    if "duplicate key" in problem:
        return ConfigError(f"has a key twice: {problem}.", "Delete one of the two.", place)
    remedy = "Indent with blanks, quote text that holds ': ' or starts with a sign."
    return ConfigError(f"is not valid YAML: {problem}.", remedy, place)


def _begins_with_a_tab(text: str, line: int) -> bool:
    lines = text.splitlines()
    indent = re.match(r"[ \t]*", lines[line] if line < len(lines) else "")
    return indent is not None and "\t" in indent.group()


def plain(node: Any, file: Path = DEFAULT_FILE) -> Any:  # YAML holds any type
    """Turn ruamel's annotated tree into plain Python values; raises ConfigError for a bomb."""
    counter = itertools.count(1)
    if not isinstance(node, CommentedMap):
        return _plain(node, Place(file), counter)
    # By key, so that a bomb is told with its line.
    return {
        str(key): _plain(value, place_of(node, (key,), file), counter)
        for key, value in node.items()
    }


def _plain(node: Any, place: Place, counter: Iterator[int]) -> Any:  # as above
    if next(counter) > MAX_VALUES:
        problem = f"stands for more than {MAX_VALUES:,} values once its aliases are written out."
        raise ConfigError(problem, "Write the values out, without & and *.", place)
    if isinstance(node, Mapping):
        return {str(key): _plain(value, place, counter) for key, value in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [_plain(value, place, counter) for value in node]
    return node


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


def _first_problem(
    error: ValidationError, tree: CommentedMap, file: Path, model: type[BaseModel]
) -> ConfigError:
    problems = error.errors()
    unknown = [each for each in problems if each["type"] == "extra_forbidden"]
    details = (unknown or problems)[0]  # a mistyped key explains why the right one is missing
    path = details["loc"]
    name = ".".join(str(step) for step in path) or "the file"
    place = place_of(tree, path, file)
    place = place if place.line else Place(file, 1)  # what is missing has no line of its own
    more = f" ({len(problems) - 1} more wrong after it.)" if len(problems) > 1 else ""
    if details["type"] == "extra_forbidden":
        return ConfigError(f"unknown key {name!r}.", _nearest(model, path) + more, place)
    message = details["msg"].removeprefix("Value error, ")
    see = f"; see {DEFAULT_FILE}" if model is Settings else ""
    return ConfigError(
        f"{name}: {_in_words(details, message)}.", _given(details, see) + more, place
    )


def _in_words(details: ErrorDetails, message: str) -> str:
    """What pydantic says, where that is more than a programmer's word."""
    if details["type"] == "string_pattern_mismatch":
        pattern = str(details.get("ctx", {}).get("pattern", ""))
        return _PATTERNS.get(pattern, message)
    return message


_PATTERNS = {
    r"^[a-z][a-z0-9_]{1,40}$": "a name is 2 to 41 small letters, digits and _, a letter first",
    r"^[A-Z][A-Z0-9_]{1,60}$": (
        "give the name of an environment variable (capitals, digits and _), never the secret itself"
    ),
    r"\S": "it is empty",
}


def _given(details: ErrorDetails, see: str) -> str:
    given = details.get("input")
    if details["type"] == "string_type" and isinstance(given, (int, float)):
        return f'Put it in quotes: "{given}".'
    if details["type"] == "missing":
        return "Add it."
    if given is None:
        return "Nothing was given; delete the line to have the default."
    if isinstance(given, (str, int, float, bool)):
        return f"Given was {_short(str(given))!r}{see}."
    kind = "a list" if isinstance(given, list) else "a mapping of keys"
    return f"Given was {kind}{see}."


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _nearest(model: type[BaseModel], path: Sequence[str | int]) -> str:
    known = _keys_at(model, path[:-1])
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known here: {', '.join(known)}." if known else ""


def _keys_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    here: Any = model  # an annotation
    for step in path:
        here = _inside(here, step)
    if not _is_model(here):
        return []
    return [field.alias or name for name, field in here.model_fields.items()]


def _inside(annotation: Any, step: str | int) -> Any:  # annotations are of no common type
    """Give the type of one step into a model, a list of models or a mapping to models."""
    if _is_model(annotation):
        fields = annotation.model_fields.items()
        return next((f.annotation for name, f in fields if step in (name, f.alias)), None)
    return next((inner for inner in get_args(annotation) if _is_model(inner)), None)


def _is_model(annotation: Any) -> bool:  # as above
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
