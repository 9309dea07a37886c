"""A memory that forgets when the process ends, for scenarios and for trying things out."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

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
from ivr.errors import EngineRejected, EngineUnavailable
from ivr.store import HISTORY_LIMIT, CallBack, CallFilter, EarFigures, KeptCall, KeptOpening
from ivr.store.records import RESOLVED


@dataclass
class MemoryStore:
    """Keeps `CallStore`, `CallerMemory` and `CallArchive` in dictionaries.

    Set `broken` to let every method raise EngineUnavailable. Texts are kept as given, so that
    a scenario can look at them: redaction belongs to what writes to disk.
    """

    broken: bool = False
    _calls: dict[str, KeptCall] = field(default_factory=dict[str, KeptCall])
    _turns: dict[str, dict[int, Turn]] = field(default_factory=dict[str, dict[int, Turn]])
    _languages: dict[str, Language] = field(default_factory=dict[str, Language])
    _states: dict[str, CallerState] = field(default_factory=dict[str, CallerState])
    _events: dict[str, CallerEvent] = field(default_factory=dict[str, CallerEvent])
    _wishes: dict[int, CallBack] = field(default_factory=dict[int, CallBack])
    _asked: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    _met: set[int] = field(default_factory=set[int])

    # --- CallStore

    async def begin(self, info: CallInfo) -> None:
        """Note that a call has arrived."""
        self._check()
        self._calls[info.call_id] = KeptCall(
            info.call_id, info.caller_key, info.dialled, info.language, info.arrived_at
        )

    async def note_opening(
        self, call_id: str, opening: Opening, prediction: Prediction, flows_version: str = ""
    ) -> None:
        """Keep how the call was greeted."""
        kept = KeptOpening(
            opening, prediction.candidates, prediction.model, flows_version, prediction.evidence
        )
        self._calls[call_id] = replace(self._known(call_id), opening=kept)

    async def add_turn(self, call_id: str, turn: Turn) -> None:
        """Keep one turn."""
        self._known(call_id)
        self._turns.setdefault(call_id, {})[turn.number] = turn

    async def finish(self, record: CallRecord) -> None:
        """Complete the call's record."""
        self._check()
        begun = self._calls.get(record.call_id)
        self._calls[record.call_id] = _finished(record, begun)
        if not record.caller_key:
            return
        changed = begun is not None and begun.language is not record.language
        if changed or record.caller_key in self._languages:
            self._languages[record.caller_key] = record.language

    async def note_ear(self, call_id: str, figures: EarFigures) -> None:
        """Keep what a call was like at the caller's ear."""
        self._check()
        if call_id in self._calls:
            self._calls[call_id] = replace(self._calls[call_id], ear=figures)

    async def history(self, caller_key: str) -> Sequence[PastCall]:
        """Give the caller's latest finished calls, oldest first."""
        self._check()
        if not caller_key:
            return []
        calls = sorted(self._of(caller_key), key=lambda call: call.arrived_at)
        past = [
            PastCall(call.arrived_at, call.question, call.outcome in RESOLVED)
            for call in calls
            if call.outcome is not None
        ]
        return past[-HISTORY_LIMIT:]

    async def language(self, caller_key: str) -> Language | None:
        """Give the language the caller last chose to speak."""
        self._check()
        return self._languages.get(caller_key)

    async def ask_call_back(self, info: CallInfo, queue: str, number: str = "") -> int:
        """Note the wish to be called back."""
        self._known(info.call_id)
        if not (number or info.caller):
            raise EngineRejected("store", "no number to call back is known")
        wish = self._asked.setdefault((info.call_id, queue), len(self._asked) + 1)
        if wish not in self._met:
            before = self._wishes.get(wish)
            asked_at = before.asked_at if before else datetime.now(UTC)
            self._wishes[wish] = CallBack(
                wish, info.call_id, number or info.caller, queue, info.language, asked_at
            )
        return wish

    async def is_healthy(self) -> bool:
        """Whether it could write right now."""
        return not self.broken

    # --- CallerMemory

    async def caller_state(self, caller_key: str) -> CallerState | None:
        """Give what the predictor last saved about a caller."""
        self._check()
        return self._states.get(caller_key)

    async def save_caller_state(self, caller_key: str, state: CallerState) -> None:
        """Replace what is saved about a caller."""
        self._check()
        if caller_key:
            self._states[caller_key] = state

    async def add_event(self, event: CallerEvent) -> bool:
        """Keep an event once."""
        self._check()
        return self._events.setdefault(event.source_id, event) is event

    async def events(self, caller_key: str, since: datetime) -> Sequence[CallerEvent]:
        """Give a caller's events from `since` on, oldest first."""
        self._check()
        wanted = [e for e in self._events.values() if e.caller_key == caller_key and e.at >= since]
        return sorted(wanted, key=lambda event: event.at)

    # --- CallArchive

    async def calls(self, wanted: CallFilter) -> Sequence[KeptCall]:
        """Give calls, newest first."""
        self._check()
        found = [self._counted(call) for call in self._calls.values() if _matches(call, wanted)]
        return sorted(found, key=lambda call: call.arrived_at, reverse=True)[: wanted.limit]

    async def finished(self, latest: int) -> AsyncIterator[KeptCall]:
        """Give the latest calls that have ended, oldest first."""
        self._check()
        ended = [call for call in self._calls.values() if call.ended_at is not None]
        ended.sort(key=lambda call: (call.arrived_at, call.call_id))
        for call in ended[max(0, len(ended) - latest) :]:
            yield self._counted(call)

    async def call(self, call_id: str) -> KeptCall | None:
        """Give one call."""
        self._check()
        found = self._calls.get(call_id)
        return self._counted(found) if found else None

    async def turns(self, call_id: str) -> Sequence[Turn]:
        """Give a call's turns by number."""
        self._check()
        return [turn for _, turn in sorted(self._turns.get(call_id, {}).items())]

    async def call_backs(self) -> Sequence[CallBack]:
        """Give the open wishes, oldest first."""
        self._check()
        return list(self._wishes.values())

    async def finish_call_back(self, wish: int) -> bool:
        """Note that a wish was met."""
        self._check()
        self._met.add(wish)
        return self._wishes.pop(wish, None) is not None

    async def forget_caller(self, caller_key: str) -> Sequence[str]:
        """Delete all that is kept about a caller."""
        self._check()
        if not caller_key:
            return []
        gone = [call.call_id for call in self._of(caller_key)]
        for call_id in gone:
            del self._calls[call_id]
            self._turns.pop(call_id, None)
        self._states.pop(caller_key, None)
        self._languages.pop(caller_key, None)
        self._events = {k: e for k, e in self._events.items() if e.caller_key != caller_key}
        self._wishes = {k: w for k, w in self._wishes.items() if w.call_id not in gone}
        return gone

    # --- details

    def _check(self) -> None:
        if self.broken:
            raise EngineUnavailable("store", "switched off for this test")

    def _known(self, call_id: str) -> KeptCall:
        self._check()
        if call_id not in self._calls:
            raise EngineRejected("store", f"call {call_id} was never begun")
        return self._calls[call_id]

    def _of(self, caller_key: str) -> list[KeptCall]:
        return [call for call in self._calls.values() if call.caller_key == caller_key]

    def _counted(self, call: KeptCall) -> KeptCall:
        return replace(call, turns=len(self._turns.get(call.call_id, {})))


def _finished(record: CallRecord, begun: KeptCall | None) -> KeptCall:
    opening = begun.opening if begun and begun.opening else KeptOpening(record.opening)
    return KeptCall(
        record.call_id,
        record.caller_key,
        record.dialled,
        record.language,
        record.arrived_at,
        record.answered_at,
        record.ended_at,
        record.outcome,
        record.question,
        record.agent,
        record.flows_version,
        opening,
        begun.ear if begun else None,
    )


def _matches(call: KeptCall, wanted: CallFilter) -> bool:
    return (
        (wanted.since is None or call.arrived_at >= wanted.since)
        and (wanted.outcome is None or call.outcome is wanted.outcome)
        and (wanted.language is None or call.language is wanted.language)
        and (wanted.agent is None or call.agent == wanted.agent)
    )
