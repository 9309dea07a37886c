"""Publishing where no hotline runs: kept, taught, and served by the next start.

Hotlines on other machines that share the store follow within seconds.
"""

from collections.abc import Mapping, Sequence

from ivr.call.published import MOST, Done, Prepared, Request, earlier, reading_from
from ivr.config import Settings
from ivr.dialog.server import train
from ivr.dialog.snapshot import fingerprint
from ivr.store import FlowLibrary, Publication, PublicationKind


class OfflinePublisher:
    """Does for a command what `ivr.call.publishing.Publisher` does in a running hotline.

    Methods raise ConfigError, EngineError, and PublishingFailed for what makes no sense.
    """

    def __init__(self, library: FlowLibrary, settings: Settings) -> None:
        self._library, self._settings = library, settings

    async def history(self, limit: int) -> Sequence[Publication]:
        """Give the latest publications, newest first."""
        return await self._library.publications(limit)

    async def files(self) -> Mapping[str, str]:
        """Give the files that callers get."""
        now = await self._library.to_serve()
        return (await self._library.flow_files(now.version) or {}) if now else {}

    async def prepare(self, files: Mapping[str, str]) -> Prepared:
        """Teach Rasa, so that the next start does not have to."""
        name = fingerprint(files)
        await self._library.keep_flows(name, files)
        version = await reading_from(self._library, name, self._settings)
        await train(version.flows, self._settings.state_dir)
        return Prepared()

    async def publish(self, files: Mapping[str, str], request: Request) -> Done:
        """Enter flows into the history; the next start serves them."""
        await self.prepare(files)
        return await self._enter(fingerprint(files), PublicationKind.PUBLISHED, request)

    async def roll_back(self, to: str, request: Request) -> Done:
        """Enter an earlier version; the next start serves it."""
        name = earlier(await self._library.publications(MOST), to)
        await reading_from(self._library, name, self._settings)
        return await self._enter(name, PublicationKind.ROLLED_BACK, request)

    async def _enter(self, name: str, kind: PublicationKind, request: Request) -> Done:
        return Done(await self._library.publish(name, kind, request.by, request.why))
