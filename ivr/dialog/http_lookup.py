"""Asks a business system for facts over HTTP, once, within a deadline, trusting nothing it says.

Whatever goes wrong (silence, HTML, five megabytes, a redirect, a fact that is missing) is a
`Failed` for the caller, one log line without personal data and one count; after some failures in
a row the host is left alone for a while, so that callers do not wait for it one after another.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final, NoReturn, Protocol
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from ivr import log
from ivr.dialog.breaker import Breaker
from ivr.dialog.http_settings import VALUE, HttpLookup, Method
from ivr.dialog.memory import Memory
from ivr.dialog.step import Failed, Found
from ivr.metrics import LOOKUP_S, LOOKUPS

_log = log.get(__name__)

MAX_BODY: Final = 64 * 1024
"""Facts for a sentence take a few hundred bytes; more would block the calls while it is read."""
MAX_FACT: Final = 200
"""Signs of one fact; more cannot be listened to."""
MAX_CONNECTIONS: Final = 50
FAILURES: Final = 3
"""In a row, after which a host is left alone for REST_S."""
REST_S: Final = 10.0


_OF_ONE_CALLER: Final = frozenset({"input", "secret", "status", "fact"})
"""Failures that say nothing about whether the host would answer the next caller."""


class _Refused(Exception):
    """The lookup cannot be asked or its answer used; `why` is a word for the log and the count."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class HttpSource(Protocol):
    """Who runs the HTTP lookups of flows."""

    async def run(self, flow: str, lookup: HttpLookup, memory: Memory) -> Found | Failed:
        """Ask; never raises for anything that the other side does."""
        ...


class NoHttp:
    """Asks nobody: for menus and tools that have no connections; every lookup fails."""

    async def run(self, flow: str, lookup: HttpLookup, memory: Memory) -> Failed:
        """Fail."""
        del lookup, memory
        return _failed(flow, "unconnected")


NO_HTTP: Final = NoHttp()


class HttpLookups:
    """Runs the HTTP lookups of all flows over shared connections."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        environment: Mapping[str, str],
        now: Callable[[], float],
    ) -> None:
        self._session, self._environment, self._now = session, environment, now
        self._breakers: dict[str, Breaker] = {}

    async def run(self, flow: str, lookup: HttpLookup, memory: Memory) -> Found | Failed:
        """Ask; never raises for anything that the other side does."""
        host = urlsplit(lookup.url).netloc
        breaker = self._breakers.setdefault(host, Breaker(FAILURES, REST_S, self._now))
        if breaker.is_open:
            return _failed(flow, "breaker")
        began = self._now()
        try:
            async with asyncio.timeout(lookup.timeout_s):
                found = await self._ask(lookup, memory)
        except TimeoutError:
            breaker.failed()
            return _failed(flow, "timeout")
        except aiohttp.ClientError:
            breaker.failed()
            return _failed(flow, "connection")
        except _Refused as error:
            if error.why not in _OF_ONE_CALLER:
                breaker.failed()
            return _failed(flow, error.why)
        breaker.succeeded()
        LOOKUP_S.labels(flow).observe(self._now() - began)
        LOOKUPS.labels(flow, found.outcome).inc()
        return found

    async def _ask(self, lookup: HttpLookup, memory: Memory) -> Found:
        values = _values(lookup, memory)
        async with self._session.request(
            lookup.method.value,
            _address(lookup, values),
            json=_body(lookup, values),
            headers=self._headers(lookup),
            allow_redirects=False,  # the secret in the headers is for this host alone
        ) as response:
            if response.status == 404 and lookup.not_found is not None:
                return Found(outcome=lookup.not_found)
            if not 200 <= response.status < 300:
                raise _Refused(_odd_status(response.status))
            if not _is_json(response.content_type):
                raise _Refused("type")
            return found_in(lookup, await _read(response))

    def _headers(self, lookup: HttpLookup) -> dict[str, str]:
        # Uncompressed: a kilobyte can unpack to a gigabyte.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        for name, variable in lookup.headers.items():
            value = self._environment.get(variable)
            if not value or not value.isprintable():
                raise _Refused("secret")
            headers[name] = value
        return headers


def _values(lookup: HttpLookup, memory: Memory) -> dict[str, str]:
    known = {**memory.slots, "customer": memory.customer, "language": memory.language.value}
    values = {name: known.get(name, "") for name in lookup.inputs}
    # "." and ".." would lead to another path than the flow names.
    if any(len(value) > MAX_FACT or value in ("", ".", "..") for value in values.values()):
        raise _Refused("input")
    return values


def _address(lookup: HttpLookup, values: Mapping[str, str]) -> URL:
    filled = VALUE.sub(lambda match: quote(values[match[1]], safe=""), lookup.url)
    query = {key: values[name] for key, name in lookup.query.items()}
    return URL(filled, encoded=True).extend_query(query)


def _odd_status(status: int) -> str:
    if 300 <= status < 400:
        return "redirect"
    return "server" if status >= 500 else "status"


def _body(lookup: HttpLookup, values: Mapping[str, str]) -> dict[str, str] | None:
    if lookup.method is not Method.POST:
        return None
    return {key: values[name] for key, name in lookup.body.items()}


def _is_json(content_type: str) -> bool:
    return content_type == "application/json" or content_type.endswith("+json")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > MAX_BODY:
            raise _Refused("size")
    return bytes(content)


# --- what the answer holds ---------------------------------------------------------------


def found_in(lookup: HttpLookup, content: bytes) -> Found:
    """The facts and the outcome in a JSON answer; raises _Refused where one is missing."""
    try:
        answer = json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _Refused("json") from error
    facts = {name: fact(_at(answer, path)) for name, path in lookup.facts.items()}
    if lookup.outcome is None:
        return Found(facts)
    told = fact(_at(answer, lookup.outcome.path))
    return Found(facts, lookup.outcome.values.get(told, "ok"))


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no numbers to speak")


def _at(answer: object, path: str) -> object:
    node = answer
    for step in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        else:
            raise _Refused("fact")
    return node


def fact(value: object) -> str:
    """A JSON value as templates take it; raises _Refused for null, lists, objects, long texts."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int | Decimal):
        raise _Refused("fact")
    # Decimal("1E+400") would be written out for seconds by whoever speaks it.
    if isinstance(value, Decimal) and not -20 < value.adjusted() < 20:
        raise _Refused("fact")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    spoken = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not spoken or len(spoken) > MAX_FACT:
        raise _Refused("fact")
    return spoken


def _failed(flow: str, why: str) -> Failed:
    LOOKUPS.labels(flow, f"failed_{why}").inc()
    _log.error("lookup failed", lookup="http", flow=flow, why=why)
    return Failed()


@asynccontextmanager
async def open_http_lookups(environment: Mapping[str, str]) -> AsyncIterator[HttpLookups]:
    """Connections for lookups while inside; `environment` holds the values of headers."""
    connector = aiohttp.TCPConnector(limit=MAX_CONNECTIONS)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),  # a cookie would tie one caller to the next
        timeout=aiohttp.ClientTimeout(),  # every lookup brings its own
        trust_env=False,
    ) as session:
        yield HttpLookups(session, environment, asyncio.get_running_loop().time)
