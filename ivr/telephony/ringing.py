"""Agents' phones: who is rung, in which order, and what came of it."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field

from ivr import log
from ivr.config.settings import AgentPhone, Telephony
from ivr.domain import CallInfo, HandOver
from ivr.errors import AgentUnavailable, CallGone, EngineRejected
from ivr.telephony import hand_over as handing
from ivr.telephony.ari import Ari, Refused
from ivr.telephony.ari_models import Endpoint
from ivr.telephony.channel_watch import ChannelWatch, Watches, first_of
from ivr.telephony.media_doors import MediaDoor, started
from ivr.telephony.salvage import AGENT

_log = log.get(__name__)


@dataclass(slots=True)
class Desk:
    """What all calls of one exchange share."""

    ari: Ari
    telephony: Telephony
    door: MediaDoor
    watches: Watches
    tasks: asyncio.TaskGroup
    rung_at: dict[str, float] = field(default_factory=dict)


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

    async def on_duty(self, queue: str) -> list[AgentPhone]:
        """Give the queue's registered phones in the order in which to ring them.

        Raises AgentUnavailable when there is none.
        """
        serving = [agent for agent in self._desk.telephony.agents if queue in agent.queues]
        states = await asyncio.gather(*(self._endpoint(agent) for agent in serving))
        duties = [
            handing.duty(agent, state, self._desk.rung_at.get(agent.extension, 0.0))
            for agent, state in zip(serving, states, strict=True)
        ]
        if not (agents := handing.in_turn(duties, self._info.language)):
            raise AgentUnavailable("nobody_on_duty")
        return agents

    async def first_who_answers(
        self, agents: list[AgentPhone], hand_over: HandOver
    ) -> AsteriskAgent:
        """Ring one after the other; raises AgentUnavailable or CallGone."""
        queue = self._desk.telephony.queues[hand_over.queue]
        reasons: list[str] = []
        try:
            async with asyncio.timeout(queue.wait_s):
                for phone in agents:
                    try:
                        return await self._ring(phone, hand_over, queue.ring_s)
                    except AgentUnavailable as refusal:
                        _log.info("agent_unavailable", reason=refusal.reason, **self._who(phone))
                        reasons.append(refusal.reason)
        except TimeoutError:
            reasons.append("no_answer")
        raise AgentUnavailable(handing.summed_up(reasons))

    async def drop_all(self) -> None:
        """Hang up every phone that still rings or talks."""
        for leg in list(self.legs):
            await self._drop(leg)

    async def _endpoint(self, agent: AgentPhone) -> Endpoint:
        try:
            return await self._ari.endpoint(agent.extension)
        except Refused:  # Asterisk does not know this phone (yet): nobody can be reached there
            return Endpoint(resource=agent.extension)

    async def _ring(self, phone: AgentPhone, hand_over: HandOver, ring_s: float) -> AsteriskAgent:
        leg = AGENT + uuid.uuid4().hex
        watch = self.legs[leg] = self._desk.watches.add(leg)
        self._desk.rung_at[phone.extension] = time.monotonic()
        try:
            await self._dial(phone, watch, hand_over, ring_s)
            async with asyncio.timeout(ring_s + self._ari.access.deadline_s):
                await first_of(watch.answered, watch.destroyed, self._caller.gone)
            self._require_answer(watch)
        except (TimeoutError, EngineRejected) as error:
            await self._drop(leg)
            reason = "no_answer" if isinstance(error, TimeoutError) else "unreachable"
            raise AgentUnavailable(reason) from error
        except BaseException:
            await self._drop(leg)
            raise
        _log.info("agent_answered", **self._who(phone))
        return AsteriskAgent(phone.extension, watch, self._caller)

    def _require_answer(self, watch: ChannelWatch) -> None:
        if self._caller.gone.is_set():
            raise CallGone("the caller has hung up")
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
