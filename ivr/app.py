"""The composition root: settings in, a running hotline out.

The only file that names concrete engines. Parts start in the order in which they need each
other and stop in the reverse one; calls are drained before anything they use goes away.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ivr import log
from ivr.asr.models import inspect
from ivr.asr.school import School
from ivr.asr.vosk import VoskRecognizer
from ivr.audio.speech import SpeechDetector, find_voice_net
from ivr.call import ear_state, published, publishing
from ivr.call.afterwards import Afterwards
from ivr.call.completeness import learn
from ivr.call.engines import Engines, Nobody, Observer
from ivr.call.hearing import Hearing, Hearings
from ivr.call.known_sentences import known_sentences
from ivr.call.learning import Learning
from ivr.call.offers import running_opener
from ivr.call.own_voice import OwnVoice
from ivr.call.switchboard import Switchboard
from ivr.config import Settings
from ivr.dialog.make import running_dialog
from ivr.dialog.version import Version
from ivr.dialog.wording import fixed_prompts
from ivr.domain import Language
from ivr.errors import EngineError
from ivr.store import retention
from ivr.store.callers import load_keys
from ivr.store.library import SqlLibrary
from ivr.store.sql import SqlStore, open_store
from ivr.telephony import asterisk, exchange
from ivr.telephony.scope import kept_up, task_scope
from ivr.telephony.secret_files import secret, sip_password
from ivr.tts.make import make_synthesizer
from ivr.web import health
from ivr.web.agents import AgentsPage
from ivr.web.events import EventsPage
from ivr.web.flows import FlowsPage
from ivr.web.status import CallStatus, FlowsStatus, HotlineStatus, Observed, PhoneState, describe

_log = log.get(__name__)
_RESTART_S = 1.0

Progress = Callable[[str], None]


@dataclass
class Hotline:
    """A hotline that takes calls."""

    settings: Settings
    store: SqlStore
    line: exchange.AsteriskExchange
    switchboard: Switchboard
    publisher: publishing.Publisher
    hearings: Hearings
    started_at: datetime

    def stop(self) -> None:
        """Take no more calls; the block of `running` ends when the others are over."""
        self.switchboard.stop()

    async def status(self, engines: Mapping[str, bool]) -> HotlineStatus:
        """Tell what it is doing, for `/status`."""
        now = asyncio.get_running_loop().time()
        calls = [
            CallStatus(each.call_id, each.state.name.lower(), round(now - each.began_at, 1))
            for each in self.switchboard.sessions
        ]
        observed = Observed(
            started_at=self.started_at,
            taking_calls=self.switchboard.is_open,
            calls=calls,
            phones=await self._phones(),
            engines=engines,
            flows=self._flows(),
        )
        return describe(self.settings, observed)

    def _flows(self) -> FlowsStatus:
        now = self.publisher.serving
        at = now.at.isoformat(timespec="seconds")
        calls = self.publisher.calls
        ears = [ear_state.as_values(each) for each in self.publisher.ears]
        former = self.hearings.calls_on_former
        return FlowsStatus(now.version, now.number, at, now.by, calls, ears, former)

    async def _phones(self) -> dict[str, PhoneState]:
        agents = [agent.extension for agent in self.settings.telephony.agents]
        try:
            return {
                each: PhoneState(state) for each, state in (await self.line.phones(agents)).items()
            }
        except EngineError:
            return {}  # the status then says "unknown"


@asynccontextmanager
async def running(
    settings: Settings,
    progress: Progress = lambda _: None,
    observer: Observer | None = None,
) -> AsyncIterator[Hotline]:
    """Start everything, take calls while the block runs, drain and stop everything.

    Raises ConfigError for what a person must mend, EngineError for what does not come up.
    """
    async with AsyncExitStack() as stack:
        progress("memory")
        store = await stack.enter_async_context(open_store(settings.store))
        keys = load_keys(settings.store.secret_file)
        # First, because it is up in no time: who calls while the rest starts reaches an agent,
        # and a port that is taken is told at once.
        progress("line (Asterisk)")
        await stack.enter_async_context(_supervised_asterisk(settings))
        progress("ear")
        recognizer = await asyncio.to_thread(VoskRecognizer.from_settings, settings)
        stack.callback(recognizer.close)
        net = await asyncio.to_thread(find_voice_net, settings)
        progress("voice")
        voice = await stack.enter_async_context(make_synthesizer(settings))
        progress("mind (Rasa)")
        library = SqlLibrary(store.database)
        publication, version = await publishing.first_to_serve(library, settings)
        flows = version.flows
        dialog = await stack.enter_async_context(running_dialog(settings, keys.key_of, version))
        await voice.render_ahead(fixed_prompts(flows))
        own_voice = OwnVoice(voice)
        afterwards = Afterwards(store, own_voice.take_rendered)
        connecting = exchange.connected(settings, keys.key_of, afterwards.recorded)
        line = await stack.enter_async_context(connecting)
        opener = await stack.enter_async_context(
            running_opener(settings, flows, store, version.name)
        )
        learning = await _learning(settings, recognizer, version)
        readers = publishing.Readers(dialog, voice, opener, learning)
        publisher = publishing.Publisher(library, settings, readers, (publication, version))
        engines = Engines(
            recognizer=recognizer,
            dialog=dialog,
            voice=own_voice,
            store=store,
            opener=opener,
            detector=partial(SpeechDetector, settings.hearing, net),
            observer=observer or Nobody(),
        )
        switchboard = Switchboard(line, partial(learning.hearings.lend, engines), settings)
        hotline = Hotline(
            settings, store, line, switchboard, publisher, learning.hearings, datetime.now(UTC)
        )
        probes: dict[str, health.Probe] = {
            "asterisk": line,
            "dialog": dialog,
            "ear": learning.hearings,
            "voice": voice,
            "store": store,
        }
        pages = health.Pages(probes, hotline.status, lambda: hotline.switchboard.is_open)
        progress("health pages")
        events = EventsPage(store, secret(settings.state_dir / "secrets" / "events"))
        publishing_page = FlowsPage(publisher, secret(settings.state_dir / "secrets" / "flows"))
        agents = AgentsPage(
            line.agent_calls,
            store,
            lambda: publisher.flows,
            settings.telephony.agents,
            partial(sip_password, settings.state_dir),
        )
        more = [*events.routes(), *publishing_page.routes(), *agents.routes()]
        await stack.enter_async_context(health.serve(settings.web, pages, more))
        async with task_scope() as serving:
            purge = partial(
                retention.keep_purging, store.database, settings.store, settings.recording
            )
            serving.create_task(kept_up(purge, "purge"))
            serving.create_task(kept_up(publisher.follow, "follow"))
            serving.create_task(kept_up(learning.run, "learning"))
            measuring = serving.create_task(afterwards.run())
            serving_calls = serving.create_task(hotline.switchboard.run())
            yield hotline
            hotline.stop()
            await serving_calls
            afterwards.close()
            await measuring


async def _learning(settings: Settings, recognizer: VoskRecognizer, version: Version) -> Learning:
    """Hear a version as well as the ears there are can; `Learning.run` teaches them the rest."""
    school = await asyncio.to_thread(School.from_settings, settings)
    learning = Learning(
        school,
        partial(open_ears, recognizer),
        Hearings(Hearing(recognizer)),
        published.unpacked_in(settings),
    )
    endings = await asyncio.to_thread(learn, known_sentences(version.flows))
    await learning.prepare_first(version, endings)
    learning.serve(version.name)
    return learning


def open_ears(recognizer: VoskRecognizer, models: Mapping[Language, Path]) -> VoskRecognizer:
    """Give a recognizer of these models in the threads of another. Raises ConfigError."""
    return recognizer.with_models({each: inspect(path) for each, path in models.items()})


@asynccontextmanager
async def _supervised_asterisk(settings: Settings) -> AsyncIterator[None]:
    """Keep Asterisk up: one that dies is started again, and the line finds it by itself."""
    is_up = asyncio.Event()
    async with task_scope() as keeping:
        keeping.create_task(_keep_asterisk(settings, is_up))
        await is_up.wait()
        yield


async def _keep_asterisk(settings: Settings, is_up: asyncio.Event) -> None:
    while True:
        async with asterisk.running(settings) as running_asterisk:
            is_up.set()
            await running_asterisk.died()
        _log.error("asterisk died", restart_in_s=_RESTART_S)
        await asyncio.sleep(_RESTART_S)
