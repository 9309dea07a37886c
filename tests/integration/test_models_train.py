"""Fine-tuning with the optional extra `train`, on two synthetic voices for a few seconds."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from ivr.asr.build import acoustic, forward, phones
from ivr.asr.manifest import read_manifest
from ivr.domain import Language
from ivr.errors import ConfigError
from tests import needs

torch = pytest.importorskip("torch", reason="the optional extra `train` is not installed")

from ivr.asr.train import lean  # noqa: E402  # needs torch
from ivr.asr.train.data import Lexicon, load  # noqa: E402
from ivr.asr.train.improve import Order, improve  # noqa: E402
from ivr.asr.train.net import Net  # noqa: E402
from ivr.asr.train.trainer import Plan, Progress  # noqa: E402

pytestmark = pytest.mark.integration
WORDS = ("seven", "three", "yes", "no", "balance", "repayment", "operator", "five")


def manifest(folder: Path, *voices: str) -> Path:
    program = needs.program("espeak-ng", "apt-get install espeak-ng")
    rows = ["path,text,speaker"]
    for voice in voices:
        for word in WORDS:
            file = folder / f"{voice}-{word}.wav"
            subprocess.run([program, "-v", voice, "-w", file, word], check=True, timeout=30)
            rows.append(f"{file.name},{word},{voice}")
    (folder / "m.csv").write_text("\n".join(rows) + "\n")
    return folder / "m.csv"


def test_torch_computes_what_the_model_file_says() -> None:
    path = needs.path("models/vosk-hotline-en-8k/am/final.mdl")
    model = acoustic.read(path)
    net = Net(model)
    features = np.random.default_rng(1).normal(0, 10, (100, 40)).astype(np.float32)

    with torch.no_grad():
        found = net(torch.from_numpy(net.pad(features))[None])[0].numpy()

    assert np.allclose(found, forward.log_probabilities(model, features), atol=1e-3)
    assert net.into(path) == path.read_bytes()


def blank_bias(path: Path) -> float:
    return float(Net(acoustic.read(path)).biases[-1][0].detach())


def test_how_far_an_ear_leans_away_from_silence_is_measured_to_half_a_unit(
    tmp_path: Path,
) -> None:
    model = acoustic.read(needs.path("models/vosk-hotline-en-8k/am/final.mdl"))
    sounds = phones.read(needs.path("models/vosk-hotline-en-8k/graph/phones.txt"), model)
    number = {name: at for at, name in enumerate(sounds.names, start=1)}
    net = Net(model)
    clips = read_manifest(manifest(tmp_path, "en-us+m3"))
    recordings = list(load(clips, Lexicon(Language.EN, number, frozenset(WORDS), {}), net))
    as_it_is = lean.measured(net, recordings)

    lean.shift(net, as_it_is - 2.5)

    assert len(recordings) == len(WORDS)
    assert lean.measured(net, recordings) == 2.5


def test_training_lowers_the_loss_and_vosk_agrees_with_the_result(tmp_path: Path) -> None:
    steps: list[Progress] = []
    order = Order(
        language=Language.EN,
        base=needs.path("models/vosk-hotline-en-8k"),
        out=tmp_path / "ear",
        manifests=(manifest(tmp_path, "en-us+m3", "en-gb+f2"),),
        plan=Plan(minutes=0.25),
        hold_out=0.0,
    )

    found = improve(order, steps.append)

    assert found.recordings == 2 * len(WORDS)
    assert found.score_error < 0.05
    assert steps[-1].loss < 3.0
    before, after = order.base / "am/final.mdl", tmp_path / "ear/am/final.mdl"
    assert after.read_bytes() != before.read_bytes()
    assert abs(blank_bias(after) - blank_bias(before)) < 1.0, "the lean was not put back"
    assert not (tmp_path / "ear/checkpoint.pt").exists()


def test_a_single_voice_is_trained_on_even_if_it_were_kept_for_judging(tmp_path: Path) -> None:
    base, files = needs.path("models/vosk-hotline-en-8k"), (manifest(tmp_path, "en-us"),)
    order = Order(Language.EN, base, tmp_path / "ear", files, Plan(minutes=0.01), hold_out=1.0)

    found = improve(order, lambda _: None)

    assert found.recordings == len(WORDS)
    assert found.held_out == 0


def test_recordings_that_cannot_be_used_are_a_plain_error(tmp_path: Path) -> None:
    file = manifest(tmp_path, "en-us")
    file.write_text("path,text\nen-us-yes.wav,😀\n")
    base = needs.path("models/vosk-hotline-en-8k")
    order = Order(Language.EN, base, tmp_path / "ear", (file,), Plan(minutes=0.1))

    with pytest.raises(ConfigError, match="none of 1 recordings can be trained on"):
        improve(order, lambda _: None)
