"""Kept calls, as `ivr flows diff` finds them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.cli.flows_diff import _transcripts
from ivr.config import Settings
from ivr.config.settings import Store
from ivr.domain import CallInfo, Language, Opening, OpeningKind, Prediction, Speaker, Turn
from ivr.errors import ConfigError
from ivr.store.sql import open_store


def settings_in(folder: Path) -> Settings:
    url = f"sqlite+aiosqlite:///{folder}/hotline.db"
    return Settings(store=Store(url=url, secret_file=folder / "secret"))


async def test_a_kept_call_is_found_as_it_was_held(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    info = CallInfo("17.1", "7001", "key", "95001", Language.EN, datetime.now(UTC))
    async with open_store(settings.store) as store:
        await store.begin(info)
        opening = Opening(OpeningKind.OFFER, ("refund",))
        await store.note_opening("17.1", opening, Prediction())
        for number, speaker, text in (
            (1, Speaker.HOTLINE, "Are you calling about a refund?"),
            (2, Speaker.CALLER, "no my card is six two two two zero two one two three four"),
        ):
            await store.add_turn("17.1", Turn(number, speaker, text, Language.EN, 0.0, 1.0))

    (call,) = await _transcripts(settings, 200)

    assert (call.call_id, call.numbers, call.said) == ("17.1", (2,), ("no my card is [phone]",))
    assert call.test.conversation.offered == ("refund",)
    assert call.test.conversation.from_number


def test_looking_for_calls_where_none_are_kept_leaves_no_trace(tmp_path: Path) -> None:
    assert asyncio.run(_transcripts(settings_in(tmp_path), 200)) == []

    assert list(tmp_path.iterdir()) == []


async def test_a_database_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "hotline.db").touch()

    with pytest.raises(ConfigError, match="ivr db upgrade"):
        await _transcripts(settings_in(tmp_path), 200)
