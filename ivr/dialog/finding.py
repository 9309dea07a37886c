"""One thing to mend in the flows: where it stands, what is wrong, what to do."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.nodes import Node

from ivr.config.complaints import place_of
from ivr.config.load import parse_yaml
from ivr.config.places import nodes, place_among
from ivr.errors import ConfigError, Place


@dataclass(frozen=True)
class Finding:
    """One thing to mend. Errors would fail a call or tell a caller something wrong; warnings cost
    understanding, or are written for nothing."""

    place: Place
    problem: str
    remedy: str
    is_error: bool = True

    def __str__(self) -> str:
        kind = "error" if self.is_error else "warning"
        return f"{self.place}: {kind}: {self.problem} {self.remedy}".rstrip()


def finding_of(error: ConfigError, directory: Path) -> Finding:
    """What keeps a file of a folder from being read, as a finding."""
    return Finding(error.place or Place(directory), error.problem, error.remedy)


Where = Callable[..., Place]
"""Gives the place of a value in its file, by its path of keys and indices."""


def finder(file: Path) -> Where:
    """Find places in a file, which is read only if something is found in it."""

    @cache
    def root() -> Node | None:
        return nodes(file)

    @cache
    def tree() -> CommentedMap:
        return parse_yaml(file)

    def where(*path: str | int) -> Place:
        quick = root()
        return place_of(tree(), path, file) if quick is None else place_among(quick, path, file)

    return where


def known(names: object) -> str:
    """A remedy that lists what there is."""
    listed = ", ".join(sorted(map(str, names if isinstance(names, frozenset) else ())))
    return f"Known: {listed or 'none'}."
