"""The memory: calls, turns and callers, kept safely and forgotten in time.

Three promises, because three kinds of people ask: a call that is being served (`CallStore`),
whoever guesses why a caller calls (`CallerMemory`), and people who look at finished calls
(`CallArchive`). `ivr.store.sql.SqlStore` (SQLite, PostgreSQL) and `ivr.sim.store.MemoryStore`
keep all three; the tests in `tests/contract/test_store.py` hold both to them. Beside them stands
the `FlowLibrary`, of what is said to callers.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain import (
    CallerEvent,
    CallerState,
    CallInfo,
    CallRecord,
    Language,
    Opening,
    PastCall,
    Prediction,
    Turn,
)
from ivr.store.records import (
    CallBack,
    CallFilter,
    EarFigures,
    KeptCall,
    KeptOpening,
    Publication,
    PublicationKind,
)

__all__ = [
    "HISTORY_LIMIT",
    "CallArchive",
    "CallBack",
    "CallFilter",
    "CallStore",
    "CallerMemory",
    "EarFigures",
    "FlowLibrary",
    "KeptCall",
    "KeptOpening",
    "Publication",
    "PublicationKind",
]

HISTORY_LIMIT = 200
"""Latest calls that `history` gives; older ones say little about the next."""


class CallStore(Protocol):
    """Keeps calls. Every text is redacted before it is written."""

    async def begin(self, info: CallInfo) -> None:
        """Note that a call has arrived. Raises EngineError, like all methods here."""
        ...

    async def note_opening(
        self, call_id: str, opening: Opening, prediction: Prediction, flows_version: str = ""
    ) -> None:
        """Keep how the call was greeted and the guess behind it; the last one counts."""
        ...

    async def add_turn(self, call_id: str, turn: Turn) -> None:
        """Write one turn at once; the same number again replaces it."""
        ...

    async def finish(self, record: CallRecord) -> None:
        """Complete the call's record, whether or not `begin` was written.

        The language at the end becomes the caller's own when it is not the one the call began
        with, or when another one is remembered.
        """
        ...

    async def note_ear(self, call_id: str, figures: EarFigures) -> None:
        """Keep what a call was like at the caller's ear; nothing happens for an unknown call."""
        ...

    async def history(self, caller_key: str) -> Sequence[PastCall]:
        """Give the caller's latest finished calls (`HISTORY_LIMIT`), oldest first.

        Empty for a withheld number.
        """
        ...

    async def language(self, caller_key: str) -> Language | None:
        """Give the language the caller last chose to speak, if any."""
        ...

    async def ask_call_back(self, info: CallInfo, queue: str, number: str = "") -> int:
        """Note the wish to be called back, at `number` or else at the caller's own.

        A call has one wish for a queue, whose id is given: the same again (a write that is
        repeated because it may have failed) adds none, the number and language given last count,
        and a wish that was met stays met. The number is kept encrypted. Raises EngineRejected
        when neither number is known.
        """
        ...

    async def is_healthy(self) -> bool:
        """Whether it could write right now; never raises."""
        ...


class CallerMemory(Protocol):
    """What is known of callers besides their calls. Methods raise EngineError."""

    async def caller_state(self, caller_key: str) -> CallerState | None:
        """Give what the predictor last saved about a caller."""
        ...

    async def save_caller_state(self, caller_key: str, state: CallerState) -> None:
        """Replace what is saved about a caller; nothing happens for a withheld number."""
        ...

    async def add_event(self, event: CallerEvent) -> bool:
        """Keep an event; gives False, and keeps the first, when its `source_id` is known."""
        ...

    async def events(self, caller_key: str, since: datetime) -> Sequence[CallerEvent]:
        """Give a caller's events from `since` on, oldest first."""
        ...


class CallArchive(Protocol):
    """Finished and running calls, for people. Methods raise EngineError."""

    async def calls(self, wanted: CallFilter) -> Sequence[KeptCall]:
        """Give calls, newest first."""
        ...

    def finished(self, latest: int) -> AsyncIterator[KeptCall]:
        """Give the latest so many calls that have ended, oldest first.

        Read some at a time, for those who would otherwise hold a year of calls.
        """
        ...

    async def call(self, call_id: str) -> KeptCall | None:
        """Give one call."""
        ...

    async def turns(self, call_id: str) -> Sequence[Turn]:
        """Give a call's turns by number; texts past their time are empty."""
        ...

    async def call_backs(self) -> Sequence[CallBack]:
        """Give the wishes to be called back that are still open, oldest first."""
        ...

    async def finish_call_back(self, wish: int) -> bool:
        """Note that a wish was met and forget its number; gives False for an unknown id."""
        ...

    async def forget_caller(self, caller_key: str) -> Sequence[str]:
        """Delete all that is kept about a caller; gives the call ids, for the recordings."""
        ...


class FlowLibrary(Protocol):
    """The published versions of the flows, shared by all machines of a hotline.

    `ivr.store.library.SqlLibrary` and `ivr.sim.library.MemoryLibrary` keep it. Methods raise
    EngineError.
    """

    async def keep_flows(self, version: str, files: Mapping[str, str]) -> None:
        """Keep the files of a version; one that is known stays as it is."""
        ...

    async def flow_files(self, version: str) -> Mapping[str, str] | None:
        """Give the files of a version, name -> text; None for one that is not kept."""
        ...

    async def publish(self, version: str, kind: PublicationKind, by: str, why: str) -> Publication:
        """Put a version before callers; raises EngineRejected when its files are not kept."""
        ...

    async def refuse(self, number: int, problem: str) -> None:
        """Note why a publication cannot be served; the one before it counts again."""
        ...

    async def publications(self, limit: int = 20) -> Sequence[Publication]:
        """Give the latest publications, newest first."""
        ...

    async def to_serve(self) -> Publication | None:
        """Give the newest publication that was not refused; None when there is none."""
        ...
