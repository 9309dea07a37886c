"""One caller on Asterisk: picked up, put through, hung up, and everything freed afterwards.

The mixing bridge is the call. While it rings, bridge and audio are made ready; only then is the
call answered, so that pick-up and media-up are the same moment. For a transfer the audio leaves
the bridge, music takes its place, and an agent takes the place of the music.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import partial

from ivr import log, metrics
from ivr.domain import CallInfo, HandOver
from ivr.errors import CallGone, EngineError
from ivr.telephony.agent_calls import Stage
from ivr.telephony.ari import Refused
from ivr.telephony.call_clock import CallClock
from ivr.telephony.channel_watch import ChannelWatch
from ivr.telephony.media_doors import LineMedia
from ivr.telephony.ringing import AsteriskAgent, Desk, Ringing
from ivr.telephony.salvage import BRIDGE, MEDIA

_log = log.get(__name__)


class AsteriskCall:
    """One caller, from ringing to hang-up; keeps the promise `ivr.telephony.Call`."""

    def __init__(self, info: CallInfo, watch: ChannelWatch, desk: Desk) -> None:
        self.info = info
        self.freed = asyncio.Event()
        self._is_with_agent = self._has_no_lease = self._is_given_back = False
        self._timing = asyncio.Lock()
        self._watch, self._desk, self._ari = watch, desk, desk.ari
        self._bridge = ""
        self._media: LineMedia | None = None
        self._clocks: list[CallClock] = []
        self._media_id = ""
        self._ringing = Ringing(info, watch, desk)

    @property
    def channels(self) -> frozenset[str]:
        """Ids of all that this call holds in Asterisk, its bridge included."""
        own = {self.info.call_id, self._bridge, self._media_id, *self._ringing.legs}
        return frozenset(own - {""})

    @property
    def is_over(self) -> bool:
        """Whether the channel is no more, and does not go on in the dialplan."""
        return self._watch.destroyed.is_set()

    @property
    def clock(self) -> bytes:
        """What arrived from the caller, frame by frame (`ivr.telephony.call_clock`)."""
        return b"".join(clock.noted for clock in self._clocks)

    async def gone(self) -> None:
        """Return when the caller has hung up or was given back to the dialplan."""
        await self._watch.gone.wait()

    async def answer(self) -> LineMedia:
        """Pick up and open the audio; called again, it replaces an audio path that broke."""
        async with self._while_caller_is_there():
            await self._make_bridge()
            await self._ari.join(self._bridge, self.info.call_id)
            media = await self._open_media()
            await self._ari.join(self._bridge, self._media_id)
            await self._ari.answer(self.info.call_id)
        return media

    async def decline(self) -> None:
        """Give the call back to the dialplan, which queues it for the agents.

        One that an agent has taken this moment stays with them.
        """
        if self._watch.gone.is_set() or self._is_with_agent:
            return
        async with self._while_caller_is_there():
            self._is_given_back = True
            await self._ari.continue_in_dialplan(self.info.call_id)
        await self._wait_until_freed()

    async def hang_up(self) -> None:
        """End the call and free all it holds; harmless when already ended, or Asterisk is.

        A caller who went on in the dialplan (given back, or the lease ran out while we hung) waits
        for a person there or talks to one: they are not ours to hang up any more.
        """
        if not self._watch.gone.is_set():
            await self._quietly(self._ari.hang_up(self.info.call_id))
        await self._wait_until_freed()

    # --- putting through -----------------------------------------------------------------

    async def transfer(self, hand_over: HandOver) -> AsteriskAgent:
        """Ring the queue's agents in turn with music for the caller."""
        async with self._while_caller_is_there():
            await self._ringing.require_somebody(hand_over.queue)
            await self._make_bridge()
            try:
                await self._hold()
                agent = await self._ringing.first_who_answers(hand_over, self._connect)
            except BaseException:
                await self._resume()
                raise
        await self._leave_alone(agent)
        return agent

    async def _hold(self) -> None:
        if self._media_id:
            await self._ari.part(self._bridge, self._media_id)
        await self._ari.start_music(self._bridge)

    async def _resume(self) -> None:
        """Bring the caller back to us, as far as there still is a caller."""
        if self._watch.gone.is_set():
            return
        try:
            await self._ari.stop_music(self._bridge)
            if self._media_id:
                await self._ari.join(self._bridge, self._media_id)
        except EngineError as error:  # the reason why we are here matters more to the session
            _log.warning("caller_not_brought_back", problem=error.problem, **self._who())

    async def _connect(self, leg: str) -> None:
        """Let caller and agent hear each other; music again for one whose agent is gone already."""
        await self._ari.stop_music(self._bridge)
        try:
            await self._ari.join(self._bridge, leg)
        except Refused:
            await self._quietly(self._ari.start_music(self._bridge))
            raise

    async def _leave_alone(self, agent: AsteriskAgent) -> None:
        """They hear each other: whatever fails from here on, our failures must not part them."""
        self._desk.begin(partial(self._end_with, agent), "agent")
        self._is_with_agent = True
        await self._set_free()
        await self._quietly(self._close_media())

    async def _end_with(self, agent: AsteriskAgent) -> None:
        await agent.left()
        self._desk.line.look_again()
        self._desk.agent_calls.moved(agent.extension, self.info.call_id, Stage.ENDED)
        await self._quietly(self._ari.hang_up(self.info.call_id))

    # --- making and freeing --------------------------------------------------------------

    async def _make_bridge(self) -> None:
        if not self._bridge:
            self._bridge = BRIDGE + self.info.call_id
            await self._ari.create_bridge(self._bridge)

    async def _open_media(self) -> LineMedia:
        await self._close_media()
        self._media_id = MEDIA + uuid.uuid4().hex
        watch = self._desk.watches.add(self._media_id)
        try:
            self._media = media = await self._desk.door.open(watch, self._watch.gone)
            self._clocks.append(media.clock)
            self._desk.begin(media.run, "media")
            if self._watch.gone.is_set():  # the attendant has freed already, so nobody else will
                raise CallGone("the caller has hung up")
        except BaseException:
            await self._close_media()
            raise
        return media

    async def _close_media(self) -> None:
        media, media_id = self._media, self._media_id
        self._media, self._media_id = None, ""
        if media:
            await media.leave()
        if media_id:
            self._desk.watches.forget(media_id)
            await self._ari.hang_up(media_id)

    async def attend(self) -> None:
        """Wait for the end and free everything; runs beside the session, whatever that does.

        Returns when the channel is no more, or is on its way through the dialplan. What Asterisk
        refuses to free now is an orphan, which the exchange collects later.
        """
        caller = self.info.call_id
        try:
            await self._quietly(self._ari.subscribe(caller))
            await self._watch.gone.wait()
            await self._quietly(self._free())
            await self._quietly(self._see_off())
        finally:
            self._desk.watches.forget(caller)

    async def _see_off(self) -> None:
        if not self._watch.is_hung_up:
            self._tell_if_lost()
            await self._ari.unsubscribe(self.info.call_id)
            return
        async with asyncio.timeout(self._ari.access.deadline_s):
            await self._watch.destroyed.wait()

    def _tell_if_lost(self) -> None:
        """Who goes on in the dialplan without our word was taken from us: we hung too long."""
        if not self._is_given_back:
            metrics.CALLS_RELEASED.labels("lease_lost").inc()
            _log.error("call_lost_to_the_agents", **self._who())

    async def _quietly(self, step: Awaitable[None]) -> None:
        try:
            await step
        except (EngineError, TimeoutError) as error:
            if not isinstance(error, Refused):  # a refusal: the caller was faster
                _log.warning("call_not_freed", error=type(error).__name__, **self._who())

    async def _free(self) -> None:
        await self._close_media()
        await self._ringing.drop_all()
        if self._bridge:
            await self._ari.destroy_bridge(self._bridge)

    async def _wait_until_freed(self) -> None:
        try:
            async with asyncio.timeout(self._ari.access.deadline_s):
                await self.freed.wait()
        except TimeoutError:
            _log.warning("call_end_not_confirmed", **self._who())
            self._watch.lose()

    async def renew_lease(self, lease_s: float) -> None:
        """Tell the dialplan that we are alive for another while.

        Also the second way to learn of a hang-up, should its event have been lost; and the second
        try to let go of a caller who talks to an agent.
        """
        if self._is_with_agent:
            await self._set_free()
        else:
            await self._set_timeout(lease_s)

    async def _set_free(self) -> None:
        """End the lease: without it our death parts nobody."""
        if not self._has_no_lease:
            self._has_no_lease = await self._set_timeout(0)

    async def _set_timeout(self, seconds: float) -> bool:
        """Say when the dialplan shall take the caller to the agents; whether Asterisk knows."""
        # One after the other, or a renewal that is on its way may arrive behind the end of it.
        async with self._timing:
            if self._watch.gone.is_set() or (seconds and self._is_with_agent):
                return False
            name = "TIMEOUT(absolute)"
            try:
                await self._ari.set_variable(self.info.call_id, name, f"{seconds:g}")
            except Refused as error:
                if error.status == 404:
                    self._watch.lose()
            except EngineError as error:
                _log.warning("lease_not_renewed", problem=error.problem, **self._who())
            else:
                return True
        return False

    @asynccontextmanager
    async def _while_caller_is_there(self) -> AsyncIterator[None]:
        """Say CallGone for every refusal that the caller's hang-up explains."""
        if self._watch.gone.is_set():
            raise CallGone("the caller has hung up")
        try:
            yield
        except EngineError as error:
            if self._watch.gone.is_set() or (isinstance(error, Refused) and error.status == 404):
                raise CallGone("the caller has hung up") from error
            metrics.ENGINE_FAILURES.labels("asterisk", type(error).__name__).inc()
            raise

    def _who(self) -> dict[str, str]:
        return {"call_id": self.info.call_id}
