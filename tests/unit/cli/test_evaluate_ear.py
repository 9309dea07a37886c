"""`ivr evaluate ear` as its user types it."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from ivr.audio.wav import write_wav
from ivr.cli import app
from ivr.errors import ConfigError


def tone(length_s: float, *sounds: tuple[float, float]) -> bytes:
    t = np.arange(round(length_s * 8000)) / 8000
    on = np.zeros(len(t), bool)
    for start_s, end_s in sounds:
        on |= (t >= start_s) & (t < end_s)
    return np.asarray(on * 6000 * np.sin(2 * np.pi * 200 * t), np.int16).tobytes()


def test_figures_of_several_calls_come_as_json(tmp_path):
    for name in ("a", "b"):
        write_wav(tmp_path / f"{name}.wav", tone(6, (2, 3)), tone(6, (0.2, 1), (3.5, 5)))

    files = [str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]
    result = CliRunner().invoke(app, ["evaluate", "ear", *files, "--json"])

    summary = json.loads(result.stdout)["summary"]
    assert summary["calls"] == 2
    assert summary["silence_s"]["p50"] == pytest.approx(0.5, abs=0.03)


def test_people_get_a_table(tmp_path):
    write_wav(tmp_path / "a.wav", tone(6, (2, 3)), tone(6, (0.2, 1), (3.5, 5)))

    result = CliRunner().invoke(app, ["evaluate", "ear", str(tmp_path / "a.wav")])

    assert "silence" in result.stdout
    assert "0.50" in result.stdout


def test_a_mono_recording_says_what_is_needed(tmp_path):
    write_wav(tmp_path / "mono.wav", tone(1))

    result = CliRunner().invoke(app, ["evaluate", "ear", str(tmp_path / "mono.wav")])

    assert isinstance(result.exception, ConfigError)
    assert "Caller left, hotline right" in str(result.exception)


def test_broken_events_say_how_to_write_them(tmp_path):
    write_wav(tmp_path / "a.wav", tone(1), tone(1))
    (tmp_path / "events.json").write_text('[{"start_s": 1}]')

    result = CliRunner().invoke(
        app,
        ["evaluate", "ear", str(tmp_path / "a.wav"), "--events", str(tmp_path / "events.json")],
    )

    assert isinstance(result.exception, ConfigError)
    assert "backchannel" in str(result.exception)


def test_the_events_of_one_call_are_not_taken_for_those_of_another(tmp_path):
    for name in ("a", "b"):
        write_wav(tmp_path / f"{name}.wav", tone(1), tone(1))
    (tmp_path / "events.json").write_text("[]")
    files = [str(tmp_path / f"{name}.wav") for name in ("a", "b")]

    result = CliRunner().invoke(
        app, ["evaluate", "ear", *files, "--events", str(tmp_path / "events.json")]
    )

    assert isinstance(result.exception, ConfigError)
    assert "several recordings" in str(result.exception)


def test_a_file_may_be_named_like_markup(tmp_path):
    (tmp_path / "[").mkdir()
    file = tmp_path / "[" / "b].wav"  # "[/b].wav" in a path closes a tag that nobody opened
    write_wav(file, tone(6, (2, 3)), tone(6, (0.2, 1), (3.5, 5)))

    result = CliRunner().invoke(app, ["evaluate", "ear", str(file)])

    assert result.exit_code == 0
