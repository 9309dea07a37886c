"""A real Asterisk of one's own for a test: free ports, private folder, gone afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.config import Settings
from ivr.errors import ConfigError
from ivr.sim.phone import Line, Phone, phone
from ivr.sim.sip_lab import lab_settings
from ivr.telephony import asterisk
from ivr.telephony.asterisk_binary import Binary, find
from ivr.telephony.secret_files import sip_password
from tests import needs


def binary() -> Binary:
    """Give the Asterisk of this machine; ends the test when there is none."""
    try:
        return find(project=needs.ROOT / ".setup/asterisk")
    except ConfigError as error:
        needs.absent("Asterisk with chan_websocket", str(error))


@dataclass(frozen=True, slots=True)
class Lab:
    """A running Asterisk with its settings."""

    settings: Settings
    asterisk: asterisk.Asterisk

    @asynccontextmanager
    async def phone(
        self, extension: str = "7001", line: Line | None = None
    ) -> AsyncIterator[Phone]:
        """Register a phone for the length of the block."""
        registrar = (self.settings.telephony.sip_host, self.settings.telephony.sip_port)
        password = sip_password(self.settings.state_dir, extension)
        async with phone(extension, password, registrar, line) as handset:
            yield handset

    @property
    def messages(self) -> str:
        """What Asterisk has logged so far."""
        return (self.asterisk.folders.log / "messages").read_text("utf-8", "replace")


@asynccontextmanager
async def lab(folder: Path, **telephony: object) -> AsyncIterator[Lab]:
    """Run an Asterisk of one's own; `telephony` overrides that section of the settings."""
    found = binary()
    # A busy machine may take long to answer; no test waits for the end of it unless it says so.
    settings = lab_settings(folder, **{"deadline_s": 10.0, **telephony})
    async with asterisk.running(settings, found) as process:
        yield Lab(settings, process)
