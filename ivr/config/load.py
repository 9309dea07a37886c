"""Read a YAML file into a pydantic model; every complaint names file, line and remedy."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from ivr.config.complaints import first_problem, is_about_structure, place_of
from ivr.config.not_yaml import look_alike, not_yaml
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
        see = f"; see {DEFAULT_FILE}" if model is Settings else ""
        looks = look_alike(text, file) if is_about_structure(error) else None
        raise looks or first_problem(error, tree, file, model, see) from error
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
        raise not_yaml(error, text, file) from error
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
