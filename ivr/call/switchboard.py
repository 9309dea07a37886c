"""Takes every arriving call: one session each, as many as there is room for, none dropped."""

import asyncio
import contextlib
from collections.abc import Coroutine

from ivr import log, metrics
from ivr.call.engines import Engines, EnginesOfACall
from ivr.call.session import CallSession
from ivr.config import Settings
from ivr.domain import CallRecord, Outcome
from ivr.telephony import Call, Exchange

_log = log.get(__name__)


class Switchboard:
    """Runs the sessions of all calls."""

    def __init__(self, exchange: Exchange, engines: EnginesOfACall, settings: Settings) -> None:
        self._exchange, self._engines_of_a_call, self._settings = exchange, engines, settings
        self._queue = next(iter(settings.telephony.queues))
        self._sessions: set[CallSession] = set()
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def sessions(self) -> frozenset[CallSession]:
        """The calls being served right now."""
        return frozenset(self._sessions)

    @property
    def is_open(self) -> bool:
        """Whether new calls are taken."""
        return not self._stopping.is_set()

    def stop(self) -> None:
        """Take no more calls; `run` returns when those in progress are done or handed over.

        Callers who arrive meanwhile go to the agents' queue.
        """
        self._stopping.set()

    async def run(self) -> None:
        """Serve calls until `stop`."""
        async with asyncio.TaskGroup() as serving:
            accepting = serving.create_task(self._accept(serving))
            await self._stopping.wait()
            await self._drain()
            accepting.cancel()

    async def _accept(self, serving: asyncio.TaskGroup) -> None:
        async for call in self._exchange.calls():
            serving.create_task(self._serve(call))

    async def _serve(self, call: Call) -> None:
        with self._engines_of_a_call() as engines:
            await self._serve_with(engines, call)

    async def _serve_with(self, engines: Engines, call: Call) -> None:
        session = CallSession(call, engines, self._settings, self._queue)
        if self._is_full:
            _log.warning("call turned away", call_id=session.call_id, busy=len(self._sessions))
            await _alone(session.turn_away(), session)
            return
        self._sessions.add(session)
        self._idle.clear()
        metrics.CALLS_IN_PROGRESS.inc()
        try:
            await _alone(session.run(), session)
        finally:
            metrics.CALLS_IN_PROGRESS.dec()
            self._sessions.discard(session)
            if not self._sessions:
                self._idle.set()

    @property
    def _is_full(self) -> bool:
        is_closing = self._stopping.is_set()
        return is_closing or len(self._sessions) >= self._settings.limits.max_calls

    async def _drain(self) -> None:
        _log.info("draining", calls=len(self._sessions))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), self._settings.limits.drain_s)
        for session in self._sessions:
            session.release()
        await self._idle.wait()


async def _alone(serving: Coroutine[None, None, CallRecord], session: CallSession) -> None:
    """Let one call's bug end that call and no other: they share a TaskGroup."""
    try:
        await serving
    except Exception as error:  # noqa: BLE001  # the border of a call
        _log.error("session failed", call_id=session.call_id, error=type(error).__name__)
        metrics.CALLS.labels(Outcome.FAILED.value).inc()
