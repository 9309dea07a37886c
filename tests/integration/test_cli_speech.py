"""`ivr calls export --speech`: only consenting callers' words, cut so that an ear can learn."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from ivr.asr.manifest import read_manifest
from ivr.audio.wav import read_wav, write_wav
from ivr.cli import app
from ivr.config import load_settings
from ivr.domain import (
    CallerEvent,
    CallInfo,
    CallRecord,
    Language,
    Opening,
    Outcome,
    Speaker,
    Turn,
)
from ivr.errors import IvrError
from ivr.store.sql import open_store

AGREED, SILENT = "13800138000", "13900139000"
ARRIVED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TURNS = (
    Turn(1, Speaker.HOTLINE, "您好", Language.ZH, 0.1, 0.9),
    Turn(2, Speaker.CALLER, "我 还 欠 多少", Language.ZH, 1.0, 2.5, "balance", 0.93),
    Turn(3, Speaker.CALLER, "[6 keys]", Language.ZH, 3.0, 3.5),
    Turn(4, Speaker.CALLER, "卡号 是 [card]", Language.ZH, 4.0, 6.0),
    Turn(5, Speaker.CALLER, "谢谢", Language.ZH, 7.0, 7.6, "thanks", 0.99),
)


@dataclass
class Hotline:
    """Kept calls of two callers, and where the recordings are."""

    config: Path
    folder: Path

    def export(self, name: str = "speech") -> Result:
        words = ["calls", "export", "--speech", str(self.folder / name)]
        return CliRunner().invoke(app, [*words, "--config", str(self.config)])

    def told(self, kind: str, number: str = AGREED, *, hours_after: float = 0.0) -> None:
        """Let an event come in, some hours after the calls began."""
        asyncio.run(self._tell(kind, number, ARRIVED + timedelta(hours=hours_after)))

    async def _tell(self, kind: str, number: str, at: datetime) -> None:
        async with open_store(load_settings(self.config).store) as store:
            event = CallerEvent(store.key_of(number), kind, at, f"crm-{kind}-{number}")
            await store.add_event(event)


@pytest.fixture
def hotline(tmp_path: Path) -> Hotline:
    config = tmp_path / "hotline.yaml"
    config.write_text(
        f'store: {{url: "sqlite+aiosqlite:///{tmp_path}/hotline.db", '
        f'secret_file: "{tmp_path}/secret"}}\n'
        f'recording: {{directory: "{tmp_path}/recordings"}}\n'
    )
    asyncio.run(_keep(config))
    (tmp_path / "recordings").mkdir()
    loud, quiet = (np.full(8000 * 10, level, "<i2").tobytes() for level in (1000, 1))
    for call_id in ("1700.1", "1700.2"):
        write_wav(tmp_path / "recordings" / f"{call_id}.wav", loud, quiet)
    return Hotline(config, tmp_path)


async def _keep(config: Path) -> None:
    async with open_store(load_settings(config).store) as store:
        for call_id, number in (("1700.1", AGREED), ("1700.2", SILENT)):
            key, ended = store.key_of(number), ARRIVED + timedelta(seconds=60)
            await store.begin(CallInfo(call_id, number, key, "95000", Language.ZH, ARRIVED))
            for turn in TURNS:
                await store.add_turn(call_id, turn)
            when = (Language.ZH, ARRIVED, ARRIVED, ended)
            outcome = (Outcome.COMPLETED, "balance", Opening())
            await store.finish(CallRecord(call_id, key, "95000", *when, *outcome))


def test_what_a_consenting_caller_said_can_be_trained_on(hotline: Hotline) -> None:
    hotline.told("speech_consent")

    done = hotline.export()

    assert done.exit_code == 0
    clips = read_manifest(hotline.folder / "speech" / "manifest.csv")
    assert [clip.text for clip in clips] == ["我 还 欠 多少", "谢谢"]
    assert {(clip.speaker, clip.group) for clip in clips} == {("caller-1", "balance")}
    assert "1 calls without recorded consent" in done.stderr
    assert "2 utterances with keys or numbers" in done.stderr


def test_recordings_hold_the_caller_alone_and_a_little_around_each_turn(hotline: Hotline) -> None:
    hotline.told("speech_consent")
    hotline.export()

    file = read_manifest(hotline.folder / "speech" / "manifest.csv")[0].path
    sound = read_wav(file)

    assert sound.samples.shape == (round(8000 * (1.5 + 0.6)), 1)
    assert set(sound.samples[:, 0].tolist()) == {1000}
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_nothing_tells_whose_speech_it_is(hotline: Hotline) -> None:
    hotline.told("speech_consent")
    done = hotline.export()

    written = (hotline.folder / "speech" / "manifest.csv").read_text("utf-8")
    assert AGREED not in written + done.output


def test_without_consent_nothing_is_written_and_the_remedy_is_told(hotline: Hotline) -> None:
    hotline.told("payment_failed")

    done = hotline.export()

    assert isinstance(done.exception, IvrError)
    assert "ivr events import" in str(done.exception)
    assert list((hotline.folder / "speech").iterdir()) == []


def test_who_withdraws_is_left_out(hotline: Hotline) -> None:
    hotline.told("speech_consent", hours_after=-50)
    hotline.told("speech_consent_withdrawn", hours_after=1.9)

    assert isinstance(hotline.export().exception, IvrError)


def test_a_deleted_recording_is_counted(hotline: Hotline) -> None:
    hotline.told("speech_consent")
    hotline.told("speech_consent", SILENT)
    (hotline.folder / "recordings" / "1700.2.wav").unlink()

    done = hotline.export()

    assert "1 calls without a recording" in done.stderr
    assert len(read_manifest(hotline.folder / "speech" / "manifest.csv")) == 2


def test_a_folder_that_holds_something_is_left_as_it_is(hotline: Hotline) -> None:
    hotline.told("speech_consent")
    hotline.export()

    done = hotline.export()

    assert isinstance(done.exception, IvrError)
    assert "Name a new folder" in str(done.exception)


def test_calls_and_their_speech_are_exported_one_at_a_time(hotline: Hotline) -> None:
    words = ["calls", "export", "--speech", str(hotline.folder / "speech"), "--out", "calls.jsonl"]

    done = CliRunner().invoke(app, [*words, "--config", str(hotline.config)])

    assert done.exit_code == 2
    assert "not both" in done.stderr
