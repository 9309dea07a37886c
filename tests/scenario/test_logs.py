"""What whole calls leave in the log: JSON with the call's id, and nobody's words or numbers."""

import asyncio
import io
import json
import logging

import pytest
import structlog

from ivr import log
from ivr.domain import Keys
from ivr.errors import EngineTimeout

pytestmark = pytest.mark.looptime

NUMBER, CARD, KEYS = "13912345678", "六 二 二 八 四 八", "482193"


@pytest.fixture
def logged():
    root = logging.getLogger()
    handlers, level, out = root.handlers, root.level, io.StringIO()
    log.configure("DEBUG", out)
    yield out
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


async def a_troubled_call(hotline) -> str:
    """A caller says and types numbers while engines fail, and is put through to a person."""
    hotline.dialog.failures[("sim-1", 2)] = EngineTimeout("dialog", "too slow")
    async with hotline.running():
        call = hotline.exchange.ring(caller=NUMBER)
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.say(hotline.words(CARD))
        await asyncio.sleep(8)
        call.caller.press(KEYS + "#")
        await asyncio.sleep(8)
        call.caller.say(hotline.words("余额"))
        await asyncio.sleep(8)
        call.caller.hang_up()
        record = await hotline.over()
    return record.call_id


async def test_a_calls_log_names_nobody_and_quotes_nothing(hotline, logged):
    await a_troubled_call(hotline)

    text = logged.getvalue()
    heard = hotline.dialog.heard
    assert KEYS in [said.digits for _, _, said in heard if isinstance(said, Keys)]
    for secret in (NUMBER, CARD, *CARD.split(), KEYS, "余额", "您好"):
        assert secret not in text


async def test_every_line_of_a_call_is_json_and_carries_its_id(hotline, logged):
    call_id = await a_troubled_call(hotline)

    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    of_the_call = [line for line in lines if line["event"] != "draining"]
    assert len(of_the_call) >= 2
    assert {line.get("call_id") for line in of_the_call} == {call_id}


async def test_an_ordinary_call_is_about_ten_lines(hotline, logged):
    log.configure("INFO", logged)

    async with hotline.running():
        call = hotline.exchange.ring()
        await call.caller.until_hotline(silent_s=0.5)
        call.caller.hang_up()
        await hotline.over()

    lines = [json.loads(line)["event"] for line in logged.getvalue().splitlines()]
    assert {"call arrived", "call ended"} <= set(lines)
    assert len(lines) <= 10
