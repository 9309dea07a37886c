"""Writes `config/hotline.yaml`: every setting with its default, its limits and what it does.

The settings classes are the only truth. `python -m ivr.config.document` writes the file anew,
and a test compares the two, so that neither can drift from the other.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ivr.config.load import DEFAULT_FILE
from ivr.config.settings import Settings

_WIDTH: Final = 96
_HEADER: Final = """\
Every setting of the hotline, with its default. What you do not change you may leave out.
A key that is not known here is an error, with the line and the remedy. Names tell their unit:
_s seconds, _days days, _mb megabytes, _db decibels, _dbfs decibels below full scale.
Written by `python -m ivr.config.document`; the truth is ivr/config/settings.py.
"""
# Texts that YAML would read as text even without quotation marks, and in no other way.
_PLAIN_TEXT: Final = re.compile(r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][\w./+-]*")


def document() -> str:
    """Give the whole file."""
    lines = [f"# {line}" for line in _HEADER.splitlines()]
    return "\n".join([*lines, "", *_section(Settings())]) + "\n"


def _section(section: BaseModel, indent: int = 0) -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield ""
            yield from _comment(type(value).__doc__ or "", indent)
        else:
            yield from _comment(_explained(field), indent)
        yield from _entry(field.alias or name, value, indent)


def _explained(field: FieldInfo) -> str:
    parts = [field.description or "", _limits(field), _choices(field.annotation)]
    return " ".join(part for part in [*parts, _members(field.annotation)] if part)


def _limits(field: FieldInfo) -> str:
    names = {"gt": "above", "ge": "at least", "le": "at most"}
    limits = [
        f"{words} {getattr(rule, sign)}"
        for rule in field.metadata
        for sign, words in names.items()
        if hasattr(rule, sign)
    ]
    return f"({', '.join(limits)})" if limits else ""


def _choices(annotation: Any) -> str:  # annotations are of no common type
    options = list(_options(annotation))
    return f"One of {', '.join(options)}." if options else ""


def _options(annotation: Any) -> Iterator[str]:  # as above
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for inner in get_args(annotation):
            yield from _options(inner)


def _members(annotation: Any) -> str:  # as above
    """Explain the keys of each entry, where a setting is a list or mapping of sections."""
    kinds = [each for each in get_args(annotation) if isinstance(each, type)]
    sections = [each for each in kinds if issubclass(each, BaseModel)]
    if not sections:
        return ""
    fields = sections[0].model_fields.items()
    told = [f"{field.alias or name} ({_told(field)})" for name, field in fields]
    return f"Each has: {'; '.join(told)}."


def _told(field: FieldInfo) -> str:
    default = "" if field.is_required() else f", default {_scalar(field.get_default())}"
    return f"{(field.description or '').rstrip('.')}{default}"


def _entry(name: str, value: Any, indent: int) -> Iterator[str]:  # a default of any type
    blanks = "  " * indent
    if isinstance(value, BaseModel):
        yield f"{blanks}{name}:"
        yield from _section(value, indent + 1)
    elif isinstance(value, Mapping) and value:
        yield f"{blanks}{name}:"
        for key, each in value.items():
            yield f"{blanks}  {_scalar(key)}: {_flow(each)}"
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        yield f"{blanks}{name}:"
        yield from (f"{blanks}  - {_flow(each)}" for each in value)
    else:
        yield f"{blanks}{name}: {_flow(value)}"


def _flow(value: Any) -> str:  # as above
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        pairs = [f"{field.alias or name}: {_flow(getattr(value, name))}" for name, field in fields]
        return f"{{{', '.join(pairs)}}}"
    return _scalar(value)


def _scalar(value: Any) -> str:  # as above
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_scalar(each) for each in value)}]"
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, str) and _PLAIN_TEXT.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str, indent: int) -> list[str]:
    blanks = "  " * indent
    flat = " ".join(text.split())
    return textwrap.wrap(
        flat, _WIDTH, initial_indent=f"{blanks}# ", subsequent_indent=f"{blanks}# "
    )


if __name__ == "__main__":
    DEFAULT_FILE.parent.mkdir(exist_ok=True)
    DEFAULT_FILE.write_text(document(), encoding="utf-8")
