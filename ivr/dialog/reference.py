"""Draws `docs/ops/flows.md`: every field of every file that ops write, explained, with an example.

The classes that read the files are the only truth: explanations are the texts below their
fields. Examples are in `reference.yaml`, by class and field; each field must accept its own.
`make docs` draws the document and writes the schemas anew; a test compares.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from io import StringIO
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML

from ivr.dialog.parts import Texts
from ivr.dialog.schema import KINDS, write_schemas

DOCUMENT: Final = Path("docs/ops/flows.md")
EXAMPLES: Final = Path(__file__).with_name("reference.yaml")
_PLACE: Final = re.compile(r"(<!-- drawn: fields -->\n).*?(<!-- end -->)", re.DOTALL)
_FILES: Final = {
    "flow": "One question: `flows/<id>.yaml`",
    "hotline": "The hotline as a whole: `flows/hotline.yaml`",
    "navigation": "Words that steer: `flows/navigation.yaml`",
    "conversations": "Conversation tests: `flows/tests/*.yaml`",
}
_LIMITS: Final = {
    "gt": "above {}",
    "ge": "at least {}",
    "lt": "below {}",
    "le": "at most {}",
    "min_length": "at least {} long",
    "max_length": "at most {} long",
}
_WORDS: Final = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def redrawn(document: str) -> str:
    """The document with its drawn part as the classes are now."""
    return _PLACE.sub(lambda place: f"{place[1]}\n{fields()}\n{place[2]}", document)


def fields() -> str:
    """Every class with its fields, in the order of reading."""
    examples = examples_by_class()
    parts: list[str] = []
    told: set[type[BaseModel]] = set()
    for kind, title in _FILES.items():
        parts.append(f"## {title}\n")
        for model in parts_of(KINDS[kind]):
            if model not in told:
                told.add(model)
                parts.append(_section(model, examples.get(model.__name__, {})))
    return "\n".join(parts)


def parts_of(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The class and all classes that its fields hold, in the order of reading."""
    found: list[type[BaseModel]] = []

    def visit(each: type[BaseModel]) -> None:
        if each in found:
            return
        found.append(each)
        for field in each.model_fields.values():
            for inner in _models_in(field.annotation):
                visit(inner)

    visit(model)
    return found


def examples_by_class() -> dict[str, dict[str, Any]]:
    """The examples, by the names of the classes and of their fields."""
    read: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(EXAMPLES.read_text("utf-8"))
    return read


def _section(model: type[BaseModel], examples: Mapping[str, Any]) -> str:
    lines = [f"### {model.__name__}\n", f"{_one_line(model.__doc__ or '')}\n"]
    lines += ["| key | holds | if left out | what it does | example |", "|---|---|---|---|---|"]
    for name, field in model.model_fields.items():
        key = field.alias or name
        row = (
            f"`{key}`",
            _holds(field),
            _left_out(field),
            _one_line(field.description or ""),
            _example(key, examples[key]) if key in examples else "",
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return "\n".join(lines) + "\n"


def _holds(field: FieldInfo) -> str:
    limits = [
        words.format(getattr(rule, sign))
        for rule in field.metadata
        for sign, words in _LIMITS.items()
        if getattr(rule, sign, None) is not None
    ]
    return ", ".join([_type(field.annotation), *limits])


def _type(annotation: Any) -> str:  # annotations are of no common type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "one of " + ", ".join(f"`{member.value}`" for member in annotation)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is None:
        return _WORDS[annotation]
    if origin is Annotated:
        return _type(inner[0])
    if origin is dict:
        return f"name: {_type(inner[1])}"
    return _several(origin, inner)


def _several(origin: Any, inner: tuple[Any, ...]) -> str:  # as above
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    return " or ".join(dict.fromkeys(_type(each) for each in inner if each is not NoneType))


def _left_out(field: FieldInfo) -> str:
    if field.is_required():
        return "must be there"
    default = field.get_default()
    if default is None or default is PydanticUndefined or default in ("", (), {}):
        return "nothing"
    if isinstance(default, Texts):
        return f"`{default.zh}` `{default.en}`"
    if isinstance(default, BaseModel):
        return "as its keys say"
    return f"`{_plain(default)}`"


def _plain(value: Any) -> str:  # a default of any type
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_plain(each) for each in value)}]"
    return str(value)


def _example(key: str, value: Any) -> str:  # as above
    yaml = YAML()
    yaml.default_flow_style = True
    yaml.allow_unicode = True
    yaml.width = 10_000
    text = StringIO()
    yaml.dump({key: value}, text)
    return f"`{text.getvalue().strip().removeprefix('{').removesuffix('}')}`"


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # as above
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("None:", "Left out:")


if __name__ == "__main__":
    DOCUMENT.write_text(redrawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    write_schemas()
