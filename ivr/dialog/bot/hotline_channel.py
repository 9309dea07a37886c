"""Rasa's door to the hotline: one POST for each turn, answered with what to do.

`POST /webhooks/hotline/turn` takes
`{call_id, turn, kind: opening|text|keys|happening, text, metadata}` and answers
`{turn, intent, confidence, ranking, acts}`. `turn` counts from 1 (0 is the opening); the same
turn again begins where the earlier one began. `POST /webhooks/hotline/close` forgets a call.
Both may name a `model`; `POST …/load`, `…/drop`, `…/teach` and `…/understand` are about models
(`hotline_models`, `hotline_workshop`); the last takes `{model, texts}` and answers what a tracker
would hold of each.

Rasa replays its whole tracker several times a turn, so a turn would cost more the longer the
call lasts. All that a call knows is in slots (our actions' memory) and in the active form;
therefore the tracker is cut back to these after each turn, and every turn costs the same. What
was said is kept by the hotline's own store, not here.
"""

import asyncio
import gc
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from hotline_actions import use_quick_check
from hotline_models import Models, UnknownModel, is_name
from hotline_store import LiveTrackerStore
from hotline_workshop import DEADLINE_S, LOG, PROJECTS, teach_in_a_fork
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

KINDS = ("opening", "text", "keys", "happening")


class HotlineInput(InputChannel):
    """The custom channel."""

    def __init__(self) -> None:
        use_quick_check()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._calls: dict[str, dict[int, list[Event]]] = {}
        self._models = Models()
        self._teaching = asyncio.Lock()

    @classmethod
    def name(cls) -> str:
        """Part of the channel's address."""
        return "hotline"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Define the addresses."""
        del on_new_message  # it hides the agent, whose tracker store rewinding needs
        blueprint = Blueprint("hotline_channel", "hotline_channel")
        blueprint.listener(_wait_for_training, "before_server_start")
        blueprint.listener(_spare_turns_long_collections, "after_server_start")

        @blueprint.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            ready = agent is not None and agent.is_ready()
            return json({"ready": ready, "model": agent.model_id if ready else None})

        @blueprint.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            body = request.json or {}
            problem = problem_with(body)
            if problem:
                return json({"error": problem}, status=400)
            try:
                agent = await self._models.agent(body.get("model", ""), request.app.ctx.agent)
            except UnknownModel as error:
                return json({"error": str(error)}, status=409)
            async with self._locks[body["call_id"]]:
                return await self._turn(agent, body)

        @blueprint.route("/close", methods=["POST"])
        async def close(request: Request) -> HTTPResponse:
            body = request.json or {}
            call_id = str(body.get("call_id", ""))
            agent = self._models.loaded(str(body.get("model", "")), request.app.ctx.agent)
            if agent is not None:
                forget(agent, call_id)
            self._locks.pop(call_id, None)
            self._calls.pop(call_id, None)
            return json({})

        self._add_workshop(blueprint)
        return blueprint

    def _add_workshop(self, blueprint: Blueprint) -> None:
        @blueprint.route("/load", methods=["POST"])
        async def load(request: Request) -> HTTPResponse:
            try:
                await self._models.agent(_model_in(request), request.app.ctx.agent)
            except UnknownModel as error:
                return json({"error": str(error)}, status=409)
            return json({})

        @blueprint.route("/understand", methods=["POST"])
        async def understand(request: Request) -> HTTPResponse:
            try:
                agent = await self._models.agent(_model_in(request), request.app.ctx.agent)
            except UnknownModel as error:
                return json({"error": str(error)}, status=409)
            return json(await _understood(agent, (request.json or {}).get("texts", [])))

        @blueprint.route("/drop", methods=["POST"])
        async def drop(request: Request) -> HTTPResponse:
            self._models.drop(_model_in(request))
            return json({})

        @blueprint.route("/teach", methods=["POST"])
        async def teach(request: Request) -> HTTPResponse:
            name = _model_in(request)
            project = (PROJECTS / name).absolute()
            if not is_name(name) or not project.is_dir():
                return json({"error": "there is no such project"}, status=409)
            async with self._teaching:
                went_well = await teach_in_a_fork(project, name)
            if not went_well:
                end = (project / LOG).read_text("utf-8", "replace").strip().splitlines()[-5:]
                return json({"error": " | ".join(end)}, status=422)
            return json({})

    async def _turn(self, agent: Agent, body: dict[str, Any]) -> HTTPResponse:
        call_id, turn = body["call_id"], body["turn"]
        if turn == 0:
            forget(agent, call_id)
            self._calls[call_id] = {}
        elif call_id not in self._calls:
            return json({"error": "unknown call"}, status=404)
        else:
            await self._begin_turn(agent, call_id, turn)
        output = CollectingOutputChannel()
        await agent.handle_message(message_from(body, output))
        tracker = await agent.tracker_store.retrieve(call_id)
        # Two are enough: only the turn in progress is ever said again.
        newest = sorted(self._calls[call_id].items())[-1:]
        self._calls[call_id] = {**dict(newest), turn: what_is_known(tracker)}
        return json(answer(turn, tracker, output))

    async def _begin_turn(self, agent: Agent, call_id: str, turn: int) -> None:
        """Put the tracker where it was before this turn; turns that never arrived are no gap."""
        known = self._calls[call_id]
        earlier = [number for number in known if number < turn]
        events = known[max(earlier)] if earlier else []
        self._calls[call_id] = {number: known[number] for number in earlier}
        slots = agent.domain.slots
        await agent.tracker_store.save(
            DialogueStateTracker.from_events(call_id, events, slots=slots)
        )


def _wait_for_training(app: Sanic, *_: Any) -> None:
    """Let an answer take as long as a training may; without Rasa's own API the limit is 60 s."""
    app.config.RESPONSE_TIMEOUT = DEADLINE_S + 10


def _spare_turns_long_collections(*_: Any) -> None:
    """Let garbage collection pass over the libraries and the model that stay until the end.

    Loading another model may set off a full collection, which would look through half a million
    others and stop all turns for 0.25 s (November 2026). A fork to train in shares them, too.
    """
    gc.collect()
    gc.freeze()


def _model_in(request: Request) -> str:
    return str((request.json or {}).get("model", ""))


async def _understood(agent: Agent, texts: list[str]) -> list[dict[str, Any]]:
    found = []
    for text in texts:
        found.append(await agent.parse_message(text))
        # A caller's turn may come in between: one text takes a millisecond, hundreds a second.
        await asyncio.sleep(0)
    return found


def problem_with(body: dict[str, Any]) -> str | None:
    """What is wrong with a request, if anything."""
    if not isinstance(body.get("call_id"), str) or not body["call_id"]:
        return "call_id must be a text"
    if not isinstance(body.get("turn"), int) or body["turn"] < 0:
        return "turn must be a number from 0"
    if not isinstance(body.get("model", ""), str):
        return "model must be a text"
    if body.get("kind") not in KINDS or not isinstance(body.get("text"), str):
        return f"kind must be one of {', '.join(KINDS)}, and text a text"
    return None


def message_from(body: dict[str, Any], output: CollectingOutputChannel) -> UserMessage:
    """What Rasa is told; only text goes through the classifier.

    Keys and happenings carry their intent with them. A text that begins with "/" would be read
    as a command by Rasa.
    """
    kind, text = body["kind"], body["text"].lstrip("/ ")
    intent = {"opening": "opening", "keys": "keys", "happening": text}.get(kind)
    metadata = dict(body.get("metadata") or {}, turn=body["turn"])
    parsed = None
    if intent is not None:
        parsed = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": [],
            "entities": [],
        }
    return UserMessage(
        text,
        output,
        body["call_id"],
        parse_data=parsed,
        input_channel="hotline",
        metadata=metadata,
    )


def what_is_known(tracker: DialogueStateTracker) -> list[Event]:
    """The shortest history with the same slots and the same form."""
    filled = [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value]
    form = [ActiveLoop(tracker.active_loop_name)] if tracker.active_loop_name else []
    return [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        *filled,
        *form,
        ActionExecuted("action_listen"),
    ]


def forget(agent: Agent, call_id: str) -> None:
    """Drop a conversation; Rasa wraps our store in one that catches errors."""
    store = agent.tracker_store
    while not isinstance(store, LiveTrackerStore):
        store = store._tracker_store
    store.forget(call_id)


def answer(
    turn: int, tracker: DialogueStateTracker, output: CollectingOutputChannel
) -> dict[str, Any]:
    """What the hotline gets: how the turn was understood, and the acts of our actions."""
    # Not tracker.latest_message: replaying a tracker leaves out what was said inside a form.
    said = [event for event in tracker.events if isinstance(event, UserUttered)][-1]
    ranking = (said.parse_data or {}).get("intent_ranking", [])
    understood = said.intent_name != "nlu_fallback"
    confidence = said.intent.get("confidence") if understood else 0.0
    if not understood and ranking:
        confidence = ranking[0]["confidence"]
    return {
        "turn": turn,
        "intent": said.intent_name if understood else "",
        "confidence": float(confidence or 0.0),
        "ranking": ranking,
        "acts": [message["custom"] for message in output.messages if "custom" in message],
    }
