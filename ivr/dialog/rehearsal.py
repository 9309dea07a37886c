"""Conversations without Rasa's server: the same classifier, the same decisions, nothing to start.

For comparing versions, where two Rasas would cost a minute, and for publishing, where callers use
the only one. All texts are known beforehand, so that they are understood at once, by one child in
Rasa's environment or by a Rasa that has the model loaded; the rest happens here. Rasa adds nothing
to a decision, because every rule leads from an intent to our actions; a test holds the same
conversations both ways.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, Final

import aiohttp

from ivr.dialog.breaker import Breaker
from ivr.dialog.compile import MEMORY, examples_of
from ivr.dialog.flows import FlowSet
from ivr.dialog.judging import run_script
from ivr.dialog.make import open_facts
from ivr.dialog.rasa import Address, RasaDialog, clean
from ivr.dialog.server import RASA_ENV
from ivr.dialog.trial import DEADLINE_S, Trial, WatchedActions, key_of
from ivr.errors import EngineRejected, EngineUnavailable

Parsed = Mapping[str, Any]  # a message as it stands in Rasa's tracker
Json = Mapping[str, Any]  # as our actions and the channel speak it
UNDERSTAND_S: Final = 60.0
"""Longest wait for hundreds of texts; 200 take 0.3 s where no caller speaks."""


def understand_all(
    versions: Sequence[FlowSet], texts: Iterable[str], environment: Path = RASA_ENV
) -> list[dict[str, Parsed]]:
    """For each version, what every text is understood as once its examples are learned.

    Raises ConfigError where Rasa's environment is missing, EngineUnavailable where it fails.
    """
    wanted = sorted({clean(text) for text in texts} - {""})
    work = [
        {
            "learn": examples_of(flows),
            "encoder": flows.hotline.sentence_encoder,
            "texts": wanted,
        }
        for flows in versions
    ]
    found = json.loads(run_script("understand.py", json.dumps(work), environment))
    return [dict(zip(wanted, parsed, strict=True)) for parsed in found]


async def understood_by(
    rasa_url: str, model: str, texts: Iterable[str], deadline_s: float = UNDERSTAND_S
) -> dict[str, Parsed]:
    """What every text is understood as by a model of a running Rasa; "" is the one it began with.

    Callers' turns are answered in between. Raises EngineUnavailable, EngineRejected.
    """
    wanted = sorted({clean(text) for text in texts} - {""})
    url = f"{rasa_url.rstrip('/')}/webhooks/hotline/understand"
    body = {"model": model, "texts": wanted}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(deadline_s)) as session,
            session.post(url, json=body) as response,
        ):
            told = await response.json()
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
        raise EngineUnavailable("dialog", f"Rasa does not answer at {rasa_url}.") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise EngineRejected("dialog", "Rasa's answer is not JSON.") from error
    if not isinstance(told, list) or len(told) != len(wanted):
        raise EngineRejected("dialog", f"Rasa did not understand the tests: {told!s:.200}")
    return dict(zip(wanted, told, strict=True))


@asynccontextmanager
async def rehearsing(
    flows: FlowSet, understood: Mapping[str, Parsed], today: Callable[[], date]
) -> AsyncIterator[Trial]:
    """A mind for these flows while inside that knows only the texts that were understood."""
    async with open_facts("sqlite+aiosqlite:///:memory:", key_of) as facts:
        await facts.prepare(key_of, today())
        actions = WatchedActions(flows, facts, today)
        async with aiohttp.ClientSession() as session:
            yield Trial(WithoutRasa(session, flows, actions, understood), actions, key_of)


class WithoutRasa(RasaDialog):
    """`RasaDialog` whose requests are answered here instead of by a server."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        flows: FlowSet,
        actions: WatchedActions,
        understood: Mapping[str, Parsed],
    ) -> None:
        super().__init__(session, Address(""), flows, Breaker(1, 0, lambda: 0.0), DEADLINE_S)
        self._actions, self._understood = actions, understood
        self._memories: dict[str, Any] = {}
        self._messages = count(1)

    async def _post(self, what: str, body: Json, deadline_s: float) -> object:
        del deadline_s
        call_id = str(body["call_id"])
        if what == "close":
            self._memories.pop(call_id, None)
            return {}
        if body["turn"] == 0:
            self._memories[call_id] = None
        message = self._message(body)
        answer = await self._actions.run(
            {
                "tracker": {
                    "sender_id": call_id,
                    "slots": {MEMORY: self._memories[call_id]},
                    "latest_message": message,
                }
            }
        )
        kept = {each["name"]: each.get("value") for each in answer["events"] if "name" in each}
        self._memories[call_id] = kept[MEMORY]
        return {
            "turn": body["turn"],
            "intent": message["intent"]["name"],
            "confidence": message["intent"]["confidence"],
            "acts": [each["custom"] for each in answer["responses"]],
        }

    def _message(self, body: Json) -> dict[str, Any]:
        """What Rasa's tracker would hold of the caller's message (see `bot/hotline_channel.py`)."""
        kind, text = body["kind"], body["text"]
        named = {"opening": "opening", "keys": "keys", "happening": text}.get(kind)
        parsed = self._understood[text] if named is None else _certain(named)
        return {
            **parsed,
            "text": text,
            "metadata": body["metadata"],
            "message_id": f"rehearsed-{next(self._messages)}",
        }


def _certain(intent: str) -> Parsed:
    return {"intent": {"name": intent, "confidence": 1.0}, "intent_ranking": []}
