"""The hotline's pages, asked over HTTP."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner, Result

from ivr import metrics
from ivr.cli import app
from ivr.config import Settings
from ivr.config.settings import Web
from ivr.errors import ConfigError, EngineUnavailable
from ivr.web import health
from ivr.web.status import CallStatus, HotlineStatus, Observed, PhoneState, describe

STARTED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Engine:
    """An engine that is well, ill, broken or stuck."""

    mood: str = "well"

    async def is_healthy(self) -> bool:
        if self.mood == "broken":
            raise EngineUnavailable("x", "gone")
        if self.mood == "stuck":
            await asyncio.Event().wait()
        return self.mood == "well"


@dataclass
class Hotline:
    """A running set of pages and what stands behind it."""

    engines: dict[str, Engine]
    taking: bool = True
    port: int = 0

    async def status(self, engines: Mapping[str, bool]) -> HotlineStatus:
        calls = (CallStatus("1700000000.12", "talking", 12.5),)
        phones = {"6001": PhoneState.BUSY}
        observed = Observed(STARTED, self.taking, calls, phones, engines)
        return describe(Settings(state_dir=Path("/srv/var")), observed)

    async def get(self, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return answer.status, await answer.text()

    async def get_json(self, path: str) -> tuple[int, dict[str, object]]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def hotline() -> AsyncIterator[Hotline]:
    made = Hotline({"ear": Engine(), "mind": Engine()})
    pages = health.Pages(made.engines, made.status, lambda: made.taking)
    async with health.serve(Web(port=0), pages) as port:
        made.port = port
        yield made


async def test_a_hotline_with_a_broken_engine_is_alive_but_not_ready(hotline: Hotline) -> None:
    hotline.engines["mind"].mood = "broken"

    alive, ready = await hotline.get_json("/healthz"), await hotline.get_json("/readyz")

    assert alive == (200, {"alive": True})
    assert ready == (
        503,
        {"ready": False, "taking_calls": True, "engines": {"ear": True, "mind": False}},
    )


async def test_a_hotline_is_ready_when_every_engine_is_well(hotline: Hotline) -> None:
    status, told = await hotline.get_json("/readyz")

    assert (status, told["ready"]) == (200, True)


async def test_a_draining_hotline_is_not_ready(hotline: Hotline) -> None:
    hotline.taking = False

    status, told = await hotline.get_json("/readyz")

    assert (status, told["taking_calls"]) == (503, False)


async def test_an_engine_that_does_not_answer_is_not_healthy(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROBE_DEADLINE_S", 0.05)
    hotline.engines["ear"].mood = "stuck"

    _, told = await hotline.get_json("/readyz")

    assert told["engines"] == {"ear": False, "mind": True}


async def test_metrics_tell_the_health_of_engines_and_what_callers_feel(hotline: Hotline) -> None:
    hotline.engines["mind"].mood = "ill"
    metrics.SILENCE_S.observe(0.7)
    await hotline.get("/readyz")

    _, text = await hotline.get("/metrics")

    assert 'ivr_engine_healthy{engine="ear"} 1.0' in text
    assert 'ivr_engine_healthy{engine="mind"} 0.0' in text
    assert "ivr_silence_seconds_bucket" in text


async def test_the_status_tells_whom_to_dial_and_how_to_register(hotline: Hotline) -> None:
    _, told = await hotline.get_json("/status")

    assert told["sip_address"] == "sip:127.0.0.1:5060"
    assert told["numbers"] == [
        {"number": "95000", "language": "zh", "uri": "sip:95000@127.0.0.1:5060"},
        {"number": "95001", "language": "en", "uri": "sip:95001@127.0.0.1:5060"},
    ]
    assert told["calls"] == [{"call_id": "1700000000.12", "state": "talking", "seconds": 12.5}]
    assert told["engines"] == {"ear": True, "mind": True}
    assert told["agents"][0]["state"] == "busy"  # type: ignore[index] # JSON
    assert told["softphone"]["password_files"] == {  # type: ignore[index] # JSON
        "7001": "/srv/var/secrets/sip-7001",
        "6001": "/srv/var/secrets/sip-6001",
    }


async def test_a_taken_port_names_the_setting_and_the_remedy(hotline: Hotline) -> None:
    pages = health.Pages({}, hotline.status)

    with pytest.raises(ConfigError, match=r"web\.port: port \d+ is taken.*another port"):
        async with health.serve(Web(port=hotline.port), pages):
            pass


async def test_an_address_of_another_machine_names_the_setting() -> None:
    pages = health.Pages({}, Hotline({}).status)

    with pytest.raises(ConfigError, match=r"web\.host: cannot listen on 192\.0\.2\.1"):
        async with health.serve(Web(host="192.0.2.1", port=0), pages):
            pass


async def test_the_port_is_free_again_afterwards() -> None:
    pages = health.Pages({}, Hotline({}).status)
    async with health.serve(Web(port=0), pages) as port:
        pass

    with socket.create_server(("127.0.0.1", port)):
        pass


async def ivr_status(port: int, *options: str) -> Result:
    words = ["status", "--url", f"http://127.0.0.1:{port}", *options]
    return await asyncio.to_thread(CliRunner().invoke, app, words)


async def test_ivr_status_shows_whom_to_dial_and_what_is_broken(hotline: Hotline) -> None:
    hotline.engines["mind"].mood = "ill"

    text = (await ivr_status(hotline.port)).stdout

    for part in ("95000", "95001", "6001", "busy", "1700000000.12", "talking", "DOWN"):
        assert part in text
    assert "/srv/var/secrets/sip-7001" in text


async def test_ivr_status_prints_json_for_programs(hotline: Hotline) -> None:
    told = json.loads((await ivr_status(hotline.port, "--json")).stdout)

    assert told == (await hotline.get_json("/status"))[1]


async def test_ivr_status_says_plainly_when_nothing_runs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]

    done = await ivr_status(port)

    assert done.exit_code == 1
    assert (
        done.stderr
        == f"No hotline answers at http://127.0.0.1:{port}. Start one with `make run`.\n"
    )


async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"220 mail.example ESMTP\r\n")
    writer.close()


async def test_ivr_status_is_not_fooled_by_another_program() -> None:
    async with await asyncio.start_server(stranger, "127.0.0.1", 0) as other:
        done = await ivr_status(other.sockets[0].getsockname()[1])

    assert done.exit_code == 1
    assert "No hotline answers" in done.stderr


async def test_ivr_status_refuses_a_senseless_address() -> None:
    done = await asyncio.to_thread(CliRunner().invoke, app, ["status", "--url", "foo:bar"])

    assert isinstance(done.exception, ConfigError)
    assert "--url" in str(done.exception)
