"""Sentences spoken by espeak-ng, as they sound on the telephone: 8 kHz, through µ-law."""

import subprocess
from functools import cache

import numpy as np

from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm
from ivr.audio.resample import resample
from ivr.domain import Language
from tests import needs

_RATE_HZ = 22050
VOICES = {Language.EN: "en-us", Language.ZH: "cmn"}


@cache
def spoken(text: str, language: Language, voice: str = "", words_per_minute: int = 150) -> bytes:
    """Give a sentence as s16le with 0.3 s of silence before and after."""
    command = [
        str(needs.program("espeak-ng")),
        *("-v", voice or VOICES[language], "-s", str(words_per_minute), "--stdout", text),
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    samples = np.frombuffer(done.stdout[44:], "<i2")
    pcm = resample(samples, _RATE_HZ, 8000).astype("<i2").tobytes()
    silence = bytes(4800)
    return ulaw_to_pcm(pcm_to_ulaw(silence + pcm + silence))
