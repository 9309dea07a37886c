"""Events come in by file and over HTTP: at least once, in any order, kept once."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from ivr.cli import app
from ivr.config import Settings, load_settings
from ivr.config.settings import Web
from ivr.domain import CallerEvent
from ivr.errors import ConfigError
from ivr.sim.store import MemoryStore
from ivr.store.sql import open_store
from ivr.web import health
from ivr.web.events import EventsPage
from ivr.web.status import HotlineStatus, Observed, describe

NUMBER = "+8613800138000"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
HEAD = "source_id,kind,at,caller,channel\n"
ROWS = (
    f"bank-2,payment_failed,2026-05-04T12:00:00+08:00,{NUMBER},app\n"
    f"bank-1,repayment_due,2026-05-06,{NUMBER},\n"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "hotline.yaml"
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    file.write_text(f'store: {{url: "{url}", secret_file: "{tmp_path}/secret"}}\n', "utf-8")
    return file


def _ivr(config: Path, *words: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, [*words, "--config", str(config)])
    return result.exit_code, result.output, result.exception


async def _kept(config: Path) -> list[CallerEvent]:
    async with open_store(load_settings(config).store) as store:
        return list(await store.events(store.key_of(NUMBER), EPOCH))


def test_a_file_may_be_imported_twice(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(HEAD + ROWS, "utf-8")

    first, again = (_ivr(config, "events", "import", str(file)) for _ in range(2))

    assert first[:2] == (0, "2 kept, 0 known before, 0 left out\n")
    assert again[:2] == (0, "0 kept, 2 known before, 0 left out\n")
    kept = asyncio.run(_kept(config))
    assert [event.source_id for event in kept] == ["bank-2", "bank-1"]  # by time, not by line
    assert kept[0].payload == {"channel": "app"}


def test_json_lines_are_read_too(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    event = {"source_id": "1", "kind": "card_replaced", "at": "2026-05-04", "caller": NUMBER}
    file.write_text(json.dumps(event) + "\n\n", "utf-8")

    assert _ivr(config, "events", "import", str(file))[1].startswith("1 kept")


def test_a_bad_line_is_named_or_left_out(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(f"{HEAD}{ROWS}bank-3,payment_failed,soon,{NUMBER},\n", "utf-8")

    refused = _ivr(config, "events", "import", str(file))[2]
    skipped = _ivr(config, "events", "import", str(file), "--skip-bad")

    assert isinstance(refused, ConfigError)
    assert "events.csv:4: at is no time" in str(refused)
    assert "1 left out" in skipped[1]


@dataclass
class Endpoint:
    """The served page and the store behind it."""

    store: MemoryStore
    url: str

    async def post(
        self, body: object, password: str = "open sesame", raw: bytes | None = None
    ) -> tuple[int, Mapping[str, object]]:
        head = {"Authorization": f"Bearer {password}"} if password else {}
        content = raw if raw is not None else json.dumps(body).encode()
        async with (
            aiohttp.ClientSession() as client,
            client.post(self.url, data=content, headers=head) as answer,
        ):
            return answer.status, await answer.json()


class _Keyed(MemoryStore):
    def key_of(self, number: str) -> str:
        return "b" * 32 if number else ""


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    async def status(engines: Mapping[str, bool]) -> HotlineStatus:
        return describe(Settings(), Observed(EPOCH, True, (), {}, engines))

    store = _Keyed()
    page = EventsPage(store, "open sesame")
    pages = health.Pages({}, status)
    async with health.serve(
        Web.model_construct(host="127.0.0.1", port=0), pages, page.routes()
    ) as port:
        yield Endpoint(store, f"http://127.0.0.1:{port}/events")


EVENT = {"source_id": "a", "kind": "payment_failed", "at": "2026-05-04T10:00:00Z", "caller": "138"}


async def test_events_over_http_are_kept_once(endpoint: Endpoint) -> None:
    first = await endpoint.post([EVENT])
    again = await endpoint.post([EVENT, {**EVENT, "source_id": "b", "at": "2026-05-01"}])

    assert first == (200, {"kept": 1, "known": 0})
    assert again == (200, {"kept": 1, "known": 1})
    kept = await endpoint.store.events("b" * 32, EPOCH)
    assert [event.source_id for event in kept] == ["b", "a"]


@pytest.mark.parametrize("password", ["", "open", "open sesame!", "öffne dich"])
async def test_without_the_password_nothing_is_taken(endpoint: Endpoint, password: str) -> None:
    status, _ = await endpoint.post([EVENT], password)

    assert status == 401
    assert await endpoint.store.events("b" * 32, EPOCH) == []


async def test_one_bad_event_refuses_all_and_says_which(endpoint: Endpoint) -> None:
    status, answer = await endpoint.post([EVENT, {**EVENT, "kind": ""}])

    assert status == 400
    assert "event 1: kind is missing" in str(answer["error"])
    assert await endpoint.store.events("b" * 32, EPOCH) == []


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"no json", 400),
        (b'{"source_id": "a"}', 400),
        (b"[1]", 400),
        (b"[" * 100_000, 400),
        (b" " * 1_000_001, 413),
    ],
)
async def test_strange_bodies_are_refused(endpoint: Endpoint, raw: bytes, status: int) -> None:
    assert (await endpoint.post(None, raw=raw))[0] == status


async def test_a_store_that_is_down_asks_to_send_again(endpoint: Endpoint) -> None:
    endpoint.store.broken = True

    status, answer = await endpoint.post([EVENT])

    assert status == 503
    assert "send them again" in str(answer["error"])
