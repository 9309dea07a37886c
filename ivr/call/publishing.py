"""Publishing, on the side of the running hotline: what was published reaches callers whole.

A version is prepared in every engine before anybody hears it: its files are unpacked and read,
its model is trained and loaded, its sentences are rendered. Only then do new calls go there, in
one step without a wait; the calls in progress stay where they began (`ivr.dialog.versions`).
What fails before that step leaves the old version serving, and the publication says why.
Words that the ear does not know are learned after that step (`ivr.call.learning`).

A command of this machine asks over `POST /flows/…` (`ivr.web.flows`) and is told the outcome;
hotlines on other machines look into the store now and then and follow. Where no hotline runs,
`ivr.call.publishing_offline` does what can be done without one.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from ivr import log
from ivr.call.ear_state import EarState
from ivr.call.engines import Opener
from ivr.call.offers import adopt, rules_of
from ivr.call.published import (
    MOST,
    Done,
    Prepared,
    PublishingFailed,
    Request,
    earlier,
    reading_from,
    unpacked_in,
)
from ivr.config import Settings
from ivr.dialog.compile import training_version
from ivr.dialog.flows import FlowSet
from ivr.dialog.snapshot import fingerprint, load_version, read_folder
from ivr.dialog.version import Version
from ivr.dialog.versions import VersionedDialog
from ivr.dialog.wording import fixed_prompts
from ivr.domain import Prompt
from ivr.errors import ConfigError, EngineError
from ivr.store import FlowLibrary, Publication, PublicationKind

LOOK_S: Final = 10.0
"""Seconds between two looks for what another machine has published."""

_log = log.get(__name__)


class RenderingVoice(Protocol):
    """A voice that can speak prompts before anybody asks for them."""

    async def render_ahead(
        self, prompts: Iterable[Prompt], progress: Callable[[int, int], None] = ...
    ) -> int:
        """Keep fixed prompts; see `ivr.tts.cache`."""
        ...


class Hearers(Protocol):
    """What hears versions of the flows; see `ivr.call.learning`."""

    @property
    def states(self) -> tuple[EarState, ...]:
        """How far the ear of each language is with the flows that are served."""
        ...

    async def prepare(self, version: Version) -> None:
        """Have the best ear there is ready for a version. Raises ConfigError."""
        ...

    def serve(self, name: str) -> None:
        """Let new calls hear as a prepared version does, and learn what is missing."""
        ...

    def keep(self, names: Collection[str]) -> None:
        """Forget other versions."""
        ...


@dataclass(frozen=True)
class Readers:
    """Everything that a version has to reach."""

    dialog: VersionedDialog
    voice: RenderingVoice
    opener: Opener
    hearers: Hearers


async def first_to_serve(library: FlowLibrary, settings: Settings) -> tuple[Publication, Version]:
    """Give the version with which a hotline starts: the last one published.

    Where nothing ever was, the working folder is published, and recorded so. Raises ConfigError
    when its files cannot be read by this program, EngineError when the store is down.
    """
    publication = await library.to_serve()
    if publication is None:
        files = await asyncio.to_thread(read_folder, settings.flows_dir)
        name = fingerprint(files)
        version = await asyncio.to_thread(load_version, name, files, unpacked_in(settings))
        await library.keep_flows(name, files)
        why = "nothing had been published yet"
        return await library.publish(name, PublicationKind.FIRST, "hotline", why), version
    return publication, await reading_from(library, publication.version, settings)


class Publisher:
    """Serves what was published; one at a time, the newest last."""

    def __init__(
        self,
        library: FlowLibrary,
        settings: Settings,
        readers: Readers,
        serving: tuple[Publication, Version],
    ) -> None:
        self.serving, version = serving
        self._library, self._settings, self._readers = library, settings, readers
        self._one_at_a_time = asyncio.Lock()
        self._ready = {version.name: version}

    @property
    def calls(self) -> Mapping[str, int]:
        """How many calls each version has that is ready or still has some."""
        return self._readers.dialog.calls

    @property
    def ears(self) -> tuple[EarState, ...]:
        """How far the ear of each language is with what is served."""
        return self._readers.hearers.states

    @property
    def flows(self) -> FlowSet:
        """The flows that new calls have."""
        return self._ready[self.serving.version].flows

    async def history(self, limit: int) -> Sequence[Publication]:
        """Give the latest publications, newest first. Raises PublishingFailed."""
        with _told():
            return await self._library.publications(limit)

    async def files(self) -> Mapping[str, str]:
        """Give the files that callers have now. Raises PublishingFailed."""
        with _told():
            return await self._library.flow_files(self.serving.version) or {}

    async def prepare(self, files: Mapping[str, str]) -> Prepared:
        """Make flows able to serve.

        Raises PublishingFailed; nothing has changed for callers then.
        """
        async with self._one_at_a_time:
            name = fingerprint(files)
            with _told():
                await self._library.keep_flows(name, files)
            took = await self._prepare(name)
            both = (self._ready[name].flows, self._ready[self.serving.version].flows)
            models = {await asyncio.to_thread(training_version, each) for each in both}
            return Prepared(took, is_taught=len(models) > 1)

    async def publish(self, files: Mapping[str, str], request: Request) -> Done:
        """Send new calls to these flows. Raises PublishingFailed: the old ones go on then."""
        name = fingerprint(files)
        async with self._one_at_a_time:
            with _told():
                await self._library.keep_flows(name, files)
            return await self._enter(name, PublicationKind.PUBLISHED, request)

    async def roll_back(self, to: str, request: Request) -> Done:
        """Send new calls to an earlier version; see `earlier` for `to`. Raises PublishingFailed."""
        async with self._one_at_a_time:
            with _told():
                name = earlier(await self._library.publications(MOST), to)
            return await self._enter(name, PublicationKind.ROLLED_BACK, request)

    async def look(self) -> None:
        """Serve what another machine has published since. Raises PublishingFailed."""
        async with self._one_at_a_time:
            with _told():
                newest = await self._library.to_serve()
            if newest is not None and newest.number != self.serving.number:
                await self._serve(newest)

    async def follow(self) -> None:
        """Serve what other machines publish, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except PublishingFailed as error:
                _log.error("published flows not served", problem=str(error))

    # --- details

    async def _enter(self, name: str, kind: PublicationKind, request: Request) -> Done:
        """Prepare first: what cannot be served leaves no entry in the history."""
        took = await self._prepare(name)
        with _told():
            made = await self._library.publish(name, kind, request.by, request.why)
        await self._serve(made)
        return Done(made, took, self.ears)

    async def _serve(self, publication: Publication) -> None:
        try:
            await self._prepare(publication.version)
        except PublishingFailed as error:
            with _told():
                await self._library.refuse(publication.number, str(error))
            raise
        before = self.serving.version
        self._swap(publication)
        await self._keep_only(publication.version, before)

    async def _prepare(self, name: str) -> Mapping[str, float]:
        if name in self._ready:
            return {}
        took: dict[str, float] = {}
        began = time.monotonic()
        with _told():
            version = await reading_from(self._library, name, self._settings)
            rules_of(version.flows)  # raises for one that makes no sense, before it is too late
            took["read"] = time.monotonic() - began
            await self._readers.dialog.prepare(version)
            took["taught and loaded"] = time.monotonic() - began - sum(took.values())
            await self._readers.hearers.prepare(version)
            took["ear found"] = time.monotonic() - began - sum(took.values())
            await self._readers.voice.render_ahead(fixed_prompts(version.flows))
            took["rendered"] = time.monotonic() - began - sum(took.values())
        self._ready[name] = version
        await self._keep_only(self.serving.version, name)
        return took

    def _swap(self, publication: Publication) -> None:
        """No wait in here: a call meets all of the old version or all of the new one."""
        version = self._ready[publication.version]
        self._readers.dialog.serve(version.name)
        self._readers.hearers.serve(version.name)
        adopt(self._readers.opener, version)
        self.serving = publication
        _log.info("flows swapped", version=publication.version, publication=publication.number)

    async def _keep_only(self, *names: str) -> None:
        """Keep ready what is served, and the one before or to come: some megabytes each."""
        self._ready = {name: version for name, version in self._ready.items() if name in names}
        self._readers.dialog.kept = names
        self._readers.hearers.keep(names)
        await self._readers.dialog.tidy()


@contextmanager
def _told() -> Iterator[None]:
    """Say why, in words for whoever publishes."""
    try:
        yield
    except (ConfigError, EngineError) as error:
        raise PublishingFailed(str(error)) from error
