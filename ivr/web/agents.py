"""`/agent`: what an agent reads of the call on their phone, from the first ring on, and who waits.

    /agent                    the page; a browser asks for extension and password of the phone
    /agent/calls?known=N      the calls of that phone that changed since version N, for which it
                              waits; all of them without it, and those named by `unread=N,N`

Agents see the calls of their own phone only; of who waits in their queues, what it is about. Texts
come as they are kept, without card and phone numbers. The password goes in clear (RFC 7617): put a
proxy that speaks TLS before it where agents are on other machines.
"""

import asyncio
import hmac
import re
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Protocol

from aiohttp import encode_basic_auth, web

from ivr import log
from ivr.config.telephony import AgentPhone
from ivr.dialog.flows import FlowSet
from ivr.domain import CallInfo, HandOver, PastCall, Turn
from ivr.errors import EngineError
from ivr.store import CallFilter, KeptCall
from ivr.telephony.agent_calls import MOST_KEPT, AgentCall, AgentCalls, Stage, Waiting
from ivr.web.events import refused

WAIT_S: Final = 25.0
"""Longest wait for a change; proxies commonly give up on an answer after 60 s."""
_MOST_EARLIER: Final = 3
_MOST_DIGITS: Final = 18
_PAGE: Final = {"agent.html": "text/html", "agent.css": "text/css", "agent.js": "text/javascript"}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_log = log.get(__name__)


class CallReader(Protocol):
    """What is asked of the store; methods raise EngineError."""

    async def turns(self, call_id: str) -> Sequence[Turn]:
        """Give what was said in a call so far."""
        ...

    async def history(self, caller_key: str) -> Sequence[PastCall]:
        """Give the caller's finished calls, oldest first."""
        ...

    async def calls(self, wanted: CallFilter) -> Sequence[KeptCall]:
        """Give calls, newest first."""
        ...


@dataclass(frozen=True)
class AgentsPage:
    """Answers `GET /agent…`; `flows` gives the flows that new calls have."""

    calls: AgentCalls
    store: CallReader
    flows: Callable[[], FlowSet]
    agents: Sequence[AgentPhone]
    password_of: Callable[[str], str]
    """Gives the password of an agent's extension."""

    def routes(self) -> list[web.RouteDef]:
        """Give the routes to mount."""
        return [
            web.get("/agent", self._for_agents(self._page)),
            web.get("/agent/calls", self._for_agents(self._calls)),
            # Without anything secret in them, so that they need no password.
            *(web.get(f"/agent/{name}", _part(name)) for name in ("agent.css", "agent.js")),
        ]

    def _for_agents(
        self, page: Callable[[web.Request, AgentPhone], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def checked(request: web.Request) -> web.Response:
            agent = self._who_asks(request.headers.get("Authorization", ""))
            if agent is None:
                answer = refused(401, "give the extension and the password of your phone")
                answer.headers["WWW-Authenticate"] = 'Basic realm="agent", charset="UTF-8"'
                return answer
            return await page(request, agent)

        return checked

    def _who_asks(self, authorization: str) -> AgentPhone | None:
        extension = _user_of(authorization)
        agent = next((each for each in self.agents if each.extension == extension), None)
        if agent is None:
            return None
        right = encode_basic_auth(extension, self.password_of(extension)).partition(" ")[2]
        given = authorization.partition(" ")[2].strip()
        return agent if hmac.compare_digest(given.encode(), right.encode()) else None

    async def _page(self, _request: web.Request, _agent: AgentPhone) -> web.Response:
        return _file("agent.html")

    async def _calls(self, request: web.Request, agent: AgentPhone) -> web.Response:
        known = self._known(request.query.get("known", ""))
        unread = request.query.get("unread", "").split(",")
        await self._restore(agent.extension)
        if known:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S):
                    await self.calls.changed(agent, known)
        version, calls = self.calls.version(agent), self.calls.of(agent.extension)
        waiting = [self._in_line(each) for each in self.calls.waiting(agent.queues)]
        changed = [each for each in calls if each.version > known or str(each.number) in unread]
        told = {
            "version": version,
            "name": agent.name or agent.extension,
            "waiting": waiting,
            "order": [each.number for each in calls],
            "calls": [await self._shown(each) for each in changed],
        }
        return web.json_response(told, headers=_HEADERS)

    def _known(self, given: str) -> int:
        """The version that a page has; 0 for one of an earlier run, and for nonsense."""
        is_number = given.isdecimal() and len(given) <= _MOST_DIGITS
        return int(given) if is_number and self.calls.knows(int(given)) else 0

    async def _restore(self, extension: str) -> None:
        """Fetch a phone's calls of before the start; tried again while the store is down."""
        if self.calls.is_restored(extension):
            return
        try:
            kept = await self.store.calls(CallFilter(agent=extension, limit=MOST_KEPT))
        except EngineError as error:
            _log.warning("agent_page_without_store", problem=error.problem)
            return
        self.calls.restore(extension, [_of_before(call) for call in kept])

    def _in_line(self, waiting: Waiting) -> dict[str, Any]:
        return {
            "waited_s": round(time.monotonic() - waiting.since_s, 1),
            "language": waiting.info.language,
            "is_urgent": waiting.told.is_urgent,
            "question": _titles(self.flows(), waiting.told.question),
        }

    async def _shown(self, call: AgentCall) -> dict[str, Any]:
        told, language, flows = call.told, call.info.language, self.flows()
        flow = flows.flows.get(told.question)
        return {
            "number": call.number,
            "call_id": call.info.call_id,
            "stage": call.stage,
            "since": call.since.isoformat(),
            "language": language,
            "reason": told.reason,
            "is_urgent": told.is_urgent,
            "brief": told.brief,
            "question": _titles(flows, told.question),
            # Facts of an answer come from a look-up: what is left open here, the agent looks up.
            "answer": re.sub(r"\{[{%].*?[}%]\}", "…", flow.answer.of(language)) if flow else "",
            **await self._kept(call),
        }

    async def _kept(self, call: AgentCall) -> dict[str, Any]:
        """What the store knows; nulls where it cannot be asked: the brief is there all the same."""
        try:
            turns = await self.store.turns(call.info.call_id)
            history = await self.store.history(call.info.caller_key)
        except EngineError as error:
            _log.warning("agent_page_without_store", problem=error.problem)
            return {"turns": None, "earlier": None}
        flows, arrived_at = self.flows(), call.info.arrived_at
        before = [past for past in history if past.started_at < arrived_at]
        earlier = [
            {
                "at": past.started_at.isoformat(),
                "question": _titles(flows, past.question),
                "is_resolved": past.resolved,
            }
            for past in reversed(before[-_MOST_EARLIER:])
        ]
        said = [{"speaker": turn.speaker, "text": turn.text} for turn in turns if turn.text]
        return {"turns": said, "earlier": earlier}


def _of_before(call: KeptCall) -> AgentCall:
    """A call of an earlier run, of which the brief is not kept."""
    info = CallInfo(call.call_id, "", call.caller_key, call.dialled, call.language, call.arrived_at)
    told = HandOver("", "", question=call.question)
    return AgentCall(info, told, Stage.ENDED, call.ended_at or call.arrived_at)


def _titles(flows: FlowSet, question: str) -> Mapping[str, str] | None:
    """The question in both languages; its id where no flow has it any more, None for none."""
    flow = flows.flows.get(question)
    if flow is None:
        return {"zh": question, "en": question} if question else None
    return {"zh": flow.titles.zh, "en": flow.titles.en}


def _user_of(authorization: str) -> str:
    """The user's name in a head of RFC 7617; empty for anything else."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(given, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""


def _part(name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def give(_request: web.Request) -> web.Response:
        return _file(name)

    return give


def _file(name: str) -> web.Response:
    text = files("ivr.web").joinpath("templates", name).read_text("utf-8")
    return web.Response(text=text, content_type=_PAGE[name], charset="utf-8", headers=_HEADERS)
