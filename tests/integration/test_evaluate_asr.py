"""`ivr evaluate asr` on synthesised recordings of every make, through the real ear."""

import json
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ivr.asr.manifest import telephone
from ivr.cli import app
from tests import needs

pytestmark = pytest.mark.integration

KEYS = {
    "n", "wer", "cer", "wer_ci95", "sentence_accuracy", "oov_rate", "accepted_in",
    "right_of_accepted", "accepted_out", "rtf", "final_ms_p50", "final_ms_p95", "rss_mb",
    "by_group",
}  # fmt: skip


def speak(text: str, file: Path, voice: str = "en-us") -> None:
    program = needs.program("espeak-ng", "apt-get install espeak-ng")
    subprocess.run([program, "-v", voice, "-w", file, text], check=True, timeout=30)


def write(file: Path, samples: np.ndarray, rate_hz: int, channels: int = 1) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(samples.astype("<i2").tobytes())


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A manifest of two spoken digits, a silence, and stereo noise at 48 kHz out of domain."""
    speak("seven", tmp_path / "seven.wav")
    speak("three", tmp_path / "three.wav")
    write(tmp_path / "silence.wav", np.zeros(16000), 8000)
    noise = np.random.default_rng(1).normal(0, 300, (48000, 2))
    write(tmp_path / "noise.wav", noise, 48000, channels=2)
    manifest = tmp_path / "m.csv"
    manifest.write_text(
        "path,text,speaker,group,in_domain\n"
        "seven.wav,7,a,digits,yes\n"
        "three.wav,three,a,digits,yes\n"
        "silence.wav,,,quiet,no\n"
        "noise.wav,,,noise,no\n"
    )
    return manifest


def evaluate(*options: str | Path) -> dict[str, object]:
    needs.path("models/vosk-hotline-en-8k")
    done = CliRunner().invoke(
        app, ["evaluate", "asr", "--json", *map(str, options)], catch_exceptions=False
    )
    assert done.exit_code == 0
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_the_figures_have_their_names_and_are_the_products(recordings: Path) -> None:
    figures = evaluate(
        "--manifest", recordings, "--model", "vosk-hotline-en-8k", "--expect", "digits"
    )

    assert set(figures) >= KEYS
    assert (figures["n"], figures["wer"], figures["accepted_out"]) == (4, 0, 0)


def test_a_grammar_of_other_words_hears_none_of_them(recordings: Path) -> None:
    grammar = recordings.with_name("g.txt")
    grammar.write_text("seven\n[unk]\n")

    figures = evaluate(
        "--manifest", recordings, "--model", "vosk-hotline-en-8k", "--grammar", grammar
    )

    assert figures["by_group"]["digits"]["n"] == 2  # type: ignore[index]


def test_models_stand_side_by_side_and_the_curve_is_drawn(recordings: Path) -> None:
    page = recordings.with_name("curve.html")

    figures = evaluate(
        "--manifest", recordings, "--model", "vosk-hotline-en-8k",
        "--model", "vosk-hotline-zh-8k", "--plot", page,
    )  # fmt: skip

    assert set(figures["models"]) == {"vosk-hotline-en-8k", "vosk-hotline-zh-8k"}  # type: ignore[call-overload]
    assert page.read_text().count("<svg") == 2


def test_a_telephone_carries_its_band_only(tmp_path: Path) -> None:
    times = np.arange(48000) / 48000
    low, middle = (8000 * np.sin(2 * np.pi * hz * times) for hz in (60, 1000))

    levels = {}
    for name, tone in (("low", low), ("middle", middle)):
        write(tmp_path / f"{name}.wav", tone, 48000)
        pcm = np.frombuffer(telephone(tmp_path / f"{name}.wav"), "<i2").astype(float)
        assert len(pcm) == 8000 * 1.8
        levels[name] = np.sqrt((pcm**2).mean())

    assert levels["low"] < 0.1 * levels["middle"]
