"""Published flows that are forgotten when the process ends, for scenarios."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ivr.errors import EngineRejected
from ivr.store.records import Publication, PublicationKind


@dataclass
class MemoryLibrary:
    """Keeps `ivr.store.FlowLibrary` in dictionaries."""

    _files: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    _publications: list[Publication] = field(default_factory=list[Publication])

    async def keep_flows(self, version: str, files: Mapping[str, str]) -> None:
        """Keep the files of a version."""
        self._files.setdefault(version, dict(files))

    async def flow_files(self, version: str) -> Mapping[str, str] | None:
        """Give the files of a version."""
        return self._files.get(version)

    async def publish(self, version: str, kind: PublicationKind, by: str, why: str) -> Publication:
        """Put a kept version before callers."""
        if version not in self._files:
            raise EngineRejected("store", f"version {version} was never kept")
        number = len(self._publications) + 1
        published = Publication(number, version, kind, datetime.now(UTC), by, why)
        self._publications.append(published)
        return published

    async def refuse(self, number: int, problem: str) -> None:
        """Note why a publication cannot be served."""
        self._publications = [
            replace(each, refused=problem) if each.number == number else each
            for each in self._publications
        ]

    async def publications(self, limit: int = 20) -> Sequence[Publication]:
        """Give the latest publications, newest first."""
        return self._publications[::-1][:limit]

    async def to_serve(self) -> Publication | None:
        """Give the newest publication that was not refused."""
        return next((each for each in self._publications[::-1] if not each.refused), None)
