"""`ivr flows publish | history | rollback` and the pages of the hotline that they ask."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from typer.testing import CliRunner, Result

from ivr.cli import app
from ivr.config import Settings, load_settings
from ivr.config.free_port import free_port
from ivr.config.settings import Web
from ivr.telephony.secret_files import secret
from ivr.web import health
from ivr.web.flows import FlowsPage
from ivr.web.status import HotlineStatus, Observed, describe
from tests.unit.call.publisher_here import Here, few_flows, publisher_here

OLD, NEW = "Hello, how can I help you?", "Welcome, what can I do?"


def write_config(folder: Path) -> Path:
    file = folder / "hotline.yaml"
    few_flows(folder / "flows")
    port = free_port()
    file.write_text(
        f"state_dir: {folder}/var\nflows_dir: {folder}/flows\nweb: {{port: {port}}}\n"
        f'store: {{url: "sqlite+aiosqlite:///{folder}/h.db", secret_file: "{folder}/secret"}}\n',
        "utf-8",
    )
    return file


@dataclass
class Shell:
    config: Path
    settings: Settings
    hotline: Here

    async def ivr(self, *words: str) -> Result:
        command = ["flows", *words, "--config", str(self.config)]
        return await asyncio.to_thread(CliRunner().invoke, app, command)

    def reword(self, text: str) -> None:
        file = self.settings.flows_dir / "hotline.yaml"
        file.write_text(file.read_text("utf-8").replace(OLD, text), "utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.web.port}/flows"


@pytest.fixture
async def shell(tmp_path: Path) -> AsyncIterator[Shell]:
    config = write_config(tmp_path)
    settings = load_settings(config)

    async with publisher_here(settings) as here:
        page = FlowsPage(here.publisher, secret(settings.state_dir / "secrets" / "flows"))

        async def status(_: object) -> HotlineStatus:
            return describe(settings, Observed(datetime.now(UTC)))

        pages = health.Pages({}, status)
        async with health.serve(Web(port=settings.web.port), pages, page.routes()):
            yield Shell(config, settings, here)


async def test_published_words_are_heard_by_the_next_call_and_taken_back(shell: Shell) -> None:
    first = shell.hotline.publisher.serving.version
    shell.reword(NEW)

    published = await shell.ivr("publish", "--why", "friendlier", "--by", "wang")
    now = await shell.hotline.version_of_next_call()
    taken_back = await shell.ivr("rollback", "--why", "figures fell", "--by", "li")
    history = await shell.ivr("history", "--json")

    assert published.exit_code == 0, published.output
    assert "Changed: hotline.yaml" in published.output
    assert f"New calls have version {now}" in published.output
    assert now != first
    assert taken_back.exit_code == 0, taken_back.output
    assert await shell.hotline.version_of_next_call() == first
    for word in ("friendlier", "wang", "figures fell", "li", "rolled_back"):
        assert word in history.output


def json_in(result: Result) -> Any:  # JSON
    """What the command printed; the hotline of the test logs into the same stream."""
    assert result.exit_code == 0, result.output
    return json.JSONDecoder().raw_decode(result.stdout, result.stdout.index("{\n"))[0]


async def test_a_script_is_told_what_was_done_and_how_long_each_step_took(shell: Shell) -> None:
    shell.reword(NEW)

    published = json_in(await shell.ivr("publish", "--why", "x", "--json"))
    again = json_in(await shell.ivr("publish", "--why", "x", "--json"))
    taken_back = json_in(await shell.ivr("rollback", "--why", "x", "--json"))

    assert published["changed"] == ["hotline.yaml"]
    assert published["is_live"] is True
    assert [step["step"] for step in published["steps"]] == [
        "compared with what callers have",
        "checked",
        "taught, loaded and spoken once",
        "swapped",
    ]
    assert set(published["steps"][2]["parts"]) >= {"read", "taught and loaded", "rendered"}
    assert again["publication"] is None
    assert taken_back["publication"]["kind"] == "rolled_back"
    assert taken_back["steps"][0]["parts"] == {}  # the version before was ready


async def test_flows_with_a_mistake_are_not_published(shell: Shell) -> None:
    first = shell.hotline.publisher.serving
    file = shell.settings.flows_dir / "refund.yaml"
    file.write_text("id: refund\nanswer: {en: [", "utf-8")

    result = await shell.ivr("publish", "--why", "oops")

    assert result.exit_code != 0
    assert "Nothing has changed for callers." in result.output
    assert str(file) in result.output  # where it is edited, not where it was checked
    assert shell.hotline.publisher.serving == first


async def test_what_callers_have_already_is_not_published_again(shell: Shell) -> None:
    result = await shell.ivr("publish", "--why", "again")

    assert "Nothing to publish" in result.output
    assert len(await shell.hotline.library.publications()) == 1


async def test_history_names_what_is_not_published_yet(shell: Shell) -> None:
    shell.reword(NEW)

    result = await shell.ivr("history")

    assert "hotline.yaml" in result.output


async def test_nobody_publishes_without_a_reason(shell: Shell) -> None:
    shell.reword(NEW)

    result = await shell.ivr("publish")

    assert "nobody will know why" in str(result.exception)


async def test_another_hotline_at_the_port_is_not_told(shell: Shell) -> None:
    (shell.settings.state_dir / "secrets" / "flows").write_text("another word")
    shell.reword(NEW)

    result = await shell.ivr("publish", "--why", "x")

    assert "is not the one of" in str(result.exception)


@pytest.mark.parametrize(
    ("password", "content", "status"),
    [("wrong", '{"limit": 1}', 401), ("", '{"limit": "one"}', 400), ("", "not JSON", 400)],
)
async def test_the_pages_refuse_what_makes_no_sense(
    shell: Shell, password: str, content: str, status: int
) -> None:
    word = password or secret(shell.settings.state_dir / "secrets" / "flows")
    head = {"Authorization": f"Bearer {word}"}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{shell.url}/history", data=content, headers=head) as answer,
    ):
        assert answer.status == status


async def test_without_a_hotline_the_history_comes_from_the_store(tmp_path: Path) -> None:
    config = write_config(tmp_path)

    result = await asyncio.to_thread(
        CliRunner().invoke, app, ["flows", "history", "--config", str(config)]
    )

    assert "Nothing was published yet" in result.output
