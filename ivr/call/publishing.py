"""Publishing, on the side of the running hotline: what was published reaches callers whole.

A version is prepared in every engine before anybody hears it: its files are unpacked and read,
its model is trained and loaded, its sentences are rendered. Only then do new calls go there, in
one step without a wait; the calls in progress stay where they began (`ivr.dialog.versions`).
What fails before that step leaves the old version serving, and the publication says why.

A command of this machine asks over `POST /flows/…` (`ivr.web.flows`) and is told the outcome;
hotlines on other machines look into the store now and then and follow.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ivr import log
from ivr.call.engines import Opener
from ivr.call.offers import adopt, rules_of
from ivr.config import Settings
from ivr.dialog.snapshot import fingerprint, load_version, read_folder
from ivr.dialog.versions import Version, VersionedDialog
from ivr.dialog.wording import fixed_prompts
from ivr.domain import Prompt
from ivr.errors import ConfigError, EngineError
from ivr.store import FlowLibrary, Publication, PublicationKind

LOOK_S: Final = 10.0
"""Seconds between two looks for what another machine has published."""

_log = log.get(__name__)


class PublishingFailed(Exception):
    """A version cannot be served; the text says why, for whoever published it."""


class RenderingVoice(Protocol):
    """A voice that can speak prompts before anybody asks for them."""

    async def render_ahead(
        self, prompts: Iterable[Prompt], progress: Callable[[int, int], None] = ...
    ) -> int:
        """Keep fixed prompts; see `ivr.tts.cache`."""
        ...


@dataclass(frozen=True)
class Readers:
    """Everything that a version has to reach."""

    dialog: VersionedDialog
    voice: RenderingVoice
    opener: Opener


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
    return publication, await _read(library, publication.version, settings)


def unpacked_in(settings: Settings) -> Path:
    """Give the folder of the unpacked versions."""
    return settings.state_dir / "published"


async def _read(library: FlowLibrary, name: str, settings: Settings) -> Version:
    files = await library.flow_files(name)
    if files is None:
        problem = f"the published flows {name} are not in the store."
        raise ConfigError(problem, "Publish again with `ivr flows publish`.")
    return await asyncio.to_thread(load_version, name, files, unpacked_in(settings))


class Publisher:
    """Serves what was published; one at a time, the newest last."""

    def __init__(
        self, library: FlowLibrary, settings: Settings, readers: Readers, serving: Publication
    ) -> None:
        self.serving = serving
        self._library, self._settings, self._readers = library, settings, readers
        self._one_at_a_time = asyncio.Lock()
        self._ready: Version | None = None

    async def prepare(self, name: str) -> dict[str, float]:
        """Make a kept version able to serve; gives the seconds of each step.

        Raises PublishingFailed; nothing has changed for callers then.
        """
        async with self._one_at_a_time:
            try:
                return await self._prepare(name)
            finally:
                await self._readers.dialog.tidy(keep=self._ready_name())

    async def serve(self, number: int | None = None) -> dict[str, float]:
        """Send new calls to what was published last; gives the seconds of each step.

        `number` is the publication that is meant. Raises PublishingFailed when it cannot be
        served: it is then marked as refused, and the version before goes on.
        """
        async with self._one_at_a_time:
            wanted = await self._wanted(number)
            if wanted.number == self.serving.number:
                return {}
            try:
                took = await self._prepare(wanted.version)
            except PublishingFailed as error:
                await self._refuse(wanted, str(error))
                raise
            self._swap(wanted)
            await self._readers.dialog.tidy()
            return took

    async def follow(self) -> None:
        """Serve what other machines publish, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.serve()
            except PublishingFailed as error:
                _log.error("published flows not served", problem=str(error))

    # --- details

    async def _wanted(self, number: int | None) -> Publication:
        try:
            newest = await self._library.to_serve()
        except EngineError as error:
            raise PublishingFailed(f"the store is down ({error.problem})") from error
        if newest is None or (number is not None and newest.number < number):
            raise PublishingFailed(f"there is no publication {number} to serve")
        return newest

    async def _prepare(self, name: str) -> dict[str, float]:
        took: dict[str, float] = {}
        began = time.monotonic()
        try:
            version = await self._version(name)
            took["read"] = time.monotonic() - began
            await self._readers.dialog.prepare(version)
            took["taught and loaded"] = time.monotonic() - began - sum(took.values())
            await self._readers.voice.render_ahead(fixed_prompts(version.flows))
            took["rendered"] = time.monotonic() - began - sum(took.values())
        except (ConfigError, EngineError) as error:
            raise PublishingFailed(str(error)) from error
        self._ready = version
        return took

    async def _version(self, name: str) -> Version:
        if self._ready is not None and self._ready.name == name:
            return self._ready
        version = await _read(self._library, name, self._settings)
        rules_of(version.flows)  # raises for one that makes no sense, before it is too late
        return version

    def _swap(self, publication: Publication) -> None:
        """No wait in here: a call meets all of the old version or all of the new one."""
        assert self._ready is not None
        self._readers.dialog.serve(self._ready.name)
        adopt(self._readers.opener, self._ready)
        self.serving = publication
        _log.info("flows swapped", version=publication.version, publication=publication.number)

    async def _refuse(self, publication: Publication, problem: str) -> None:
        try:
            await self._library.refuse(publication.number, problem)
        except EngineError as error:
            _log.error("refusal not recorded", problem=error.problem)

    def _ready_name(self) -> str:
        return self._ready.name if self._ready else ""
