"""A version of the flows as somebody names it: a folder, a published version, what callers have."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.config import Settings
from ivr.dialog.flows import FlowSet, load_flows
from ivr.errors import ConfigError

_MOST = 10_000


@dataclass(frozen=True)
class NamedFlows:
    """Flows, the folder that they are read from, and what they are called."""

    name: str
    folder: Path
    flows: FlowSet


@contextmanager
def folder_of(folder: Path) -> Iterator[NamedFlows]:
    """Give the flows of a folder. Raises ConfigError."""
    yield NamedFlows(str(folder), folder, load_flows(folder))


@contextmanager
def version_of(settings: Settings, wanted: str) -> Iterator[NamedFlows]:
    """Give the flows of a folder or of a published version while inside.

    `wanted` is a folder, a version or its first digits, a publication's number, or empty for
    what callers have now. Raises ConfigError.
    """
    if wanted and Path(wanted).is_dir():
        with folder_of(Path(wanted)) as found:
            yield found
        return
    if "/" in wanted or wanted.startswith("."):
        raise ConfigError(f"there is no folder {wanted}.", "Name one, or a published version.")
    from ivr.dialog.snapshot import unpacked

    version, files = asyncio.run(_published(settings, wanted))
    with unpacked(files) as folder:
        yield NamedFlows(f"version {version}", folder, load_flows(folder))


async def _published(settings: Settings, wanted: str) -> tuple[str, Mapping[str, str]]:
    from ivr.store.library import SqlLibrary
    from ivr.store.sql import open_store

    async with open_store(settings.store, may_upgrade=False) as store:
        library = SqlLibrary(store.database)
        made = await library.publications(_MOST)
        version = _meant([(each.number, each.version, each.refused) for each in made], wanted)
        files = await library.flow_files(version)
    if files is None:
        raise ConfigError(f"the files of version {version} are not kept.", "Name a folder.")
    return version, files


def _meant(made: list[tuple[int, str, str]], wanted: str) -> str:
    """The version that is meant; `made` is number, version and refusal, newest first."""
    if not wanted:
        served = next((version for _, version, refused in made if not refused), None)
        if served is None:
            raise ConfigError(
                "nothing was published yet, so callers have no version to compare with.",
                "Name two folders: `ivr flows diff A B`.",
            )
        return served
    found = {version for number, version, _ in made if str(number) == wanted}
    found = found or {version for _, version, _ in made if version.startswith(wanted)}
    if len(found) != 1:
        kind = "neither a folder nor a published version" if not found else "several versions"
        raise ConfigError(f"{wanted!r} is {kind}.", "`ivr flows history` shows the versions.")
    return found.pop()
