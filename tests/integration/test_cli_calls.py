"""What people see of kept calls on the command line, and how they have them forgotten."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ivr.cli import app
from ivr.config import load_settings
from ivr.domain import (
    CallInfo,
    CallRecord,
    Candidate,
    Language,
    Opening,
    OpeningKind,
    Outcome,
    Prediction,
    Speaker,
    Turn,
)
from ivr.errors import ConfigError, IvrError
from ivr.store.sql import open_store

NUMBER = "13800138000"
ARRIVED = datetime.now(UTC) - timedelta(hours=2)
TURNS = (
    Turn(1, Speaker.CALLER, "我 还 欠 多少 [markup]", Language.ZH, 1.0, 2.5, "balance", 0.93),
    Turn(2, Speaker.HOTLINE, "您没有欠款", Language.ZH, 3.1, 4.0, silence_s=0.62, interrupted=True),
)


@dataclass
class Shell:
    """Runs `ivr` with settings of its own."""

    config: Path

    def ivr(self, *words: str, given: str = "") -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(self.config)], input=given)

    def json(self, *words: str) -> Any:  # whatever the command prints
        return json.loads(self.ivr(*words, "--json").stdout)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    config = tmp_path / "hotline.yaml"
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    lines = [
        f'store: {{url: "{url}", secret_file: "{tmp_path}/secret"}}',
        f'recording: {{directory: "{tmp_path}/recordings"}}',
    ]
    config.write_text("\n".join(lines), encoding="utf-8")
    return Shell(config)


@pytest.fixture
def kept(shell: Shell) -> Shell:
    """Two calls are kept: a finished one with a recording and one that is running."""
    asyncio.run(_keep_two(shell.config))
    recordings = shell.config.parent / "recordings"
    recordings.mkdir()
    (recordings / "1700.1.wav").touch()
    (recordings / "1700.1.html").touch()
    return shell


async def _keep_two(config: Path) -> None:
    async with open_store(load_settings(config).store) as store:
        key = store.key_of(NUMBER)
        first = CallInfo("1700.1", NUMBER, key, "95000", Language.ZH, ARRIVED)
        guess = Prediction((Candidate("balance", 0.61),), "blend")
        await store.begin(first)
        await store.note_opening("1700.1", Opening(OpeningKind.OFFER, ("balance",)), guess)
        for turn in TURNS:
            await store.add_turn("1700.1", turn)
        ended = ARRIVED + timedelta(seconds=83)
        language, outcome = Language.ZH, Outcome.COMPLETED
        known = ("1700.1", key, "95000", language, ARRIVED, ARRIVED, ended, outcome, "balance")
        await store.finish(CallRecord(*known, Opening()))
        later = ARRIVED + timedelta(hours=1)
        await store.begin(CallInfo("1700.2", "", "", "95001", Language.EN, later))


def test_calls_are_listed_newest_first(kept: Shell) -> None:
    listed = kept.json("calls", "list")

    assert [call["call_id"] for call in listed] == ["1700.2", "1700.1"]
    assert [call["outcome"] for call in listed] == [None, "completed"]
    assert listed[1]["turns"] == 2


def test_the_table_tells_what_a_person_wants_to_know(kept: Shell) -> None:
    text = kept.ivr("calls", "list").stdout

    assert "1700.1" in text
    assert "1:23" in text
    assert "running" in text


@pytest.mark.parametrize(
    ("option", "value", "found"),
    [
        ("--since", "90m", ["1700.2"]),
        ("--since", "1d", ["1700.2", "1700.1"]),
        ("--since", "2099-01-01", []),
        ("--outcome", "completed", ["1700.1"]),
        ("--language", "en", ["1700.2"]),
        ("--limit", "1", ["1700.2"]),
    ],
)
def test_lists_can_be_narrowed(kept: Shell, option: str, value: str, found: list[str]) -> None:
    assert [call["call_id"] for call in kept.json("calls", "list", option, value)] == found


@pytest.mark.parametrize("since", ["yesterday", "-3d", "99999999d", "2026-13-01"])
def test_a_senseless_time_is_told_in_plain_words(kept: Shell, since: str) -> None:
    done = kept.ivr("calls", "list", f"--since={since}")

    assert done.exit_code == 2
    assert "neither a time" in done.stderr


def test_one_call_is_shown_with_turns_waits_and_files(kept: Shell) -> None:
    text = kept.ivr("calls", "show", "1700.1").stdout

    for part in ("我 还 欠 多少 [markup]", "balance", "0.93", "0.62", "cut off", "offer", "0.61"):
        assert part in text
    flat = text.replace("\n", "")
    assert f"recording: {kept.config.parent}/recordings/1700.1.wav" in flat
    assert f"call sheet: {kept.config.parent}/recordings/1700.1.html" in flat


def test_a_call_without_a_sheet_tells_how_to_make_one(kept: Shell) -> None:
    assert "`ivr sheet 1700.2`" in kept.ivr("calls", "show", "1700.2").stdout


def test_one_call_is_shown_as_json(kept: Shell) -> None:
    told = kept.json("calls", "show", "1700.1")

    assert [turn["text"] for turn in told["turns"]] == [turn.text for turn in TURNS]
    assert told["opening"]["candidates"] == [{"question": "balance", "probability": 0.61}]
    assert len(told["files"]) == 2


def test_the_last_call_needs_no_id(kept: Shell) -> None:
    assert kept.json("calls", "show", "last")["call_id"] == "1700.2"


@pytest.mark.parametrize("call_id", ["nobody", "", "1700", "x" * 1000, "'; DROP TABLE calls"])
def test_an_unknown_call_is_told_in_plain_words(kept: Shell, call_id: str) -> None:
    done = kept.ivr("calls", "show", call_id)

    assert isinstance(done.exception, IvrError)
    assert "`ivr calls list`" in str(done.exception)


def test_calls_are_exported_as_json_lines_for_our_eyes_only(kept: Shell, tmp_path: Path) -> None:
    out = tmp_path / "calls.jsonl"

    done = kept.ivr("calls", "export", "--out", str(out))

    assert done.exit_code == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [len(line["turns"]) for line in lines] == [0, 2]
    assert out.stat().st_mode & 0o077 == 0


def test_an_export_that_fails_leaves_the_earlier_one(shell: Shell, tmp_path: Path) -> None:
    earlier = tmp_path / "calls.jsonl"
    earlier.write_text("{}\n")

    done = shell.ivr("calls", "export", "--out", str(earlier))  # there is no database

    assert isinstance(done.exception, ConfigError)
    assert earlier.read_text() == "{}\n"


@pytest.mark.parametrize("words", ["calls list", "report ear", "report offers"])
def test_without_a_database_the_remedy_is_told(shell: Shell, words: str) -> None:
    done = shell.ivr(*words.split())

    assert isinstance(done.exception, ConfigError)
    assert "ivr db upgrade" in str(done.exception)


def test_an_upgrade_makes_the_tables(shell: Shell) -> None:
    upgraded, listed = shell.ivr("db", "upgrade"), shell.ivr("calls", "list")

    assert "version 0" in upgraded.stdout
    assert "No calls" in listed.stdout


def test_a_caller_is_forgotten_with_the_recordings(kept: Shell) -> None:
    done = kept.ivr("db", "forget", NUMBER, "--yes")

    assert "Deleted 1 calls and 2 files." in done.stdout
    assert [call["call_id"] for call in kept.json("calls", "list")] == ["1700.2"]
    assert list((kept.config.parent / "recordings").iterdir()) == []


def test_a_number_typed_unseen_does_not_show_and_a_no_forgets_nothing(kept: Shell) -> None:
    done = kept.ivr("db", "forget", given=f"{NUMBER}\nn\n")

    assert NUMBER not in done.output
    assert done.exit_code == 1
    assert len(kept.json("calls", "list")) == 2


def test_an_unknown_number_deletes_nothing_and_gives_a_hint(kept: Shell) -> None:
    done = kept.ivr("db", "forget", "123", "--yes")

    assert "Deleted 0 calls" in done.stdout
    assert "country code" in done.stdout


def test_a_purge_tells_how_much_went(kept: Shell) -> None:
    done = kept.ivr("db", "purge")

    assert done.exit_code == 0
    assert "0 texts" in done.stdout
