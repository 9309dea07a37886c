"""A hotline's publisher with everything around it but Rasa and a voice."""

import re
import shutil
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ivr.call.ear_state import EarState
from ivr.call.offers import make_opener
from ivr.call.publishing import Publisher, Readers, first_to_serve
from ivr.config import Settings
from ivr.dialog import Dialog
from ivr.dialog.snapshot import read_folder
from ivr.dialog.version import Version
from ivr.dialog.versions import VersionedDialog
from ivr.domain import Opening, Prompt
from ivr.errors import ConfigError, EngineUnavailable
from ivr.sim.dialog import ScriptedDialog
from ivr.sim.library import MemoryLibrary
from ivr.sim.store import MemoryStore
from tests.contract.dialog_promise import a_call
from tests.needs import ROOT


@dataclass
class Voice:
    rendered: set[str] = field(default_factory=set[str])

    async def render_ahead(
        self, prompts: Iterable[Prompt], progress: Callable[[int, int], None] = lambda *_: None
    ) -> int:
        del progress
        self.rendered |= {prompt.text for prompt in prompts}
        return len(self.rendered)


@dataclass
class Hearers:
    """Follows versions; `states` is what it tells of the ears."""

    prepared: list[str] = field(default_factory=list[str])
    serving: str = ""
    states: tuple[EarState, ...] = ()

    problem: str = ""
    """Why the next version cannot be heard."""

    async def prepare(self, version: Version) -> None:
        if self.problem:
            raise ConfigError(self.problem)
        self.prepared.append(version.name)

    def serve(self, name: str) -> None:
        assert name in self.prepared
        self.serving = name

    def keep(self, names: Collection[str]) -> None:
        assert self.serving in names


@dataclass
class Here:
    """A hotline's publisher with everything around it; `broken` names what Rasa refuses."""

    settings: Settings
    library: MemoryLibrary
    voice: Voice
    dialog: VersionedDialog
    hearers: Hearers
    publisher: Publisher
    broken: list[str]

    async def version_of_next_call(self) -> str:
        call = a_call(f"call-{len(self.dialog.calls)}")
        reply = await self.dialog.open(call, Opening())
        await self.dialog.close(call.call_id)
        return reply.flows_version


def few_flows(folder: Path) -> Path:
    """Copy two of the flows and what all need; all of them would take seconds to read."""
    folder.mkdir()
    for name in ("hotline", "navigation", "opening_hours", "refund"):
        shutil.copy(ROOT / "flows" / f"{name}.yaml", folder)
    file = folder / "hotline.yaml"
    text = file.read_text("utf-8")
    file.write_text(re.sub(r"^menu: .*$", "menu: [refund]", text, flags=re.MULTILINE), "utf-8")
    return folder


@asynccontextmanager
async def publisher_here(settings: Settings) -> AsyncIterator[Here]:
    """Have a publisher that serves the working folder while inside."""
    library, broken = MemoryLibrary(), list[str]()
    publication, first = await first_to_serve(library, settings)

    @asynccontextmanager
    async def mind_of(version: Version) -> AsyncIterator[Dialog]:
        if any(word in version.flows.hotline.wording.greeting.en for word in broken):
            raise EngineUnavailable("dialog", "Rasa's training failed.")
        yield ScriptedDialog()

    dialog, voice = VersionedDialog(mind_of), Voice()
    await dialog.prepare(first)
    dialog.serve(first.name)
    opener = make_opener(settings, first.flows, MemoryStore(), first.name)
    hearers = Hearers()
    await hearers.prepare(first)
    hearers.serve(first.name)
    readers = Readers(dialog, voice, opener, hearers)
    publisher = Publisher(library, settings, readers, (publication, first))
    yield Here(settings, library, voice, dialog, hearers, publisher, broken)
    await dialog.aclose()


def edited(settings: Settings, greeting: str) -> Mapping[str, str]:
    files = read_folder(settings.flows_dir)
    old = "Hello, how can I help you?"
    assert old in files["hotline.yaml"]
    return files | {"hotline.yaml": files["hotline.yaml"].replace(old, greeting)}
