"""What is published and taken back: requests, what came of them, and which version is meant."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ivr.call.ear_state import EarState
from ivr.config import Settings
from ivr.dialog.snapshot import load_version
from ivr.dialog.version import Version
from ivr.errors import ConfigError
from ivr.store import FlowLibrary, Publication

MOST: Final = 10_000
"""Publications among which an earlier version is looked for."""


class PublishingFailed(Exception):
    """A version cannot be served; the text says why, for whoever published it."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants it, and why."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """What preparing came to: the seconds of each step, and whether callers are understood anew."""

    took_s: Mapping[str, float] = field(default_factory=dict[str, float])
    is_taught: bool = True
    """Other examples, slots or rules than those that callers have: not just other words."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was entered into the history, the seconds of each step before, and what is learned."""

    publication: Publication
    took_s: Mapping[str, float] = field(default_factory=dict[str, float])
    ears: Sequence[EarState] = ()


def earlier(made: Sequence[Publication], to: str) -> str:
    """Give the version that is meant; `made` is newest first.

    Without a word it is the last one that callers had before the present one; else `to` is a
    publication's number, or a version or the first digits of one. Raises PublishingFailed when
    there is none, when it was never served, or when callers have it already.
    """
    served = [each for each in made if not each.refused]
    if not served:
        raise PublishingFailed("Nothing was published yet; `ivr flows publish` does.")
    now = served[0].version
    if not to:
        before = next((each.version for each in served if each.version != now), None)
        if before is None:
            raise PublishingFailed("There is no version before the present one.")
        return before
    found = {each.version for each in served if to == str(each.number)}
    found = found or {each.version for each in served if each.version.startswith(to)}
    if len(found) != 1:
        fits = f"{to!r} fits {len(found)} versions that callers had."
        raise PublishingFailed(f"{fits} `ivr flows history` shows them.")
    (version,) = found
    if version == now:
        raise PublishingFailed(f"Callers have version {version} already.")
    return version


def unpacked_in(settings: Settings) -> Path:
    """Give the folder of the unpacked versions."""
    return settings.state_dir / "published"


async def reading_from(library: FlowLibrary, name: str, settings: Settings) -> Version:
    """Read a kept version; raises ConfigError when it is not there or cannot be read."""
    files = await library.flow_files(name)
    if files is None:
        problem = f"the published flows {name} are not in the store."
        raise ConfigError(problem, "Publish again with `ivr flows publish`.")
    return await asyncio.to_thread(load_version, name, files, unpacked_in(settings))
