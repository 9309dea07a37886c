"""Fitting the confidence on clips that the shipped ear really hears."""

import wave
from pathlib import Path

import pytest

from ivr.asr.calibrate import fit
from ivr.asr.manifest import Clip
from ivr.asr.models import SHIPPED
from ivr.domain import SAMPLE_RATE_HZ, Expect, Language
from ivr.errors import ConfigError
from ivr.sim.callers import caller_lines

pytestmark = pytest.mark.integration


def test_clips_that_all_tell_something_else_are_said_to_teach_nothing(tmp_path: Path) -> None:
    line = caller_lines(Language.EN)["hours"]
    file = tmp_path / "hours.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE_HZ)
        out.writeframes(line.pcm)

    with pytest.raises(ConfigError, match="yes_no"):
        fit("vosk-hotline-en-8k", SHIPPED, [Clip(file, line.text)], Expect.YES_NO)
