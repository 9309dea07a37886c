"""`ivr callbacks` on a real database."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli import app
from ivr.config.settings import Store
from ivr.domain import CallInfo, Language
from ivr.store.sql import open_store


@pytest.fixture
def config(tmp_path: Path) -> Path:
    settings = Store(
        url=f"sqlite+aiosqlite:///{tmp_path / 'calls.db'}", secret_file=tmp_path / "secret"
    )
    asyncio.run(_promise(settings))
    file = tmp_path / "hotline.yaml"
    file.write_text(json.dumps({"store": settings.model_dump(mode="json")}), "utf-8")
    return file


async def _promise(settings: Store) -> None:
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    async with open_store(settings) as store:
        key = store.key_of("13800000001")
        info = CallInfo("call-1", "13800000001", key, "95000", Language.ZH, now)
        await store.begin(info)
        await store.ask_call_back(info, "service")


def test_a_promise_is_listed_with_the_number_to_dial(config: Path) -> None:
    result = CliRunner().invoke(app, ["callbacks", "list", "--json", "--config", str(config)])

    (wish,) = json.loads(result.stdout)
    assert wish["number"].endswith("13800000001")
    assert wish["queue"] == "service"


def test_a_promise_that_was_kept_is_gone(config: Path) -> None:
    listed = CliRunner().invoke(app, ["callbacks", "list", "--json", "--config", str(config)])
    wish = json.loads(listed.stdout)[0]["wish"]

    kept = CliRunner().invoke(app, ["callbacks", "done", str(wish), "--config", str(config)])
    after = CliRunner().invoke(app, ["callbacks", "list", "--config", str(config)])

    assert kept.exit_code == 0
    assert "Nobody waits" in after.stdout


def test_an_unknown_promise_is_said_to_be_unknown(config: Path) -> None:
    result = CliRunner().invoke(app, ["callbacks", "done", "4711", "--config", str(config)])

    assert result.exit_code == 2
    assert "ivr callbacks list" in result.stderr


def test_looking_makes_no_tables(tmp_path: Path) -> None:
    store = {"url": f"sqlite+aiosqlite:///{tmp_path}/none.db", "secret_file": f"{tmp_path}/secret"}
    file = tmp_path / "hotline.yaml"
    file.write_text(json.dumps({"store": store}), "utf-8")

    result = CliRunner().invoke(app, ["callbacks", "list", "--config", str(file)])

    assert result.exit_code != 0
    assert "ivr db upgrade" in str(result.exception)
