"""Which calls ring, talk and were on which agent's phone: what the agents' page shows. In memory.

A restarted hotline begins with an empty list: conversations that it sees out are not shown.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from ivr.domain import CallInfo, HandOver

MOST_KEPT: Final = 5
"""Calls kept for each phone, the current one included."""


class Stage(StrEnum):
    """How far a call is on an agent's phone."""

    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"
    MISSED = "missed"  # this phone did not take it: declined, busy, or rang out


@dataclass(frozen=True, slots=True)
class AgentCall:
    """One call on one agent's phone; `since` is when the stage began."""

    info: CallInfo
    told: HandOver
    stage: Stage
    since: datetime


class AgentCalls:
    """The latest calls of each extension."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._calls: dict[str, tuple[AgentCall, ...]] = {}
        self._versions: dict[str, int] = {}
        self._changed = asyncio.Event()

    def of(self, extension: str) -> tuple[AgentCall, ...]:
        """Give the calls of a phone, newest first."""
        return self._calls.get(extension, ())

    def version(self, extension: str) -> int:
        """Give a number that grows with every change of a phone's calls."""
        return self._versions.get(extension, 0)

    async def changed(self, extension: str, known: int) -> None:
        """Return once the version of a phone's calls is another than the known one."""
        while self.version(extension) == known:
            await self._changed.wait()

    def rings(self, extension: str, info: CallInfo, told: HandOver) -> None:
        """Note that a phone begins to ring."""
        begun = AgentCall(info, told, Stage.RINGING, self._clock())
        self._put(extension, (begun, *self.of(extension)))

    def moved(self, extension: str, call_id: str, stage: Stage) -> None:
        """Note how a call on a phone goes on; one that is unknown there changes nothing."""
        calls = list(self.of(extension))
        for at, call in enumerate(calls):
            if call.info.call_id == call_id:
                calls[at] = replace(call, stage=stage, since=self._clock())
                self._put(extension, tuple(calls))
                return

    def _put(self, extension: str, calls: tuple[AgentCall, ...]) -> None:
        self._calls[extension] = calls[:MOST_KEPT]
        self._versions[extension] = self.version(extension) + 1
        self._changed.set()
        self._changed = asyncio.Event()
