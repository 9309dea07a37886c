"""Commands whose modules are imported when they are called.

Thirty commands import, together, all that the hotline is made of. `ivr --help` needs none of it
and a command only its own part, so that the names and first lines stand in a table and the rest
is fetched by whoever is called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

Command = Any  # typer's own kinds of commands are private to it


@dataclass(frozen=True)
class Entry:
    """One command or group of `ivr`: what `ivr --help` says of it, and where it is.

    `place` is `module:function` or, of a group, `module:app`; both below `ivr.cli`. `more` are
    commands of a group that have modules of their own, by name.
    """

    help: str
    place: str
    more: Mapping[str, str] = field(default_factory=dict[str, str])


class Later(TyperCommand):
    """A name and its help; behaves as the command behind it once it is called."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help)
        self._entry = entry

    @property
    def loaded(self) -> Command:
        """The command itself."""
        return _loaded(str(self.name), self._entry.place, tuple(self._entry.more.items()))

    def make_context(self, *args: Any, **kwargs: Any) -> Any:  # as typer's own
        """Read the words of the command line, and go on with the command itself."""
        return self.loaded.make_context(*args, **kwargs)


def group_of(entries: Mapping[str, Entry]) -> type[TyperGroup]:
    """Make the kind of group that has these commands, for `typer.Typer(cls=…)`."""

    class Group(TyperGroup):
        def __init__(self, **how: Any) -> None:  # as typer's own
            known = {name: Later(name, entry) for name, entry in entries.items()}
            super().__init__(**{**how, "commands": known})

    return Group


@cache
def _loaded(name: str, place: str, more: tuple[tuple[str, str], ...]) -> Command:
    found = _at(place)
    if isinstance(found, typer.Typer):
        for each, where in more:
            found.command(each)(_at(where))
        return get_group(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(found)
    return get_command(alone)


def _at(place: str) -> Any:  # a function with options of its own, or a group
    module, _, name = place.partition(":")
    found: Callable[..., object] = getattr(import_module(f"ivr.cli.{module}"), name)
    return found
