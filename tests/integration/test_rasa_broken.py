"""The mind's client against a server that misbehaves in every way a Rasa can."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from ivr.config.free_port import free_port
from ivr.dialog import Dialog
from ivr.dialog.actions import Actions
from ivr.dialog.fallback import FallbackDialog
from ivr.dialog.menu import MenuDialog
from ivr.dialog.rasa import MAX_TEXT, RasaDialog, clean, connect
from ivr.domain import Expect, Happening, Keys, Language, Opening, Then, Utterance
from ivr.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable
from ivr.sim.dialog import ScriptedDialog
from tests.contract.dialog_promise import a_call, words
from tests.integration.lender import TODAY, lender
from tests.unit.dialog.talk import starter_flows

Handler = Callable[[web.Request], Awaitable[web.Response]]
GREETING = {"says": [{"key": "wording.greeting"}], "language": "en"}
GOOD = {"turn": 0, "intent": "opening", "confidence": 1.0, "ranking": [], "acts": [GREETING]}


@asynccontextmanager
async def served(handler: Handler, deadline_s: float = 30.0) -> AsyncIterator[RasaDialog]:
    app = web.Application()
    app.router.add_post("/webhooks/hotline/turn", handler)
    app.router.add_post("/webhooks/hotline/close", handler)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        flows = starter_flows()
        async with connect(url, flows, deadline_s=deadline_s, failures=2, rest_s=60) as dialog:
            yield dialog
    finally:
        await runner.cleanup()


def always(response: Callable[[], web.Response]) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return response()

    return handler


BAD_ACT = GREETING | {"then": "explode"}
WRONG = {
    "an error": lambda: web.json_response({"error": "boom"}, status=500),
    "a web page": lambda: web.Response(text="<html>hello</html>", content_type="text/html"),
    "broken JSON": lambda: web.Response(text="{", content_type="application/json"),
    "another format": lambda: web.json_response(["hello"]),
    "no act": lambda: web.json_response(GOOD | {"acts": []}),
    "two acts": lambda: web.json_response(GOOD | {"acts": [GREETING, GREETING]}),
    "an unknown act": lambda: web.json_response(GOOD | {"acts": [BAD_ACT]}),
}


@pytest.mark.parametrize("what", WRONG)
async def test_an_answer_that_makes_no_sense_is_rejected(what: str) -> None:
    async with served(always(WRONG[what])) as dialog:
        with pytest.raises(EngineRejected):
            await dialog.open(a_call("wrong"), Opening())


async def test_an_answer_that_does_not_come_is_a_timeout() -> None:
    never = asyncio.Event()  # until the test is over

    async def hang(_: web.Request) -> web.Response:
        await never.wait()
        return web.json_response(GOOD)

    async with served(hang, deadline_s=0.2) as dialog:
        with pytest.raises(EngineTimeout):
            await dialog.open(a_call("slow"), Opening())
        never.set()


async def test_a_connection_that_breaks_off_is_unavailable() -> None:
    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with served(hang_up) as dialog:
        with pytest.raises(EngineUnavailable):
            await dialog.open(a_call("broken"), Opening())


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with connect(nobody, starter_flows(), deadline_s=30, failures=2, rest_s=60) as dialog:
        with pytest.raises(EngineUnavailable):
            await dialog.open(a_call("nobody"), Opening())

        assert not await dialog.is_healthy()
        await dialog.close("nobody")


async def test_after_some_failures_it_is_not_even_asked() -> None:
    asked = 0

    async def fail(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=500)

    async with served(fail) as dialog:
        for _ in range(4):
            with pytest.raises(EngineError):
                await dialog.open(a_call("again"), Opening())

    assert asked == 2


async def test_nothing_recognised_counts_as_unheard() -> None:
    bodies = []

    async def note(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.json_response(GOOD)

    async with served(note) as dialog:
        await dialog.reply("call", 1, words(" \x00 / "))

    assert (bodies[0]["kind"], bodies[0]["text"]) == ("happening", "unheard")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/restart", "restart"),
        (" // what\tis\x07 it ", "what is it"),
        ("我 想\u200b查 余额", "我 想 查 余额"),
        ("word " * 1000, ("word " * 1000)[:MAX_TEXT]),
    ],
)
def test_text_is_cleaned_of_what_rasa_would_misread(text: str, wanted: str) -> None:
    assert clean(text) == wanted


# --- the fallback ------------------------------------------------------------------------


@asynccontextmanager
async def falling_back(handler: Handler) -> AsyncIterator[Dialog]:
    async with served(handler) as rasa, lender() as facts:
        actions = Actions(starter_flows(), facts, lambda: TODAY)
        yield FallbackDialog(rasa, MenuDialog(actions))


async def test_a_call_begins_with_the_menu_when_rasa_is_down() -> None:
    async with falling_back(always(WRONG["an error"])) as dialog:
        reply = await dialog.open(a_call("down"), Opening())

        assert reply.listening.expect is Expect.MENU
        assert "press one" in " ".join(prompt.text for prompt in reply.prompts)
        assert not await dialog.is_healthy()


async def test_the_menu_answers_account_questions_by_keys_alone() -> None:
    async with falling_back(always(WRONG["an error"])) as dialog:
        await dialog.open(a_call("keys", Language.ZH), Opening())

        await dialog.reply("keys", 1, Keys("1"))
        await dialog.reply("keys", 2, Keys("6688"))
        told = await dialog.reply("keys", 3, Keys("246810"))

    assert told.prompts[0].text == "您的贷款余额是一万两千三百四十五元六角。"
    assert told.question == "balance"


async def test_the_menu_knows_the_phrases_of_the_flows() -> None:
    async with falling_back(always(WRONG["an error"])) as dialog:
        await dialog.open(a_call("phrase"), Opening())

        reply = await dialog.reply("phrase", 1, words("what are your opening hours"))

    assert reply.question == "opening_hours"


async def test_a_rasa_that_dies_in_the_call_leads_to_the_menu_in_its_language() -> None:
    alive = True

    async def dying(_: web.Request) -> web.Response:
        chinese = GREETING | {"language": "zh"}
        return web.json_response(GOOD | {"acts": [chinese]}) if alive else web.Response(status=500)

    async with falling_back(dying) as dialog:
        await dialog.open(a_call("dies"), Opening())
        await dialog.reply("dies", 1, words("mandarin please"))
        alive = False

        menu = await dialog.reply("dies", 2, Utterance("还款", Language.ZH, 0.9))
        person = await dialog.reply("dies", 3, Keys("0"))

    assert menu.listening.expect is Expect.MENU
    assert menu.prompts[0].language is Language.ZH
    assert person.then is Then.HAND_OVER


async def test_one_slow_answer_is_forgiven_and_two_in_a_row_are_not() -> None:
    slow = ScriptedDialog(
        failures={("slow", turn): EngineTimeout("dialog", "too slow") for turn in (1, 3, 4)}
    )
    async with lender() as facts:
        dialog = FallbackDialog(slow, MenuDialog(Actions(starter_flows(), facts, lambda: TODAY)))
        await dialog.open(a_call("slow"), Opening())

        with pytest.raises(EngineTimeout):
            await dialog.reply("slow", 1, words("balance"))
        again = await dialog.reply("slow", 1, words("balance"))
        await dialog.reply("slow", 2, words("balance"))
        with pytest.raises(EngineTimeout):
            await dialog.reply("slow", 3, words("balance"))
        menu = await dialog.reply("slow", 4, words("balance"))

    assert again.question == "balance"
    assert menu.listening.expect is Expect.MENU


async def test_two_misunderstandings_in_the_menu_lead_to_a_person() -> None:
    async with falling_back(always(WRONG["an error"])) as dialog:
        await dialog.open(a_call("lost"), Opening())

        once = await dialog.reply("lost", 1, words("some words"))
        twice = await dialog.reply("lost", 2, Happening.UNHEARD)

    assert once.listening.expect is Expect.MENU
    assert twice.then is Then.HAND_OVER


async def test_a_rasa_that_was_restarted_goes_on_with_the_call() -> None:
    known: set[str] = set()

    async def forgetful(request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("turn") == 0:
            known.add(body["call_id"])
        if body["call_id"] not in known:
            return web.json_response({"error": "unknown call"}, status=404)
        return web.json_response(GOOD)

    async with falling_back(forgetful) as dialog:
        await dialog.open(a_call("restarted"), Opening())
        known.clear()

        reply = await dialog.reply("restarted", 3, words("hello"))

    assert reply.listening.expect is Expect.FREE
