"""A whole hotline in memory and in virtual time, and a caller to try it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field

import pytest

from ivr.call.engines import Decision, Detector, Engines
from ivr.call.switchboard import Switchboard
from ivr.config import Settings
from ivr.domain import CallInfo, CallRecord, Opening, Prompt, Turn
from ivr.sim.dialog import ScriptedDialog
from ivr.sim.ear import ScriptedRecognizer
from ivr.sim.hearing import SimDetector
from ivr.sim.line import SimCall, SimExchange
from ivr.sim.store import MemoryStore
from ivr.sim.voice import SimVoice


@dataclass
class Hotline:
    """Everything a scenario may touch."""

    settings: Settings = field(default_factory=Settings)
    exchange: SimExchange = field(default_factory=SimExchange)
    dialog: ScriptedDialog = field(default_factory=ScriptedDialog)
    voice: SimVoice = field(default_factory=SimVoice)
    ear: ScriptedRecognizer = field(default_factory=ScriptedRecognizer)
    store: MemoryStore = field(default_factory=MemoryStore)
    detector: Callable[[], Detector] = SimDetector
    opening: Opening = field(default_factory=Opening)
    records: list[CallRecord] = field(default_factory=list)
    began: list[str] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    learnt: list[str] = field(default_factory=list)
    switchboard: Switchboard | None = None
    one_more: asyncio.Event = field(default_factory=asyncio.Event)

    async def decide(self, info: CallInfo) -> Decision:
        return Decision(self.opening)

    async def learn(self, record: CallRecord) -> None:
        self.learnt.append(record.call_id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Hotline"]:
        """Serve calls while the block runs; then drain."""
        engines = Engines(
            recognizer=self.ear,
            dialog=self.dialog,
            voice=self.voice,
            store=self.store,
            opener=self,
            detector=self.detector,
            observer=self,
        )
        switchboard = Switchboard(self.exchange, lambda: nullcontext(engines), self.settings)
        self.switchboard = switchboard
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(switchboard.run())
            yield self
            switchboard.stop()

    def heard_by(self, call: SimCall) -> list[str]:
        """The texts the caller heard, cut or whole, in order."""
        return [text for text, _ in self.voice.heard(call.caller.heard)]

    def seconds_of(self, call: SimCall, text: str) -> float:
        """How long a text sounded at the caller's ear."""
        return sum(s for heard, s in self.voice.heard(call.caller.heard) if heard == text)

    async def length_of(self, prompt: Prompt) -> float:
        """How long a whole prompt is."""
        return 0.02 * len([piece async for piece in self.voice.say(prompt)])

    async def over(self, count: int = 1) -> CallRecord:
        """Wait until so many calls are over; give the last record."""
        while len(self.records) < count:
            self.one_more.clear()
            await self.one_more.wait()
        return self.records[-1]

    def words(self, text: str, seconds: float | None = None) -> bytes:
        """Audio that the ear hears as the text; about as long as people take to say it."""
        words = text.split()
        each_s = 0.25 if seconds is None else seconds / len(words)
        return self.ear.speak(text, max(0.1, each_s) + (0.3 / len(words) if seconds is None else 0))

    def call_began(self, info: CallInfo) -> None:
        self.began.append(info.call_id)

    def said(self, call_id: str, turn: Turn) -> None:
        self.turns.append(turn)

    def call_ended(self, record: CallRecord) -> None:
        self.records.append(record)
        self.one_more.set()


@pytest.fixture
def hotline() -> Hotline:
    return Hotline()
