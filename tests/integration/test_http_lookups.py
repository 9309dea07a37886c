"""Lookups over HTTP against a real server that answers well, badly, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from ivr.dialog.actions import Actions
from ivr.dialog.flows import FlowSet, Lookup
from ivr.dialog.http_lookup import FAILURES, HttpLookups, open_http_lookups
from ivr.dialog.http_settings import HttpLookup
from ivr.dialog.memory import Memory
from ivr.dialog.step import Failed, Found, Understood
from ivr.dialog.wording import reply_of
from ivr.domain import Language
from tests.integration.lender import TODAY, lender
from tests.unit.dialog.talk import starter_flows

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PATIENCE_S = 30.0
SHORT = {"timeout_s": 0.2}
CALLER = Memory(language=Language.EN, customer="c1", slots={"order": "a/b ?&=%", "pay_on": "x"})


@asynccontextmanager
async def system(handler: Handler) -> AsyncIterator[str]:
    """A business system on loopback; gives its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def asking(url: str, **settings: Any) -> HttpLookup:
    """Ask for an amount; for longer than settings allow, since a machine may stall."""
    facts = {"facts": {"amount": "amount"}}
    made = HttpLookup.model_validate({"url": f"{url}/refund", **facts, **settings})
    return made if "timeout_s" in settings else made.model_copy(update={"timeout_s": PATIENCE_S})


async def ask(handler: Handler, memory: Memory = CALLER, **settings: Any) -> Found | Failed:
    async with system(handler) as url, open_http_lookups({"CRM_KEY": "secret"}) as lookups:
        return await lookups.run("refund", asking(url, **settings), memory)


def count(result: str) -> float:
    labels = {"flow": "refund", "result": result}
    return REGISTRY.get_sample_value("ivr_lookups_total", labels) or 0.0


def answering(text: str, status: int = 200, content_type: str = "application/json") -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, status=status, content_type=content_type)

    return answer


async def test_values_are_sent_and_facts_come_back() -> None:
    seen: dict[str, object] = {}

    async def answer(request: web.Request) -> web.Response:
        seen.update(request.query, path=request.rel_url.raw_path, key=request.headers["X-Key"])
        return web.json_response({"amount": 299.50})

    async with system(answer) as url, open_http_lookups({"CRM_KEY": "secret"}) as lookups:
        lookup = HttpLookup(
            url=f"{url}/of/{{{{ order }}}}",
            query={"who": "customer", "order": "order"},
            headers={"X-Key": "CRM_KEY"},
            facts={"amount": "amount"},
        )
        found = await lookups.run("refund", lookup, CALLER)

    assert found == Found({"amount": "299.5"})
    assert seen == {
        "who": "c1",
        "order": "a/b ?&=%",
        "path": "/of/a%2Fb%20%3F%26%3D%25",
        "key": "secret",
    }


async def test_a_post_sends_its_body_as_json() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response({"amount": json.dumps(await request.json())})

    found = await ask(echo, method="POST", body={"order": "order"})

    assert found == Found({"amount": '{"order": "a/b ?&=%"}'})


async def test_a_status_404_may_be_an_outcome() -> None:
    assert await ask(answering("", 404), not_found="none") == Found(outcome="none")


async def _hangs(_: web.Request) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError


async def _stops_in_the_middle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"amount": ')
    await asyncio.sleep(60)
    return response


async def _redirects(_: web.Request) -> web.Response:
    raise web.HTTPFound("https://elsewhere.example/")


async def _never_ends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _i in range(80):
        await response.write(b" " * 65_536)
    return response


async def _drops(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (_hangs, "timeout"),
        (_stops_in_the_middle, "timeout"),
        (_redirects, "redirect"),
        (_never_ends, "size"),
        (_drops, "connection"),
        (answering("<html>", content_type="text/html"), "type"),
        (answering("<html>"), "json"),
        (answering('{"sum": 1}'), "fact"),
        (answering("{}", 500), "server"),
        (answering("{}", 404), "status"),
        (answering('{"amount": "' + "x" * 5_000_000 + '"}'), "size"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_bad_answer_is_a_failure_that_is_counted(handler: Handler, why: str) -> None:
    before = count(f"failed_{why}")

    found = await ask(handler, **(SHORT if why == "timeout" else {}))

    assert found == Failed()
    assert count(f"failed_{why}") == before + 1


async def test_nobody_there_is_a_failure() -> None:
    async with system(answering("{}")) as url:
        pass
    async with open_http_lookups({}) as lookups:
        assert await lookups.run("refund", asking(url), CALLER) == Failed()


@pytest.mark.parametrize("value", ["", ".", "..", "x" * 300])
async def test_a_value_that_would_lead_elsewhere_is_not_sent(value: str) -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"amount": 1})

    memory = CALLER.model_copy(update={"slots": {"order": value}})

    assert await ask(note, memory, query={"order": "order"}) == Failed()
    assert not asked


async def test_without_its_secret_nothing_is_asked() -> None:
    assert await ask(answering('{"amount": 1}'), headers={"X-Key": "MISSING_KEY"}) == Failed()


async def test_a_host_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    asked: list[str] = []
    now = 0.0

    async def fail(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=500)

    async with system(fail) as url, open_http_lookups({}) as real:
        lookups = HttpLookups(real._session, {}, lambda: now)
        for _ in range(FAILURES + 3):
            await lookups.run("refund", asking(url), CALLER)
        assert len(asked) == FAILURES

        now = 60.0
        await lookups.run("refund", asking(url), CALLER)

    assert len(asked) == FAILURES + 1


async def test_what_one_caller_lacks_does_not_close_the_host_to_others() -> None:
    async with system(answering('{"amount": 1}')) as url, open_http_lookups({}) as lookups:
        for _ in range(FAILURES + 1):
            nobody = Memory(language=Language.EN)
            await lookups.run("refund", asking(url, query={"c": "customer"}), nobody)

        assert isinstance(await lookups.run("refund", asking(url), CALLER), Found)


async def test_nothing_about_the_caller_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    await ask(answering("{}", 500), query={"order": "order"})

    logged = "".join(capsys.readouterr())
    assert "lookup failed" in logged
    assert "a/b" not in logged
    assert "c1" not in logged


# --- in a conversation -------------------------------------------------------------------


def certainly(intent: str) -> Understood:
    return Understood(intent, 0.99, intent, ((intent, 0.99),))


def flows_with(lookup: HttpLookup) -> FlowSet:
    """The starter set, whose balance comes from elsewhere and may be heard by anyone."""
    flows = starter_flows()
    flow = flows.flows["opening_hours"]
    sentence = flow.answer.model_copy(update={"en": "You owe {{ amount | money }}."})
    changed = flow.model_copy(update={"lookup": Lookup(http=lookup), "answer": sentence})
    return flows.model_copy(update={"flows": {**flows.flows, flow.id: changed}})


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (answering('{"amount": 12.5}'), "You owe twelve yuan and fifty cents."),
        (answering('{"amount": "many"}'), ""),
        (_hangs, ""),
        (answering("<html>"), ""),
    ],
    ids=["fact", "nonsense", "hangs", "html"],
)
async def test_the_caller_hears_the_fact_or_the_failure_and_goes_on(
    handler: Handler, said: str
) -> None:
    async with (
        system(handler) as url,
        lender() as facts,
        open_http_lookups({}) as lookups,
    ):
        flows = flows_with(asking(url, **(SHORT if handler is _hangs else {})))
        actions = Actions(flows, facts, lambda: TODAY, lookups)
        asked = certainly("opening_hours")
        first = await actions.decide(Memory(language=Language.EN), asked)
        second = await actions.decide(first.memory, certainly("fees"))

    apology = flows.hotline.wording.lookup_failed.en
    assert reply_of(flows, first.decision).prompts[0].text == (said or apology)
    assert second.decision.says[0].key == "flows.fees.answer"
