"""A private mind to try flows on: real Rasa, the example lender in memory, nobody's phone.

It runs on free ports of loopback with a state folder of its own, so that a hotline that serves
callers beside it notices nothing. It is the mind that callers get, with one addition: the
actions tell what they saw (`Seen`), so that the reason of every answer can be shown.
"""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from ivr.config.free_port import free_port
from ivr.dialog import Dialog
from ivr.dialog.actions import Actions, input_of, memory_of, serve_actions
from ivr.dialog.compile import MEMORY
from ivr.dialog.flows import FlowSet
from ivr.dialog.http_lookup import NO_HTTP, HttpSource
from ivr.dialog.make import open_facts
from ivr.dialog.memory import Decision, Memory
from ivr.dialog.rasa import RasaDialog, connect
from ivr.dialog.server import RASA_ENV, model_file, running_rasa
from ivr.dialog.step import Failed, Found, Input, Need
from ivr.dialog.wording import is_sayable
from ivr.domain import CallerInput, CallInfo, Language, Opening, Reply
from ivr.errors import EngineRejected

LOOPBACK = "127.0.0.1"
DEADLINE_S = 10.0
"""Longest wait for one answer: a machine that is busy must not fail a test of wording."""
DIALLED = "95001"

Lookups = Mapping[str, Found | Failed]
"""What lookups give in one call instead of what the example lender knows, by their names; those
that ask a business system by the question that they belong to."""
Json = Mapping[str, Any]  # as Rasa sends it
KeyOf = Callable[[str], str]


def key_of(number: str) -> str:
    """Stands for the keyed hash of a number; on trial nobody's number is real."""
    return f"trial {number}"


@dataclass(frozen=True, slots=True)
class Seen:
    """One turn from within: how the input was understood, and what was decided upon it."""

    said: Input
    before: Memory
    after: Memory
    decision: Decision


@dataclass(frozen=True, slots=True)
class TrialTurn:
    """One turn from both sides; `seconds` from the input to the finished reply.

    `unsayable` are the keys of sentences whose facts do not fit: callers hear an apology instead.
    """

    reply: Reply
    seen: Seen
    seconds: float = 0.0
    unsayable: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that is spoken."""
        return " ".join(prompt.text for prompt in self.reply.prompts)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and how the call begins."""

    number: str = ""
    language: Language = Language.EN
    opening: Opening = field(default_factory=Opening)
    lookups: Lookups = field(default_factory=dict)


class WatchedActions(Actions):
    """The actions that serve callers, telling what they saw; lookups can be set for each call."""

    lookup_deadline_s = DEADLINE_S

    def __init__(
        self,
        flows: FlowSet,
        facts: Any,
        today: Callable[[], date],
        http: HttpSource = NO_HTTP,
    ) -> None:
        super().__init__(flows, facts, today, http)
        self.seen: dict[str, Seen] = {}
        self.lookups: dict[str, Lookups] = {}
        self._call: ContextVar[str] = ContextVar("call", default="")

    async def run(self, call: Json) -> Json:
        """Answer one call of the webhook, and remember it."""
        tracker = call["tracker"]
        call_id = str(tracker["sender_id"])
        self._call.set(call_id)
        answer = await super().run(call)
        for message in answer["responses"]:
            kept = {each["name"]: each.get("value") for each in answer["events"] if "name" in each}
            self.seen[call_id] = Seen(
                input_of(tracker["latest_message"]),
                memory_of(tracker),
                Memory.model_validate(kept[MEMORY]),
                Decision.model_validate(message["custom"]),
            )
        return answer

    async def _look_up(self, need: Need) -> Found | Failed:
        lookups = self.lookups.get(self._call.get(), {})
        given = lookups.get(need.lookup) or lookups.get(need.flow)
        return given if given is not None else await super()._look_up(need)


class TrialCall:
    """One call to the mind on trial."""

    def __init__(
        self, dialog: Dialog, actions: WatchedActions, call_id: str, key_of: KeyOf
    ) -> None:
        self.call_id = call_id
        self._dialog, self._actions, self._key_of = dialog, actions, key_of
        self._turn = 0

    async def begin(self, caller: Caller) -> TrialTurn:
        """Greet the caller. Raises EngineError."""
        info = CallInfo(
            self.call_id,
            caller.number,
            self._key_of(caller.number) if caller.number else "",
            DIALLED,
            caller.language,
            datetime.now(UTC),
        )
        began = time.perf_counter()
        reply = await self._dialog.open(info, caller.opening)
        return self._as_seen(reply, began)

    async def take(self, said: CallerInput) -> TrialTurn:
        """Answer the caller. Raises EngineError."""
        self._turn += 1
        began = time.perf_counter()
        reply = await self._dialog.reply(self.call_id, self._turn, said)
        return self._as_seen(reply, began)

    def _as_seen(self, reply: Reply, began: float) -> TrialTurn:
        seen = self._actions.seen.pop(self.call_id, None)
        if seen is None:
            raise EngineRejected("dialog", "Rasa answered without asking what to do.")
        seconds = time.perf_counter() - began
        return TrialTurn(reply, seen, seconds, unsayable(self._actions.flows, seen.decision))


def unsayable(flows: FlowSet, decision: Decision) -> tuple[str, ...]:
    """The keys of a decision's sentences that cannot be said with their facts."""
    return tuple(say.key for say in decision.says if not is_sayable(flows, say, decision.language))


class Trial:
    """The mind on trial."""

    def __init__(self, dialog: RasaDialog, actions: WatchedActions, key_of: KeyOf) -> None:
        """`key_of` gives the keys of numbers, as the facts that the actions ask know them."""
        self._dialog, self._actions, self._key_of = dialog, actions, key_of
        self._numbers = count(1)

    @property
    def flows(self) -> FlowSet:
        """The flows on trial."""
        return self._actions.flows

    def use(self, flows: FlowSet) -> None:
        """Say and decide by these flows from the next turn on; they must need no training."""
        self._actions.flows = self._dialog.flows = flows

    @asynccontextmanager
    async def calling(self, caller: Caller) -> AsyncIterator[TrialCall]:
        """A call while inside, before its greeting."""
        call_id = f"trial-{next(self._numbers)}"
        self._actions.lookups[call_id] = caller.lookups
        try:
            yield TrialCall(self._dialog, self._actions, call_id, self._key_of)
        finally:
            self._actions.lookups.pop(call_id, None)
            await self._dialog.close(call_id)


@asynccontextmanager
async def on_trial(
    flows: FlowSet,
    state_dir: Path,
    today: Callable[[], date],
    environment: Path = RASA_ENV,
    http: HttpSource = NO_HTTP,
) -> AsyncIterator[Trial]:
    """Train these flows if nobody has yet, and have a mind for them while inside.

    `http` asks the business systems that flows name, without it they fail: a test should ask
    none. `state_dir` is the hotline's: a model that it has is used, and nothing in it is changed
    but its folder `trial`. Raises ConfigError and EngineUnavailable.
    """
    private = state_dir / "trial"
    await asyncio.to_thread(_borrow_model, flows, state_dir, private)
    async with open_facts("sqlite+aiosqlite:///:memory:", key_of) as facts:
        await facts.prepare(key_of, today())
        actions = WatchedActions(flows, facts, today, http)
        async with (
            serve_actions(actions, LOOPBACK, 0) as port,
            running_rasa(
                flows, private, f"http://{LOOPBACK}:{port}/webhook", free_port(), environment
            ) as server,
            connect(server.url, flows, deadline_s=DEADLINE_S, failures=3, rest_s=1) as dialog,
        ):
            await dialog.warm_up()
            yield Trial(dialog, actions, key_of)


def is_trained(flows: FlowSet, state_dir: Path) -> bool:
    """Whether no training is needed before these flows can be tried."""
    return any(model_file(flows, place).exists() for place in (state_dir, state_dir / "trial"))


def _borrow_model(flows: FlowSet, state_dir: Path, private: Path) -> None:
    """Copy the hotline's own model of these flows; its folder keeps only so many."""
    ours, theirs = model_file(flows, private), model_file(flows, state_dir)
    if ours.exists() or not theirs.exists():
        return
    ours.parent.mkdir(parents=True, exist_ok=True)
    whole = ours.with_suffix(".copying")
    shutil.copyfile(theirs, whole)
    whole.replace(ours)
