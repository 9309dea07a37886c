"""The exchange on Asterisk: calls arrive, leases are renewed, lost sockets are made good.

    async with connected(settings, caller_key) as exchange:
        async for call in exchange.calls(): ...

Every call has an attendant beside its session that frees bridge, audio and agents' legs as soon
as the caller is gone, so nothing is left behind whatever the session does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from ivr import log, metrics
from ivr.config import Settings
from ivr.domain import CallInfo, Language
from ivr.errors import EngineError, EngineTimeout
from ivr.telephony.agent_calls import AgentCalls
from ivr.telephony.ari import Access, Connected, Disconnected
from ivr.telephony.ari import connected as ari_connected
from ivr.telephony.ari_models import ApplicationReplaced, Event, StasisStart
from ivr.telephony.asterisk_config import ari_access, lease_s
from ivr.telephony.caller_id import cleaned_number
from ivr.telephony.channel_watch import Watches, first_of
from ivr.telephony.exchange_call import AsteriskCall
from ivr.telephony.hand_over import state_of
from ivr.telephony.media_doors import media_door
from ivr.telephony.recordings import Recorded, Recordings
from ivr.telephony.ringing import Desk
from ivr.telephony.salvage import Conversation, Findings, is_own_leg, sort_out
from ivr.telephony.scope import kept_up, task_scope

MOST_WAITING = 200
"""Calls that have arrived and that nobody took; the next ones go to the agents at once."""

_log = log.get(__name__)


class AsteriskExchange:
    """Keeps the promise `ivr.telephony.Exchange`; made by `connected`."""

    def __init__(
        self,
        settings: Settings,
        caller_key: Callable[[str], str],
        desk: Desk,
        recorded: Recorded,
    ) -> None:
        self._recordings = Recordings(settings.recording.directory, recorded)
        self._settings, self._caller_key, self._desk = settings, caller_key, desk
        self._ari = desk.ari
        self._calls: dict[str, AsteriskCall] = {}
        self._arriving: asyncio.Queue[AsteriskCall] = asyncio.Queue(MOST_WAITING)
        self._is_connected = asyncio.Event()
        self._strangers: set[str] = set()
        self._seen_out: set[str] = set()

    @property
    def calls_held(self) -> int:
        """Calls that hold anything in Asterisk through us."""
        return len(self._calls)

    @property
    def callers_waiting(self) -> int:
        """Callers who wait for a free agent."""
        return self._desk.line.waiting

    @property
    def agent_calls(self) -> AgentCalls:
        """What rings and talks on the agents' phones."""
        return self._desk.agent_calls

    async def calls(self) -> AsyncIterator[AsteriskCall]:
        """Give each arriving call once; survives loss of the event socket."""
        while True:
            yield await self._arriving.get()

    async def is_healthy(self) -> bool:
        """Whether calls can arrive right now."""
        if not self._is_connected.is_set():
            return False
        try:
            await self._ari.ping()
        except EngineError:
            return False
        return True

    async def phones(self, extensions: Collection[str]) -> dict[str, str]:
        """Give "free", "busy" or "offline" for each phone. Raises EngineError."""
        found = await asyncio.gather(*(self._ari.endpoint(each) for each in extensions))
        return {each: state_of(end) for each, end in zip(extensions, found, strict=True)}

    # --- for `connected` -----------------------------------------------------------------

    async def ready(self) -> None:
        """Return when calls can arrive for the first time; raises EngineTimeout."""
        try:
            async with asyncio.timeout(self._ari.access.deadline_s):
                await self._is_connected.wait()
        except TimeoutError as error:
            raise EngineTimeout("asterisk", "the event socket did not open") from error

    async def listen(self) -> None:
        """Follow Asterisk's events for ever."""
        async for event in self._ari.events():
            match event:
                case Connected():
                    await self._catch_up()
                    self._is_connected.set()
                    _log.info("event_socket_up", calls=len(self._calls))
                case Disconnected():
                    self._is_connected.clear()
                    metrics.EVENT_SOCKET_DROPS.inc()
                    _log.error("event_socket_lost", calls=len(self._calls))
                case ApplicationReplaced():
                    metrics.CONTROLLERS_COLLIDED.inc()
                    _log.critical("another_controller_took_our_events", app=self._ari.access.app)
                case StasisStart() if not is_own_leg(event.subject):
                    self._arrive(event)
                case Event():
                    self._desk.watches.tell(event)

    async def keep(self) -> None:
        """Renew leases once a heartbeat, and wait for nothing else: callers would be lost."""
        lease = lease_s(self._settings.telephony)
        while True:
            calls = list(self._calls.values())
            await asyncio.gather(*(call.renew_lease(lease) for call in calls))
            await asyncio.sleep(self._ari.access.heartbeat_s)

    async def tidy(self) -> None:
        """Collect what nobody serves, finish old recordings, with a heartbeat between."""
        while True:
            await self._collect_orphans()
            await self._finish_recordings()
            await asyncio.sleep(self._ari.access.heartbeat_s)

    # --- arriving and leaving ------------------------------------------------------------

    def _arrive(self, event: StasisStart) -> None:
        watch = self._desk.watches.add(event.channel.id)
        watch.tell(event)
        try:
            info = self._info(event)
        except ValueError:
            _log.error("call_without_number_or_language", call_id=event.channel.id)
            self._desk.begin(partial(self._give_back, event.channel.id, "misdirected"), "give back")
            return
        call = AsteriskCall(info, watch, self._desk)
        if self._arriving.full():
            self._desk.begin(partial(self._give_back, event.channel.id, "overrun"), "give back")
            return
        self._calls[info.call_id] = call
        self._desk.begin(partial(self._attend, call), "attend")
        self._arriving.put_nowait(call)

    def _info(self, event: StasisStart) -> CallInfo:
        dialled, language = event.args
        caller = cleaned_number(event.channel.caller.number)
        return CallInfo(
            call_id=event.channel.id,
            caller=caller,
            caller_key=self._caller_key(caller),
            dialled=dialled,
            language=Language(language),
            arrived_at=datetime.now(UTC),
        )

    async def _attend(self, call: AsteriskCall) -> None:
        try:
            await call.attend()
            if call.is_over:
                await self._recordings.finish(call.info.call_id, call.clock)
        finally:
            self._calls.pop(call.info.call_id, None)
            call.freed.set()

    async def _give_back(self, channel_id: str, why: str) -> None:
        metrics.CALLS_RELEASED.labels(why).inc()
        try:
            await self._ari.continue_in_dialplan(channel_id)
        except EngineError as error:
            _log.warning("call_not_given_back", call_id=channel_id, problem=error.problem)
        finally:
            self._desk.watches.forget(channel_id)

    # --- making good ---------------------------------------------------------------------

    async def _catch_up(self) -> None:
        """Learn which channels ended or were answered while no events came."""
        try:
            self._desk.watches.reconcile(await self._ari.channels())
        except EngineError as error:
            _log.warning("not_caught_up", problem=error.problem)

    async def _collect_orphans(self) -> None:
        """Bring Asterisk's picture and ours together; see `salvage`."""
        served = self._held()  # a call that ends while we ask is in the picture and no orphan
        try:
            application = await self._ari.application()
            channels = await self._ari.channels()
            bridges = await self._ari.bridges()
            findings = sort_out(application, channels, bridges, served | self._held())
            await self._deal_with(findings)
        except EngineError as error:
            _log.warning("orphans_not_collected", problem=error.problem)

    def _held(self) -> set[str]:
        """Give the ids of all that is served or seen out."""
        return self._seen_out.union(*(call.channels for call in self._calls.values()))

    async def _deal_with(self, findings: Findings) -> None:
        # A caller who has just arrived is in the list before its event has reached us: only
        # one who is still nobody's a heartbeat later is stranded.
        for caller in self._strangers.intersection(findings.release):
            _log.warning("stranded_call_released", call_id=caller)
            await self._give_back(caller, "stranded")
        self._strangers = set(findings.release)
        for talk in findings.conversations:
            _log.warning("conversation_adopted", call_id=talk.caller_id)
            self._seen_out |= {talk.bridge_id, talk.caller_id, talk.agent_id}
            self._desk.begin(partial(self._see_out, talk), "see out")
        for leg in findings.hang_up:
            await self._ari.hang_up(leg)
        for bridge in findings.take_down:
            await self._ari.destroy_bridge(bridge)

    async def _see_out(self, talk: Conversation) -> None:
        """End a conversation that outlived its controller when either side hangs up."""
        ids = (talk.caller_id, talk.agent_id)
        try:
            watches = [self._desk.watches.add(each) for each in ids]
            for watch in watches:
                watch.started.set()
            # Either may have hung up before anybody watched, and no event is told again.
            living = {channel.id for channel in await self._ari.channels()}
            for watch in watches:
                if watch.channel_id not in living:
                    watch.lose()
            await first_of(*(watch.gone for watch in watches))
            for each in ids:
                await self._ari.hang_up(each)
            await self._ari.destroy_bridge(talk.bridge_id)
        except EngineError as error:
            _log.warning("conversation_not_freed", call_id=talk.caller_id, problem=error.problem)
        finally:
            self._seen_out -= {talk.bridge_id, *ids}
            for each in ids:
                self._desk.watches.forget(each)

    async def _finish_recordings(self) -> None:
        """Finish what no attendant did: calls that agents took by dialplan, or cut by a crash."""
        if not await self._recordings.unfinished(self._calls):
            return
        try:
            living = {channel.id for channel in await self._ari.channels()}
        except EngineError:
            return
        for call_id in await self._recordings.unfinished(living.union(self._calls)):
            await self._recordings.finish(call_id)


@asynccontextmanager
async def connected(
    settings: Settings, caller_key: Callable[[str], str], recorded: Recorded = lambda _wav: None
) -> AsyncIterator[AsteriskExchange]:
    """Connect to Asterisk for the length of the block.

    `caller_key` turns a caller's number into the keyed hash that may be stored; `recorded` is
    told of every finished recording and must not wait. Raises ConfigError (wrong password,
    port taken), EngineUnavailable or EngineTimeout.
    """
    telephony = settings.telephony
    access = Access(
        url=telephony.ari_url,
        user=telephony.ari_user,
        password=ari_access(settings).password,
        app=telephony.app,
        deadline_s=telephony.deadline_s,
        heartbeat_s=telephony.heartbeat_s,
    )
    async with (
        ari_connected(access) as ari,
        media_door(telephony, ari) as door,
        task_scope() as tasks,
    ):
        desk = Desk(ari, telephony, door, Watches(), tasks)
        exchange = AsteriskExchange(settings, caller_key, desk, recorded)
        tasks.create_task(exchange.listen())
        await exchange.ready()
        tasks.create_task(kept_up(exchange.keep, "leases", access.heartbeat_s))
        tasks.create_task(kept_up(exchange.tidy, "orphans", access.heartbeat_s))
        yield exchange
