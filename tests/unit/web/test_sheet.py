"""A call on one page: true, self-contained, and safe whatever was said."""

import base64
import re
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import write_wav
from ivr.domain import (
    CallRecord,
    Language,
    Opening,
    OpeningKind,
    Outcome,
    Speaker,
    Turn,
)
from ivr.web.sheet import figures, opening_text, render_sheet
from ivr.web.waveform import COLUMNS, HEIGHT, StereoCall, loudest, outline

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
RECORD = CallRecord(
    call_id="1763716800.42",
    caller_key="key",
    dialled="95000",
    language=Language.ZH,
    arrived_at=NOW,
    answered_at=NOW,
    ended_at=NOW,
    outcome=Outcome.COMPLETED,
    question="balance",
    opening=Opening(OpeningKind.OFFER, ("repayment_date",)),
)
TURNS = (
    Turn(1, Speaker.HOTLINE, "您好。", Language.ZH, 0.3, 2.0),
    Turn(2, Speaker.CALLER, "查询 余额", Language.ZH, 2.5, 3.5, intent="balance", confidence=0.91),
    Turn(3, Speaker.HOTLINE, "一百元。", Language.ZH, 4.2, 6, silence_s=0.7, interrupted=True),
)


def test_the_sheet_tells_words_intents_waits_and_interruptions() -> None:
    page = render_sheet(RECORD, TURNS, None)

    for told in ("查询 余额", "balance", "91 %", "after 0.70 s", "interrupted", "Completed"):
        assert told in page


def test_what_a_caller_said_cannot_become_markup() -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    turn = replace(TURNS[1], text=attack, intent=attack)

    page = render_sheet(replace(RECORD, question=attack, agent=attack), (turn,), None)

    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_sheet_loads_nothing() -> None:
    page = render_sheet(RECORD, TURNS, None)

    assert "default-src 'none'" in page
    assert not re.search(r"(?:https?:)?//|url\(|@import|<link", page)


def test_a_call_without_a_word_has_a_sheet() -> None:
    assert "Nothing was said." in render_sheet(RECORD, (), None)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_words(outcome: Outcome) -> None:
    assert "pill" in render_sheet(replace(RECORD, outcome=outcome), TURNS, None)


def test_a_call_that_has_not_ended_is_not_called_a_failure() -> None:
    page = render_sheet(replace(RECORD, outcome=Outcome.FAILED), TURNS, None, has_ended=False)

    assert "Not ended, or cut off" in page
    assert "our fault" not in page


def test_every_turn_that_is_drawn_is_told() -> None:
    page = render_sheet(RECORD, TURNS, None)

    assert set(re.findall(r'href="#(turn-\d+)"', page)) == set(re.findall(r'id="(turn-\d+)"', page))


def test_figures_come_from_the_turns() -> None:
    shown = {figure.label: figure.value for figure in figures(TURNS, 65)}

    assert shown == {
        "length": "1:05",
        "turns of the caller": "1",
        "typical wait": "0.7 s",
        "longest wait": "0.7 s",
        "interruptions": "1",
    }


def test_an_opening_is_told_in_words() -> None:
    drawn = Opening(OpeningKind.ASK, propensity=0.1, held_out=True)

    assert opening_text(RECORD.opening) == "offered: repayment_date"
    assert opening_text(drawn) == (
        "asked an open question (chance 10%); held out for comparison, no offer"
    )


def test_an_outline_is_high_where_it_is_loud() -> None:
    samples = np.zeros(16000, np.int16)
    samples[8000:] = 10000

    path = outline(samples, 0, 2, 10000)

    points = [tuple(map(int, point.split())) for point in path[1:-1].split("L")]
    above = dict(points[:COLUMNS])
    assert above[COLUMNS // 4] == HEIGHT
    assert above[COLUMNS * 3 // 4] == 0


def test_an_outline_ends_with_the_recording() -> None:
    samples = np.full(8000, 5000, np.int16)

    assert outline(samples, 0, 4, 5000).count("L") == 2 * COLUMNS // 4 - 1
    assert outline(samples, 8, 4, 5000) == ""


def test_the_most_negative_sample_is_loud() -> None:
    assert loudest(np.full(100, -32768, np.int16)) == 32768


def test_the_audio_in_the_page_is_a_wav_of_both_sides() -> None:
    call = StereoCall(np.full(800, 1000, np.int16), np.full(800, -1000, np.int16))

    wav = base64.b64decode(call.data_url().removeprefix("data:audio/wav;base64,"))

    assert struct.unpack_from("<4sI4s", wav) == (b"RIFF", len(wav) - 8, b"WAVE")
    assert struct.unpack_from("<HHIIHH", wav, 20) == (7, 2, 8000, 16000, 2, 8)
    assert wav.endswith(b"data" + struct.pack("<I", 1600) + wav[-1600:])


def test_what_the_caller_minded_is_marked_where_it_happened(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 4000, 80000).astype("<i2")
    hotline = np.zeros(80000, "<i2")
    hotline[16000:64000] = noise[16000:64000]
    hotline[40000:40800] = 0  # a hole of 100 ms, five seconds in
    write_wav(tmp_path / "call.wav", bytes(160000), hotline.tobytes())

    page = render_sheet(RECORD, (), tmp_path / "call.wav", has_audio=False)

    assert 'title="gap in our speech" style="left:50.000%' in page
    assert "<b>1</b><span>gap in our speech</span>" in page
