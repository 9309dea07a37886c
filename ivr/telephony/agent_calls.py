"""What agents see of the line: the calls of their own phone, and who waits for it. In memory.

A restarted hotline is given the latest calls of a phone from the store (`restored`); conversations
that it sees out are not among them.

Whoever shows this asks for what changed since the version it knows. Versions begin at the time of
the start, so that one of an earlier run is older than every one of this run.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from ivr.config.telephony import AgentPhone
from ivr.domain import CallInfo, HandOver

MOST_KEPT: Final = 5
"""Calls kept for each phone, the current one included."""


class Stage(StrEnum):
    """How far a call is on an agent's phone."""

    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"
    MISSED = "missed"  # this phone did not take it: declined, busy, or rang out
    CALLER_LEFT = "caller_left"  # the caller hung up while it rang
    WITHDRAWN = "withdrawn"  # we took it back: waited long enough, the hotline closes, or a fault


@dataclass(frozen=True, slots=True)
class AgentCall:
    """One call on one agent's phone; `since` is when the stage began.

    `number` names it among the calls of the phone, which one caller may ring twice; `version` is
    that of its last change.
    """

    info: CallInfo
    told: HandOver
    stage: Stage
    since: datetime
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller for whom no phone rings yet; the wait began at `since_s` of `time.monotonic`."""

    info: CallInfo
    told: HandOver
    since_s: float


class AgentCalls:
    """The latest calls of each phone, and the callers who wait in each queue."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._calls: dict[str, tuple[AgentCall, ...]] = {}
        self._waiting: dict[str, Waiting] = {}
        self._restored: set[str] = set()
        self._first = self._latest = int(clock().timestamp())
        self._of_phones: dict[str, int] = {}
        self._of_queues: dict[str, int] = {}
        self._changed = asyncio.Event()

    # --- for whoever shows it

    def of(self, extension: str) -> tuple[AgentCall, ...]:
        """Give the calls of a phone, newest first."""
        return self._calls.get(extension, ())

    def waiting(self, queues: Collection[str]) -> list[Waiting]:
        """Give who waits in these queues, in the order in which they will be served."""
        found = [each for each in self._waiting.values() if each.told.queue in queues]
        return sorted(found, key=lambda each: (not each.told.is_urgent, each.since_s))

    def version(self, agent: AgentPhone) -> int:
        """Give a number that grows with every change of what an agent sees."""
        queues = (self._of_queues.get(queue, self._first) for queue in agent.queues)
        return max(self._of_phones.get(agent.extension, self._first), *queues, self._first)

    def knows(self, version: int) -> bool:
        """Whether a version may be one of this run of the hotline."""
        return self._first <= version <= self._latest

    async def changed(self, agent: AgentPhone, known: int) -> None:
        """Return once the version of what an agent sees is another than the known one."""
        while self.version(agent) == known:
            await self._changed.wait()

    # --- for whoever knows

    def rings(self, extension: str, info: CallInfo, told: HandOver) -> None:
        """Note that a phone begins to ring."""
        version = self._next(self._of_phones, extension)
        begun = AgentCall(info, told, Stage.RINGING, self._clock(), version, version)
        self._calls[extension] = (begun, *self.of(extension))[:MOST_KEPT]

    def moved(self, extension: str, call_id: str, stage: Stage) -> None:
        """Note how a call on a phone goes on; one that is unknown there changes nothing."""
        calls = list(self.of(extension))
        for at, call in enumerate(calls):
            if call.info.call_id == call_id:
                version = self._next(self._of_phones, extension)
                calls[at] = replace(call, stage=stage, since=self._clock(), version=version)
                self._calls[extension] = tuple(calls)
                return

    def is_restored(self, extension: str) -> bool:
        """Whether the calls of earlier runs are among those of a phone."""
        return extension in self._restored

    def restore(self, extension: str, calls: Sequence[AgentCall]) -> None:
        """Put calls of earlier runs, newest first, behind those of this run; only once."""
        if self.is_restored(extension):
            return
        self._restored.add(extension)
        known = {call.info.call_id for call in self.of(extension)}
        for call in calls:
            if call.info.call_id not in known:
                version = self._next(self._of_phones, extension)
                old = replace(call, number=version, version=version)
                self._calls[extension] = (*self.of(extension), old)[:MOST_KEPT]

    def waits(self, waiting: Waiting) -> None:
        """Note that no phone rings for a caller; again changes nothing."""
        if waiting.info.call_id not in self._waiting:
            self._waiting[waiting.info.call_id] = waiting
            self._next(self._of_queues, waiting.told.queue)

    def waits_no_longer(self, call_id: str) -> None:
        """Note that a phone rings for a caller, or that they are gone; again changes nothing."""
        gone = self._waiting.pop(call_id, None)
        if gone is not None:
            self._next(self._of_queues, gone.told.queue)

    def _next(self, versions: dict[str, int], of: str) -> int:
        self._latest += 1
        versions[of] = self._latest
        self._changed.set()
        self._changed = asyncio.Event()
        return self._latest
