"""What a rehearsal does where Rasa cannot help it."""

import pytest
from aiohttp import web

from ivr.config.free_port import free_port
from ivr.dialog.rehearsal import understood_by
from ivr.errors import EngineRejected, EngineUnavailable


async def test_a_rasa_that_does_not_run_is_said_to_be_unavailable() -> None:
    with pytest.raises(EngineUnavailable, match="does not answer"):
        await understood_by(f"http://127.0.0.1:{free_port()}", "", ["hello"])


async def test_a_rasa_without_the_model_is_not_taken_for_one_that_understood_nothing() -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"error": "there is no model 'abc'"}, status=409)

    app = web.Application()
    app.router.add_post("/webhooks/hotline/understand", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        with pytest.raises(EngineRejected, match="there is no model"):
            await understood_by(f"http://127.0.0.1:{port}", "abc", ["hello"])
    finally:
        await runner.cleanup()
