"""Agents' phones: who is rung, in which order, and what came of it."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ivr import log
from ivr.config.telephony import AgentPhone, Telephony
from ivr.domain import CallInfo, HandOver
from ivr.errors import AgentUnavailable, CallGone, EngineRejected
from ivr.telephony import hand_over as handing
from ivr.telephony.agent_calls import AgentCalls, Stage, Waiting
from ivr.telephony.ari import Ari, Refused
from ivr.telephony.ari_models import Endpoint
from ivr.telephony.channel_watch import ChannelWatch, Watches, first_of
from ivr.telephony.media_doors import MediaDoor, started
from ivr.telephony.salvage import AGENT
from ivr.telephony.scope import Work, alone
from ivr.telephony.waiting import Place, WaitingLine

_log = log.get(__name__)

Connect = Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class Desk:
    """What all calls of one exchange share."""

    ari: Ari
    telephony: Telephony
    door: MediaDoor
    watches: Watches
    tasks: asyncio.TaskGroup
    rung_at: dict[str, float] = field(default_factory=dict)
    line: WaitingLine = field(default_factory=WaitingLine)
    agent_calls: AgentCalls = field(default_factory=AgentCalls)

    def begin(self, work: Work, name: str) -> None:
        """Do something for one call, beside all that others do."""
        self.tasks.create_task(alone(work, name))


class AsteriskAgent:
    """A person who has taken the call; `leg` is the channel of their phone."""

    def __init__(self, extension: str, watch: ChannelWatch, caller: ChannelWatch) -> None:
        self.extension, self.leg = extension, watch.channel_id
        self._watch, self._caller = watch, caller

    async def left(self) -> None:
        """Return when the conversation is over, whoever ended it."""
        await first_of(self._watch.gone, self._caller.gone)


class Ringing:
    """The agents' legs of one call."""

    def __init__(self, info: CallInfo, caller: ChannelWatch, desk: Desk) -> None:
        self.legs: dict[str, ChannelWatch] = {}
        self._info, self._caller, self._desk, self._ari = info, caller, desk, desk.ari

    async def require_somebody(self, queue: str) -> None:
        """Raise AgentUnavailable when none of the queue's phones is registered."""
        if not any(duty.is_registered for duty in await self._duties(queue)):
            raise AgentUnavailable("nobody_on_duty")

    async def first_who_answers(self, hand_over: HandOver, connect: Connect) -> AsteriskAgent:
        """Ring one after the other as they are free; raises AgentUnavailable or CallGone.

        Callers who wait for the same people are served by priority, then by arrival. `connect`
        puts the agent's leg through; one that it is refused for is like one who did not answer.
        """
        queue, line = self._desk.telephony.queues[hand_over.queue], self._desk.line
        place = line.join(is_urgent=hand_over.is_urgent)
        waiting = Waiting(self._info, hand_over, time.monotonic())
        reasons: dict[str, str] = {}
        try:
            async with asyncio.timeout(queue.wait_s):
                while phone := await self._next_phone(waiting, place, frozenset(reasons)):
                    try:
                        return await self._ring(phone, hand_over, queue.ring_s, connect)
                    except AgentUnavailable as refusal:
                        _log.info("agent_unavailable", reason=refusal.reason, **self._who(phone))
                        reasons[phone.extension] = refusal.reason
                    finally:
                        line.rung(phone.extension)
        except TimeoutError:
            reasons[""] = "no_answer" if reasons else "busy"
        finally:
            line.leave(place)
            self._desk.agent_calls.waits_no_longer(self._info.call_id)
        raise AgentUnavailable(handing.summed_up(list(reasons.values())))

    async def _next_phone(
        self, waiting: Waiting, place: Place, tried: frozenset[str]
    ) -> AgentPhone | None:
        """Wait for a free phone that has not been tried; None when there is none to wait for."""
        while True:
            untried = [
                duty
                for duty in await self._duties(waiting.told.queue)
                if duty.is_registered and duty.agent.extension not in tried
            ]
            if not untried:
                return None
            phones = handing.in_turn(untried, self._info.language)
            by_extension = {phone.extension: phone for phone in phones}
            free = {duty.agent.extension for duty in untried if duty.is_free}
            in_turn = [extension for extension in by_extension if extension in free]
            taken = self._desk.line.take(place, in_turn, frozenset(by_extension))
            if taken is not None:
                self._desk.agent_calls.waits_no_longer(self._info.call_id)
                return by_extension[taken]
            self._desk.agent_calls.waits(waiting)
            await self._desk.line.changed()
            self._require_caller()

    async def _duties(self, queue: str) -> list[handing.Duty]:
        serving = [agent for agent in self._desk.telephony.agents if queue in agent.queues]
        states = await asyncio.gather(*(self._endpoint(agent) for agent in serving))
        return [
            handing.duty(agent, state, self._desk.rung_at.get(agent.extension, 0.0))
            for agent, state in zip(serving, states, strict=True)
        ]

    async def drop_all(self) -> None:
        """Hang up every phone that still rings or talks."""
        for leg in list(self.legs):
            await self._drop(leg)

    async def _endpoint(self, agent: AgentPhone) -> Endpoint:
        try:
            return await self._ari.endpoint(agent.extension)
        except Refused:  # Asterisk does not know this phone (yet): nobody can be reached there
            return Endpoint(resource=agent.extension)

    async def _ring(
        self, phone: AgentPhone, hand_over: HandOver, ring_s: float, connect: Connect
    ) -> AsteriskAgent:
        leg = AGENT + uuid.uuid4().hex
        watch = self.legs[leg] = self._desk.watches.add(leg)
        self._desk.rung_at[phone.extension] = time.monotonic()
        calls, call_id = self._desk.agent_calls, self._info.call_id
        calls.rings(phone.extension, self._info, hand_over)
        try:
            await self._dial(phone, watch, hand_over, ring_s)
            async with asyncio.timeout(ring_s + self._ari.access.deadline_s):
                await first_of(watch.answered, watch.destroyed, self._caller.gone)
            self._require_answer(watch)
            await connect(leg)
        except (TimeoutError, EngineRejected) as error:
            calls.moved(phone.extension, call_id, self._not_taken(error))
            await self._drop(leg)
            self._require_caller()
            reason = "no_answer" if isinstance(error, TimeoutError) else "unreachable"
            raise AgentUnavailable(reason) from error
        except BaseException as error:
            calls.moved(phone.extension, call_id, self._not_taken(error))
            await self._drop(leg)
            raise
        calls.moved(phone.extension, call_id, Stage.TALKING)
        _log.info("agent_answered", **self._who(phone))
        return AsteriskAgent(phone.extension, watch, self._caller)

    def _not_taken(self, error: BaseException) -> Stage:
        """Say whose doing it is that a phone has stopped to ring."""
        if self._caller.gone.is_set() or isinstance(error, CallGone):
            return Stage.CALLER_LEFT
        if isinstance(error, (AgentUnavailable, EngineRejected, TimeoutError)):
            return Stage.MISSED
        return Stage.WITHDRAWN

    def _require_caller(self) -> None:
        if self._caller.gone.is_set():
            raise CallGone("the caller has hung up")

    def _require_answer(self, watch: ChannelWatch) -> None:
        self._require_caller()
        if watch.gone.is_set() or not watch.answered.is_set():
            raise AgentUnavailable(handing.reason_of(watch.cause, watch.dial_status))

    async def _dial(
        self, phone: AgentPhone, watch: ChannelWatch, hand_over: HandOver, ring_s: float
    ) -> None:
        told = handing.headers(self._info, hand_over)
        variables = {f"PJSIP_HEADER(add,{name})": value for name, value in told.items()}
        leg, caller = watch.channel_id, self._info.call_id
        await self._ari.create(f"PJSIP/{phone.extension}", leg, caller, variables)
        await started(watch, self._ari.access.deadline_s)
        await self._ari.subscribe(leg)  # or the cause of a refusal may never reach us
        await self._ari.dial(leg, caller, ring_s)

    async def _drop(self, leg: str) -> None:
        self._desk.watches.forget(leg)
        self.legs.pop(leg, None)
        await self._ari.hang_up(leg)

    def _who(self, phone: AgentPhone) -> dict[str, str]:
        return {"call_id": self._info.call_id, "agent": phone.extension}
