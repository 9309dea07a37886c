"""`Dialog` over HTTP: Rasa understands and keeps the conversation, we word what it decides."""

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp
from pydantic import BaseModel, ValidationError

from ivr import log
from ivr.dialog import HEARD
from ivr.dialog.breaker import Breaker
from ivr.dialog.flows import FlowSet
from ivr.dialog.memory import Decision
from ivr.dialog.wording import reply_of
from ivr.domain import CallerInput, CallInfo, Happening, Keys, Opening, Reach, Reply, Utterance
from ivr.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable
from ivr.metrics import ENGINE_FAILURES

_log = log.get(__name__)
ENGINE = "dialog"
MAX_TEXT = 500
"""Letters of an utterance that Rasa gets; a ten-minute monologue is no question."""
MAX_KEYS = 40
WARM_UP_CALL = "warm-up"
WARM_UP_S = 10.0
"""The first turn after a start takes 0.4-1.3 s (measured November 2026), later ones 10 ms."""

Body = Mapping[str, Any]  # JSON


class TurnAnswer(BaseModel):
    """What the channel answers (`ivr/dialog/bot/hotline_channel.py`)."""

    turn: int
    intent: str
    confidence: float
    acts: list[Decision]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Rasa is, which of its models is meant, and which of several flows with that model."""

    url: str
    model: str = ""
    """Empty: the one that Rasa was started with."""
    version: str = ""
    """Told to our actions with every turn, as `flows` of its metadata."""


class RasaDialog:
    """The promise `Dialog`, kept by a Rasa server. Shared by all calls."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: Address,
        flows: FlowSet,
        breaker: Breaker,
        deadline_s: float,
    ) -> None:
        self.flows, self._at = flows, address
        self._session, self._breaker, self._deadline_s = session, breaker, deadline_s
        self._url = f"{address.url.rstrip('/')}/webhooks/hotline"

    async def open(self, info: CallInfo, opening: Opening) -> Reply:
        """Begin the conversation; an earlier one of the same call is forgotten."""
        metadata = {
            "language": info.language,
            "caller_key": info.caller_key,
            "calls_lately": info.calls_lately,
            "opening": opening.kind,
            "questions": list(opening.questions),
            "likely": list(opening.likely),
        }
        return await self._turn(info.call_id, 0, "opening", "", metadata)

    async def reply(
        self, call_id: str, turn: int, said: CallerInput, reach: Reach = HEARD
    ) -> Reply:
        """Answer one input; the same turn again undoes the earlier one first."""
        metadata: dict[str, object] = {"reach": asdict(reach)}
        match said:
            case Utterance(text=text):
                metadata["doubtful"], metadata["final"] = said.is_doubtful, said.is_final
                # Nothing recognised is nothing understood; Rasa refuses empty texts.
                text = clean(text) or Happening.UNHEARD.value
                kind = "happening" if text == Happening.UNHEARD else "text"
            case Keys(digits=digits):
                kind, text = "keys", digits[:MAX_KEYS]
            case Happening():
                kind, text = "happening", said.value
        return await self._turn(call_id, turn, kind, text, metadata)

    async def close(self, call_id: str) -> None:
        """Forget the conversation; a Rasa that is down has forgotten it already."""
        try:
            body = {"call_id": call_id, "model": self._at.model}
            await self._post("close", body, self._deadline_s)
        except EngineError:
            _log.warning("conversation could not be closed", call_id=call_id)

    async def is_healthy(self) -> bool:
        """Whether Rasa has a model loaded and answers."""
        try:
            async with asyncio.timeout(self._deadline_s):
                async with self._session.get(f"{self._url}/") as response:
                    return response.ok and bool((await response.json())["ready"])
        except (TimeoutError, aiohttp.ClientError, ValueError, KeyError, TypeError):
            return False

    async def warm_up(self) -> None:
        """Have one conversation with nobody, so that the first caller does not wait.

        Raises EngineError when it cannot answer; the breaker is not asked.
        """
        call_id = f"{WARM_UP_CALL}-{self._at.version}"
        metadata = {"language": "en", "caller_key": "", "opening": "ask", "questions": []}
        _checked(
            await self._post("turn", self._body(call_id, 0, "opening", "", metadata), WARM_UP_S)
        )
        _checked(await self._post("turn", self._body(call_id, 1, "text", "hello"), WARM_UP_S))
        await self.close(call_id)

    async def _turn(
        self, call_id: str, turn: int, kind: str, text: str, metadata: Body | None = None
    ) -> Reply:
        answer = await self._guarded_post(self._body(call_id, turn, kind, text, metadata))
        return reply_of(self.flows, answer.acts[0], answer.intent, answer.confidence)

    def _body(
        self, call_id: str, turn: int, kind: str, text: str, metadata: Body | None = None
    ) -> Body:
        told = {"flows": self._at.version, **(metadata or {})}
        return {
            "call_id": call_id,
            "model": self._at.model,
            "turn": turn,
            "kind": kind,
            "text": text,
            "metadata": told,
        }

    async def _guarded_post(self, body: Body) -> TurnAnswer:
        if self._breaker.is_open:
            ENGINE_FAILURES.labels(ENGINE, "breaker").inc()
            raise EngineUnavailable(ENGINE, "Rasa failed several times and is left alone.")
        try:
            answer = _checked(await self._post("turn", body, self._deadline_s))
        except UnknownCall:
            raise
        except EngineError as error:
            self._breaker.failed()
            ENGINE_FAILURES.labels(ENGINE, type(error).__name__).inc()
            raise
        self._breaker.succeeded()
        return answer

    async def _post(self, what: str, body: Body, deadline_s: float) -> object:
        try:
            async with asyncio.timeout(deadline_s):
                async with self._session.post(f"{self._url}/{what}", json=body) as response:
                    if response.status == 404 and what == "turn":
                        raise UnknownCall(ENGINE, "Rasa does not know this call.")
                    if not response.ok:
                        raise EngineRejected(ENGINE, f"Rasa answered {response.status}.")
                    return await response.json()
        except TimeoutError as error:
            raise EngineTimeout(ENGINE, f"Rasa did not answer within {deadline_s} s.") from error
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise EngineUnavailable(ENGINE, "Rasa cannot be reached.") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise EngineRejected(ENGINE, "Rasa's answer is not JSON.") from error


class UnknownCall(EngineRejected):
    """Rasa has no such conversation: our mistake or its restart, not its failure."""


def _checked(answer: object) -> TurnAnswer:
    try:
        checked = TurnAnswer.model_validate(answer)
    except ValidationError as error:
        raise EngineRejected(ENGINE, "Rasa's answer is not the channel's format.") from error
    if len(checked.acts) != 1:
        problem = f"Rasa answered with {len(checked.acts)} acts instead of one."
        raise EngineRejected(ENGINE, problem + " Look for failed actions in its log.")
    return checked


def clean(text: str) -> str:
    """Recognised text without signs that Rasa would take for commands, at most MAX_TEXT."""
    printable = "".join(
        " " if unicodedata.category(letter).startswith("C") else letter for letter in text
    )
    return " ".join(printable.split()).lstrip("/ ")[:MAX_TEXT]


@asynccontextmanager
async def connect(
    address: str | Address,
    flows: FlowSet,
    *,
    deadline_s: float,
    failures: int,
    rest_s: float,
) -> AsyncIterator[RasaDialog]:
    """A dialog with the Rasa at an address while inside; does not warm it up."""
    if isinstance(address, str):
        address = Address(address)
    clock = asyncio.get_running_loop().time
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield RasaDialog(session, address, flows, Breaker(failures, rest_s, clock), deadline_s)
