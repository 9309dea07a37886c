"""A voice for the trial of a built ear, over a telephone's codec."""

import shutil
import subprocess
from collections.abc import Callable
from typing import Final

import numpy as np

from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm
from ivr.audio.resample import resample
from ivr.domain import SAMPLE_RATE_HZ, Language

_VOICES: Final = {Language.EN: "en-us", Language.ZH: "cmn"}


def speaker(language: Language) -> Callable[[str], bytes] | None:
    """A voice (s16le, 8 kHz) through a telephone's codec; None without espeak-ng."""
    program = shutil.which("espeak-ng")
    if program is None:
        return None

    def say(text: str) -> bytes:
        command = [program, "--stdout", "-v", _VOICES[language], "-s", "150", "--", text]
        wav = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout  # noqa: S603  # fixed program, no shell
        rate_hz = int.from_bytes(wav[24:28], "little")
        speech = resample(np.frombuffer(wav[44:], "<i2"), rate_hz, SAMPLE_RATE_HZ)
        quiet = np.zeros(SAMPLE_RATE_HZ // 4, np.int16)
        padded = np.concatenate([quiet, speech // 2, quiet, quiet]).astype("<i2")
        return ulaw_to_pcm(pcm_to_ulaw(padded.tobytes()))

    return say
