"""The neural second opinion, on the real net: voices pass, everything else does not."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.speech import SpeechDetector, find_voice_net
from ivr.audio.voice_net import VoiceJudge, VoiceNet
from ivr.audio.wav import read_wav
from ivr.config.settings import Hearing, Settings
from ivr.domain import FRAME_S, AudioFrame
from ivr.errors import ConfigError
from tests import needs
from tests.unit.audio.sounds import RNG, at_dbfs, frames, noise

SPEECH = needs.ROOT / "ivr/sim/speech"


@pytest.fixture(scope="module")
def net() -> VoiceNet:
    return VoiceNet(needs.path("models/silero-vad/silero_vad.onnx"))


def heard(pcm: bytes, net: VoiceNet | None) -> list[bool]:
    """Judge a sound behind two seconds of a quiet line."""
    detector = SpeechDetector(Hearing(), net)
    judged = [detector.hear(AudioFrame(frame)).is_speech for frame in frames(noise(2, -70) + pcm)]
    return judged[100:]


def longest(judged: list[bool]) -> int:
    """Give the length, in frames, of the longest time without a pause."""
    return max(len(list(run)) if is_speech else 0 for is_speech, run in groupby(judged))


def music(seconds: float) -> bytes:
    """Plucked chords with five harmonics, four to a bar."""
    time_s = np.arange(round(8000 * 0.4)) / 8000
    bars: list[np.ndarray] = []
    for chord in ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 9)) * round(seconds / 1.6):
        tones = [
            np.sin(2 * np.pi * 220 * 2 ** (step / 12) * partial * time_s) / partial
            for step in chord
            for partial in range(1, 6)
        ]
        bars.append(np.exp(-4 * time_s) * np.sum(tones, axis=0))
    return at_dbfs(np.concatenate(bars), -20)


def doors(seconds: float) -> bytes:
    sound = 1e-3 * RNG.standard_normal(round(8000 * seconds))
    for start in range(4000, len(sound) - 4000, 12000):
        sound[start : start + 3000] += RNG.standard_normal(3000) * np.exp(-np.arange(3000) / 400)
    return at_dbfs(sound, -25)


def breath(seconds: float) -> bytes:
    time_s = np.arange(round(8000 * seconds)) / 8000
    puffs = np.maximum(0, np.sin(2 * np.pi * time_s / 3)) ** 2
    smooth = np.convolve(RNG.standard_normal(len(time_s)), np.ones(3) / 3, mode="same")
    return at_dbfs(smooth * puffs, -25)


@pytest.mark.parametrize("sound", [music, doors, breath])
def test_what_only_sounds_like_a_voice_to_webrtc_never_lasts(sound, net: VoiceNet) -> None:
    pcm = sound(8)
    stops_a_prompt = Hearing().sustained_s / FRAME_S

    assert sum(heard(pcm, None)) > stops_a_prompt
    assert longest(heard(pcm, net)) < 0.75 * stops_a_prompt


@pytest.mark.parametrize("line", ["zh/balance", "zh/yes", "en/balance", "en/card_lost", "en/no"])
@pytest.mark.parametrize("level_dbfs", [-20, -35])
def test_a_caller_is_heard_as_well_and_as_early_as_without_the_net(
    line: str, level_dbfs: int, net: VoiceNet
) -> None:
    samples = np.frombuffer(read_wav(SPEECH / f"{line}.wav").telephone(), "<i2").astype(float)
    pcm = at_dbfs(samples, level_dbfs)

    alone, agreed = heard(pcm, None), heard(pcm, net)

    assert sum(agreed) >= 0.8 * sum(alone)
    assert agreed.index(True) - alone.index(True) <= 3


def test_the_net_rests_while_nobody_asks_and_wakes_with_what_came_before(net: VoiceNet) -> None:
    voice = frames(read_wav(SPEECH / "en/balance.wav").telephone())
    judge, judged = VoiceJudge(net), 0
    asked = VoiceNet.judge

    class Counted(VoiceNet):
        def judge(self, *given):
            nonlocal judged
            judged += 1
            return asked(self, *given)

    net.__class__ = Counted
    try:
        for frame in voice[:40]:
            judge.add(frame)
        rested = judged
        is_voice = judge.is_voice()
    finally:
        net.__class__ = VoiceNet

    assert rested == 0
    assert 1 <= judged <= 4
    assert is_voice


@pytest.mark.parametrize("content", [None, b"", b"no net at all"])
def test_a_net_that_is_missing_or_damaged_says_what_to_do(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "net.onnx"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigError, match="make setup") as caught:
        VoiceNet(file)

    assert str(file) in str(caught.value)


def test_without_the_net_the_hotline_hears_all_the_same_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = find_voice_net(Settings(models_dir=tmp_path))

    assert net is None
    assert "voice_net_missing" in "".join(capsys.readouterr())


def test_a_net_that_is_switched_off_is_not_looked_for(tmp_path: Path) -> None:
    settings = Settings(models_dir=tmp_path, hearing=Hearing(voice_net=False))

    assert find_voice_net(settings) is None
