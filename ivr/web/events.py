"""`POST /events`: other systems tell what happened to callers.

A JSON array of events, at most 1,000 and 1 MB at a time, with a password in the head
(`Authorization: Bearer …`). Either all are kept or, when one makes no sense, none: the answer
says which one, and the sender may send the whole again, because known events change nothing.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from aiohttp import web

from ivr import log
from ivr.domain import CallerEvent
from ivr.errors import EngineError
from ivr.store.incoming import EventError, read_event

MOST_BYTES: Final = 1_000_000
MOST_EVENTS: Final = 1_000

_log = log.get(__name__)


class EventKeeper(Protocol):
    """What is asked of the store."""

    def key_of(self, number: str) -> str:
        """Give the key of a telephone number."""
        ...

    async def add_event(self, event: CallerEvent) -> bool:
        """Keep an event; False when it is known. Raises EngineError."""
        ...


@dataclass(frozen=True)
class EventsPage:
    """Answers `POST /events`."""

    store: EventKeeper
    password: str

    def routes(self) -> list[web.RouteDef]:
        """Give the route to mount."""
        return [web.post("/events", self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """Keep events: 200 with counts, 400, 401, 413, or 503 when the store is down."""
        if not knows_the_password(request, self.password):
            return refused(401, "send `Authorization: Bearer <the word in var/secrets/events>`")
        content = await content_of(request, MOST_BYTES)
        if content is None:
            return refused(413, f"send at most {MOST_BYTES} bytes at a time")
        try:
            events = _events(content, self.store.key_of)
        except EventError as error:
            return refused(400, str(error))
        return await self._keep(events)

    async def _keep(self, events: list[CallerEvent]) -> web.Response:
        try:
            fresh = [await self.store.add_event(event) for event in events]
        except EngineError as error:
            _log.error("events not kept", problem=error.problem)
            return refused(503, "the store is down: send them again later")
        _log.info("events taken", kept=sum(fresh), known=len(fresh) - sum(fresh))
        return web.json_response({"kept": sum(fresh), "known": len(fresh) - sum(fresh)})


def knows_the_password(request: web.Request, password: str) -> bool:
    """Whether a request carries `Authorization: Bearer` and the password."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    # Compared in constant time, so that the password cannot be guessed letter by letter.
    return scheme.lower() == "bearer" and hmac.compare_digest(
        given.strip().encode(), password.encode()
    )


async def content_of(request: web.Request, most_bytes: int) -> bytes | None:
    """Give what was sent; None when it is more."""
    content = bytearray()
    async for piece in request.content.iter_chunked(65536):
        content += piece
        if len(content) > most_bytes:
            return None
    return bytes(content)


def _events(content: bytes, key_of: Callable[[str], str]) -> list[CallerEvent]:
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        raise EventError("this is no JSON") from None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise EventError("send an array of objects")
    if len(given) > MOST_EVENTS:
        raise EventError(f"send at most {MOST_EVENTS} events at a time")
    events = []
    for number, each in enumerate(given):
        try:
            events.append(read_event(each, key_of))
        except EventError as error:
            raise EventError(f"event {number}: {error}") from None
    return events


def refused(status: int, why: str) -> web.Response:
    """Give an answer that says why nothing was done."""
    return web.json_response({"error": why}, status=status)
