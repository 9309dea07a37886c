"""The client against an Asterisk that answers as the tests say."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ivr.errors import EngineRejected
from ivr.telephony import ari
from ivr.telephony.channel_watch import ChannelWatch
from ivr.telephony.media_doors import WebsocketDoor

CALLS = ari.MOST_COMMANDS + 6


async def pong(_request: web.Request) -> web.Response:
    return web.json_response({"ping": "pong"})


async def media(_request: web.Request) -> web.Response:
    told = {
        "id": "media-1",
        "name": "WebSocket/INCOMING",
        "state": "Up",
        "channelvars": {"MEDIA_WEBSOCKET_CONNECTION_ID": "1"},
    }
    return web.json_response(told)


async def audio(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(protocols=("media",))
    await socket.prepare(request)
    async for _ in socket:
        pass
    return socket


@asynccontextmanager
async def connected(*routes: web.RouteDef) -> AsyncIterator[ari.Ari]:
    """Have a client of a server with these routes."""
    application = web.Application()
    application.add_routes([web.get("/ari/asterisk/ping", pong), *routes])
    async with TestServer(application) as server:
        access = ari.Access(str(server.make_url("")).rstrip("/"), "ivr", "secret", "ivr", 30.0)
        async with ari.connected(access) as client:
            yield client


async def test_the_audio_of_many_calls_leaves_room_for_commands() -> None:
    routes = (web.post("/ari/channels/externalMedia", media), web.get("/media/1", audio))
    async with connected(*routes) as client, AsyncExitStack() as calls:
        door = WebsocketDoor(client)
        for number in range(CALLS):
            watch = ChannelWatch(f"media-{number}")
            watch.started.set()
            opened = await door.open(watch, asyncio.Event())
            calls.push_async_callback(opened.leave)

        await client.ping()


@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("/ari/channels", lambda client: client.channels()),
        ("/ari/bridges", lambda client: client.bridges()),
        ("/ari/applications/ivr", lambda client: client.application()),
    ],
)
@pytest.mark.parametrize("answer", ['[{"id": 13800000001}]', '"no"', "<html>", ""])
async def test_an_answer_that_makes_no_sense_is_an_engines_failure_without_its_words(
    path: str, ask: Callable[[ari.Ari], "asyncio.Future[object]"], answer: str
) -> None:
    async def answered(_request: web.Request) -> web.Response:
        return web.Response(text=answer, content_type="application/json")

    async with connected(web.get(path, answered)) as client:
        with pytest.raises(EngineRejected) as failure:
            await ask(client)

    assert "13800000001" not in str(failure.value)
