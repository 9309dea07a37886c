"""The record of one call, written while it happens.

Turns go through a bounded queue to one writer task, so that a slow disk never delays an answer;
a killed process loses at most what is in that queue, which is empty most of the time.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from ivr import log, metrics
from ivr.call.engines import Observer
from ivr.call.patience import PatientWriter
from ivr.domain import (
    CallerInput,
    CallInfo,
    CallRecord,
    Happening,
    Keys,
    Language,
    Opening,
    Outcome,
    Prediction,
    Reply,
    Speaker,
    Turn,
    Utterance,
)
from ivr.store import CallStore

_log = log.get(__name__)
_MOST_TURNS = 1000  # a call of hours; beyond it something repeats itself and is not worth keeping


def text_of(said: CallerInput) -> str:
    """Give what is kept of an input; of a keypad entry only how long it was."""
    match said:
        case Utterance(text=text):
            return text
        case Keys(digits=digits):
            return f"[{digits}]" if len(digits) < 2 else f"[{len(digits)} keys]"
        case Happening():
            return f"[{said.value}]"


@dataclass(frozen=True)
class _Opened:
    opening: Opening
    prediction: Prediction
    flows_version: str


@dataclass(frozen=True)
class _CallBack:
    queue: str
    language: Language


_Note = Turn | _Opened | _CallBack


class Journal:
    """Notes who said what and when; times are seconds since the call was answered."""

    def __init__(self, info: CallInfo, store: CallStore, observer: Observer) -> None:
        self._info, self._store, self._observer = info, store, observer
        self._unwritten: asyncio.Queue[_Note | None] = asyncio.Queue(_MOST_TURNS)
        self._patiently = PatientWriter()
        self._turns = 0
        self._open_turn: Turn | None = None
        self.call_id = info.call_id
        self.answered_at: datetime | None = None
        self.question = ""
        self.last_words: deque[str] = deque(maxlen=2)
        self.agent = ""
        self.opening = Opening()
        self.flows_version = ""
        self.language: Language = info.language

    async def write(self) -> None:
        """Write what is noted until `close`; failures are counted, the call goes on."""
        await self._patiently.write("call", lambda: self._store.begin(self._info))
        while (note := await self._unwritten.get()) is not None:
            await self._patiently.write(type(note).__name__, partial(self._keep, note))

    async def _keep(self, note: "_Note") -> None:
        if isinstance(note, Turn):
            await self._store.add_turn(self.call_id, note)
        elif isinstance(note, _CallBack):
            await self._store.ask_call_back(replace(self._info, language=note.language), note.queue)
        else:
            await self._store.note_opening(
                self.call_id, note.opening, note.prediction, note.flows_version
            )

    def close(self) -> None:
        """Let `write` end once everything noted has been written."""
        while self._unwritten.full():
            self._unwritten.get_nowait()
        self._unwritten.put_nowait(None)

    async def finish(self, outcome: Outcome) -> CallRecord:
        """Complete the record in the store and give it."""
        record = CallRecord(
            call_id=self.call_id,
            caller_key=self._info.caller_key,
            dialled=self._info.dialled,
            language=self.language,
            arrived_at=self._info.arrived_at,
            answered_at=self.answered_at,
            ended_at=datetime.now(UTC),
            outcome=outcome,
            question=self.question,
            opening=self.opening,
            agent=self.agent,
            flows_version=self.flows_version,
        )
        await self._patiently.write("record", lambda: self._store.finish(record))
        return record

    def opened(self, opening: Opening, prediction: Prediction, flows_version: str = "") -> None:
        """Note how the caller was greeted and the guess behind it."""
        self.opening, self.flows_version = opening, flows_version
        self._note(_Opened(opening, prediction, flows_version))

    def caller_said(self, said: CallerInput, started_s: float, ended_s: float) -> None:
        """Note what the caller said; how it was understood follows with the reply."""
        self._turns += 1
        language = said.language if isinstance(said, Utterance) else self.language
        self._open_turn = Turn(
            self._turns, Speaker.CALLER, text_of(said), language, started_s, ended_s
        )
        self._note(self._open_turn)
        metrics.TURNS.labels(language.value, type(said).__name__.lower()).inc()

    def caller_talked_on(self) -> None:
        """Forget the caller's last turn: a longer one will take its number."""
        if self._open_turn is not None:
            self._turns = self._open_turn.number - 1
            self._open_turn = None

    def understood(self, reply: Reply) -> None:
        """Note how the caller's last turn was understood."""
        self.question = reply.question or self.question
        self.language = reply.listening.language
        if reply.call_back:
            self._note(_CallBack(reply.call_back, self.language))
        if self._open_turn is not None:
            turn = replace(self._open_turn, intent=reply.intent, confidence=reply.confidence)
            self._note(turn)
            self._observer.said(self.call_id, turn)
            self.last_words.append(turn.text)
            self._open_turn = None

    def hotline_said(
        self,
        reply: Reply,
        started_s: float,
        ended_s: float,
        *,
        silence_s: float | None,
        interrupted: bool,
    ) -> None:
        """Note what we said, how long the caller waited for it and whether they cut it."""
        self._turns += 1
        text = " ".join(prompt.text for prompt in reply.prompts)
        turn = Turn(
            self._turns,
            Speaker.HOTLINE,
            text,
            reply.listening.language,
            started_s,
            ended_s,
            intent=reply.intent,
            silence_s=silence_s,
            interrupted=interrupted,
        )
        self._note(turn)
        self._observer.said(self.call_id, turn)
        if silence_s is not None:
            metrics.SILENCE_S.observe(silence_s)

    def _note(self, note: "_Note") -> None:
        if self._unwritten.full():
            _log.warning("not kept, too many unwritten", what=type(note).__name__)
            return
        self._unwritten.put_nowait(note)
