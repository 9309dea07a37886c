"""Rasa's action webhook: one action a turn, whatever its name; the decision is ours.

Rasa sends its tracker; the conversation's memory is a slot in it. We decide, look facts up, and
send back the new memory, the state of Rasa's form (so that its rules and ours agree on what is
being asked), and the decision as the one message of the turn.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, Protocol

from aiohttp import web
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from ivr import log
from ivr.dialog import HEARD, questions
from ivr.dialog.compile import MEMORY, form_of
from ivr.dialog.decide import hear
from ivr.dialog.facts import Facts
from ivr.dialog.flows import FlowSet
from ivr.dialog.http_lookup import NO_HTTP, HttpSource
from ivr.dialog.lookups import LOOKUPS
from ivr.dialog.memory import Asked, Memory
from ivr.dialog.reach import as_heard
from ivr.dialog.step import (
    Answered,
    Failed,
    Found,
    Input,
    Need,
    Pressed,
    Understood,
    withheld,
)
from ivr.dialog.thresholds import ChosenThresholds
from ivr.domain import Happening, Language, Opening, OpeningKind, Reach

_log = log.get(__name__)
Json = Mapping[str, Any]  # as Rasa sends it
MAX_BODY = 5_000_000
LOOKUP_DEADLINE_S = 1.0
"""Longest wait for facts; below the dialog's own deadline, so that the failure is spoken."""
RECOGNISE = "recognise"
"""The lookup that tells whose number it is, before the first word."""
MAX_STEPS = 5
"""Lookups in one turn; identity and facts need two."""


class Actions:
    """Decides turns by one version of the flows."""

    lookup_deadline_s = LOOKUP_DEADLINE_S

    def __init__(
        self,
        flows: FlowSet,
        facts: Facts,
        today: Callable[[], date],
        http: HttpSource = NO_HTTP,
    ) -> None:
        self.flows = flows
        self._facts, self._today, self._http = facts, today, http

    async def run(self, call: Json) -> Json:
        """Answer one call of the webhook, in Rasa's format."""
        tracker = call["tracker"]
        latest = tracker["latest_message"]
        memory = memory_of(tracker)
        message = latest.get("message_id") or ""
        if memory.answered and memory.answered == message:
            return {"events": events_of(self.flows, memory), "responses": []}
        said, reach, is_final = input_of(latest), reach_of(latest), is_final_of(latest)
        answered = await self.decide(memory, said, reach, is_final=is_final)
        memory = answered.memory.model_copy(update={"answered": message})
        decision = answered.decision.model_dump(mode="json")
        return {"events": events_of(self.flows, memory), "responses": [{"custom": decision}]}

    async def decide(
        self, memory: Memory, said: Input, reach: Reach = HEARD, *, is_final: bool = True
    ) -> Answered:
        """Decide a turn, fetching the facts it needs.

        Words that are not final are withheld an answer that would write something.
        """
        memory = memory.model_copy(update={"today": self._today()})
        if isinstance(said, Opening) and memory.caller_key:
            need = Need(memory, RECOGNISE, "")
            memory = questions.recognised(memory, await self._look_up(need))
        step = hear(self.flows, as_heard(memory, reach), said)
        for _ in range(MAX_STEPS):
            if isinstance(step, Answered):
                return step
            if not is_final and self._writes(step):
                return withheld(step.memory)
            step = questions.resume(self.flows, step, await self._look_up(step))
        raise RuntimeError("a turn needs one lookup after another without end")

    def _writes(self, need: Need) -> bool:
        flow = self.flows.flows.get(need.flow)
        if need.lookup == questions.HTTP and flow and flow.lookup and flow.lookup.http:
            return flow.lookup.http.changes_something
        entry = LOOKUPS.get(need.lookup)
        return entry is not None and entry.writes

    async def _look_up(self, need: Need) -> Found | Failed:
        flow = self.flows.flows.get(need.flow)
        if need.lookup == questions.HTTP and flow and flow.lookup and flow.lookup.http:
            return await self._http.run(need.flow, flow.lookup.http, need.memory)
        try:
            async with asyncio.timeout(self.lookup_deadline_s):
                return await LOOKUPS[need.lookup].run(self._facts, need.memory, self._today())
        except (TimeoutError, SQLAlchemyError, KeyError) as error:
            _log.error("lookup failed", lookup=need.lookup, error=type(error).__name__)
            return Failed()


class Runner(Protocol):
    """Whoever answers calls of the webhook."""

    async def run(self, call: Json) -> Json:
        """Answer one call of the webhook, in Rasa's format."""
        ...


class VersionedActions:
    """Decides each turn by the version of the flows that the turn names (`ivr.dialog.versions`)."""

    def __init__(self) -> None:
        self.versions: dict[str, Actions] = {}

    async def run(self, call: Json) -> Json:
        """Answer by the call's version; raises KeyError for a version that is not served."""
        version = call["tracker"]["latest_message"]["metadata"]["flows"]
        return await self.versions[version].run(call)


def memory_of(tracker: Json) -> Memory:
    """The memory in Rasa's tracker, or a fresh one from the call's metadata."""
    slots = tracker["slots"]
    kept = slots.get(MEMORY)
    if kept is not None:
        return Memory.model_validate(kept)
    metadata = tracker["latest_message"].get("metadata") or {}
    return Memory(
        language=Language(metadata["language"]),
        caller_key=metadata.get("caller_key", ""),
        calls_lately=metadata.get("calls_lately", 0),
    )


def input_of(latest: Json) -> Input:
    """What the caller said, pressed or did not do."""
    intent = latest["intent"]
    name, text = intent.get("name") or "", latest.get("text") or ""
    if name == "opening":
        metadata = latest["metadata"]
        likely = tuple(metadata.get("likely", ()))
        kind = OpeningKind(metadata["opening"])
        return Opening(kind, tuple(metadata["questions"]), likely=likely)
    if name == "keys":
        return Pressed(text)
    if name in {happening.value for happening in Happening}:
        return Happening(name)
    ranking = latest.get("intent_ranking") or []
    return Understood(
        name,
        float(intent.get("confidence") or 0.0),
        text,
        tuple((entry["name"], float(entry["confidence"])) for entry in ranking),
        ChosenThresholds.of(latest.get("thresholds")),
        bool((latest.get("metadata") or {}).get("doubtful")),
    )


def reach_of(latest: Json) -> Reach:
    """How much of the last reply the caller had heard."""
    return Reach(**(latest.get("metadata") or {}).get("reach", {}))


def is_final_of(latest: Json) -> bool:
    """Whether the caller has finished; False where the dialog is asked ahead of that."""
    return bool((latest.get("metadata") or {}).get("final", True))


def events_of(flows: FlowSet, memory: Memory) -> list[Json]:
    """Rasa's events for a memory: slots, the form that is open, and an end to the turn."""
    asking = memory.asking
    is_slot = asking is not None and asking.kind is Asked.SLOT
    flow = flows.flows.get(asking.flow) if asking is not None and is_slot else None
    requested = asking.slot if asking is not None and is_slot else None
    return [
        {"event": "slot", "name": MEMORY, "value": memory.model_dump(mode="json")},
        {"event": "slot", "name": "requested_slot", "value": requested},
        {"event": "active_loop", "name": form_of(flow) if flow else None},
        # One action has decided the whole turn; no rule has to say so.
        {"event": "followup", "name": "action_listen"},
    ]


@asynccontextmanager
async def serve_actions(actions: Runner, host: str, port: int) -> AsyncIterator[int]:
    """Serve the webhook while inside; gives the port (0 asks for a free one)."""

    async def webhook(request: web.Request) -> web.Response:
        try:
            return web.json_response(await actions.run(await request.json()))
        except (KeyError, ValueError, ValidationError, RuntimeError) as error:
            _log.error("turn could not be decided", error=type(error).__name__)
            return web.json_response({"error": "the turn could not be decided"}, status=500)

    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_post("/webhook", webhook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
