"""`ivr sheet` turns a kept call and its recording into one page."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.audio.wav import write_wav
from ivr.cli import app
from ivr.config import load_settings
from ivr.domain import CallInfo, CallRecord, Language, Opening, Outcome, Speaker, Turn
from ivr.errors import ConfigError, IvrError
from ivr.sim.callers import caller_lines
from ivr.store.sql import open_store

CALL_ID = "1763716800.42"
ARRIVED = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "hotline.yaml"
    url = f"sqlite+aiosqlite:///{tmp_path}/hotline.db"
    file.write_text(
        f'store: {{url: "{url}", secret_file: "{tmp_path}/secret"}}\n'
        f'recording: {{directory: "{tmp_path}/recordings"}}\n',
        encoding="utf-8",
    )
    asyncio.run(_keep_a_call(file))
    return file


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    lines = caller_lines(Language.ZH)
    file = tmp_path / "recordings" / f"{CALL_ID}.wav"
    file.parent.mkdir()
    write_wav(file, lines["balance"].pcm, bytes(32000) + lines["thanks"].pcm)
    return file


async def _keep_a_call(config: Path) -> None:
    async with open_store(load_settings(config).store) as store:
        await store.begin(CallInfo(CALL_ID, "", "", "95000", Language.ZH, ARRIVED))
        said = Turn(1, Speaker.CALLER, "我 的 余额", Language.ZH, 0.0, 1.4, "balance", 0.93)
        await store.add_turn(CALL_ID, said)
        ended = ARRIVED + timedelta(seconds=5)
        known = (CALL_ID, "", "95000", Language.ZH, ARRIVED, ARRIVED, ended)
        await store.finish(CallRecord(*known, Outcome.COMPLETED, "balance", Opening()))


def ivr_sheet(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["sheet", *words, "--config", str(config)])


def test_the_sheet_lies_beside_the_recording_for_its_owner_only(
    config: Path, recording: Path
) -> None:
    result = ivr_sheet(config, CALL_ID)

    page = recording.with_suffix(".html")
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "data:audio/wav;base64," in page.read_text(encoding="utf-8")


def test_the_recording_is_left_out_when_asked(
    config: Path, recording: Path, tmp_path: Path
) -> None:
    ivr_sheet(config, "last", "--no-audio", "-o", str(tmp_path / "sheet.html"))

    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "data:audio" not in page
    assert '<path d="M0 ' in page


def test_a_call_without_a_recording_has_a_sheet(config: Path, tmp_path: Path) -> None:
    result = ivr_sheet(config, CALL_ID, "-o", str(tmp_path / "sheet.html"))

    assert result.exit_code == 0, result.output
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "No recording is kept of this call." in page
    assert "我 的 余额" in page


def test_a_damaged_recording_is_told(config: Path, recording: Path) -> None:
    recording.write_bytes(b"RIFF")

    result = ivr_sheet(config, CALL_ID)

    assert isinstance(result.exception, ConfigError)
    assert str(recording) in str(result.exception)


def test_a_recording_of_one_side_only_is_told(config: Path, recording: Path) -> None:
    write_wav(recording, bytes(1600))

    result = ivr_sheet(config, CALL_ID)

    assert "stereo at 8 kHz is expected" in str(result.exception)


def test_an_unknown_call_is_told_in_plain_words(config: Path) -> None:
    result = ivr_sheet(config, "nobody")

    assert isinstance(result.exception, IvrError)
    assert "No call 'nobody' is kept" in str(result.exception)


def test_a_place_that_cannot_be_written_is_told(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = ivr_sheet(config, CALL_ID, "-o", str(tmp_path / "file" / "sheet.html"))

    assert "cannot be written" in str(result.exception)
