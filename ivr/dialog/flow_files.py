"""The files of a folder of flows: which are read, which only seem to be, and what they are called.

A file that is left out in silence is a flow that ops believe callers have.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from ivr.config.complaints import place_of
from ivr.config.load import parse_yaml
from ivr.dialog.parts import NAME
from ivr.errors import ConfigError, Place

_OTHER_ENDS: Final = re.compile(r"\.(?:yml|ya?ml\.(?:txt|yaml|yml))$", re.IGNORECASE)
_FOLDERS: Final = ("tests", "schema")
"""Folders beside the flows that hold something else."""


def files_in(directory: Path) -> list[Path]:
    """Give the files that are read, sorted; hidden ones are an editor's own."""
    return sorted(file for file in directory.glob("*.yaml") if not file.name.startswith("."))


def unread_files(directory: Path) -> Iterator[ConfigError]:
    """Tell files that look like flows and are not read."""
    for file in sorted(directory.iterdir()):
        if file.name.startswith(".") or file.name in _FOLDERS:
            continue
        name = _OTHER_ENDS.sub("", file.name)
        if file.is_dir():
            yield from _in_a_folder(file)
        elif name != file.name or (file.suffix.lower() == ".yaml" != file.suffix):
            ends = file.name.removeprefix(name) or file.suffix
            problem = f"ends in {ends} and is not read."
            yield ConfigError(problem, f"Rename it to {Path(name).stem}.yaml.", Place(file))


def _in_a_folder(folder: Path) -> Iterator[ConfigError]:
    found = next((file for file in sorted(folder.rglob("*.yaml"))), None)
    if found is not None:
        problem = "lies in a folder of its own and is not read."
        yield ConfigError(problem, f"Move it to {folder.parent}.", Place(found))


def refuse_odd_id(id_: str, file: Path, reserved: Collection[str]) -> None:
    """Raise ConfigError for an id that is not the name of its file, or that nobody may have."""
    if id_ == file.stem and id_ not in reserved:
        return
    place = place_of(parse_yaml(file), ("id",), file)
    if id_ in reserved:
        raise ConfigError(f"id {id_!r} is taken by the hotline.", "Choose another.", place)
    may_be_kept = re.match(NAME, file.stem) is not None
    rename = (
        f"write id: {file.stem}" if may_be_kept else "rename this file, and write its name as id"
    )
    other = file.with_name(f"{id_}.yaml")
    if other.exists():
        problem = f"id {id_!r} is used by two flows, here and in {other}."
        raise ConfigError(problem, f"If both are wanted, {rename}; else delete one.", place)
    remedy = f"{rename[0].upper()}{rename[1:]}, or rename the file to {id_}.yaml."
    raise ConfigError(f"id {id_!r} is not the file's name.", remedy, place)
