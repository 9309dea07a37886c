"""`/agent`: what an agent reads of the call on their phone, from the first ring on.

    /agent                    the page; a browser asks for extension and password of the phone
    /agent/calls?known=N      the calls of that phone; waits for a version other than N

Agents see the calls of their own phone only. Texts come as they are kept, without card and phone
numbers. The password goes in clear (RFC 7617): put a proxy that speaks TLS before it where agents
are on other machines.
"""

import asyncio
import hmac
import re
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
from ivr.domain import PastCall, Turn
from ivr.errors import EngineError
from ivr.telephony.agent_calls import AgentCall, AgentCalls
from ivr.web.events import refused

WAIT_S: Final = 25.0
"""Longest wait for a change; proxies commonly give up on an answer after 60 s."""
_MOST_EARLIER: Final = 3
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
        known = request.query.get("known", "")
        if known.isdecimal():
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_S):
                    await self.calls.changed(agent.extension, int(known))
        version = self.calls.version(agent.extension)
        shown = [await self._shown(call) for call in self.calls.of(agent.extension)]
        told = {"version": version, "name": agent.name or agent.extension, "calls": shown}
        return web.json_response(told, headers=_HEADERS)

    async def _shown(self, call: AgentCall) -> dict[str, Any]:
        told, language, flows = call.told, call.info.language, self.flows()
        flow = flows.flows.get(told.question)
        return {
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
        flows = self.flows()
        earlier = [
            {
                "at": past.started_at.isoformat(),
                "question": _titles(flows, past.question),
                "is_resolved": past.resolved,
            }
            for past in reversed(history[-_MOST_EARLIER:])
        ]
        said = [{"speaker": turn.speaker, "text": turn.text} for turn in turns if turn.text]
        return {"turns": said, "earlier": earlier}


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
