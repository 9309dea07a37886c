"""What simulated callers say: audio that ships, by language and name.

`speech/manifest.yaml` lists the lines with their words and how they were made. Sounds without
words (a cough) are lines with an empty text, the same for both languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from ivr.audio.wav import read_wav
from ivr.domain import SAMPLE_RATE_HZ, Language

SPEECH: Final = Path(__file__).parent / "speech"
COUGH: Final = "cough"


@dataclass(frozen=True, slots=True)
class CallerLine:
    """One thing a caller says. `pcm` is s16le, mono, 8 kHz, without silence around it.

    `text` is in the words of the language's model, separated by blanks; `is_hard` marks lines
    that the shipped models are not expected to get word for word.
    """

    name: str
    language: Language
    text: str
    pcm: bytes
    is_hard: bool = False

    @property
    def length_s(self) -> float:
        """How long it takes to say."""
        return len(self.pcm) / 2 / SAMPLE_RATE_HZ


@cache
def caller_lines(language: Language) -> Mapping[str, CallerLine]:
    """Give every line of a language by name. Raises ConfigError for a damaged file."""
    listed = YAML(typ="safe", pure=True).load(SPEECH / "manifest.yaml")["lines"][language.value]
    lines = {name: _line(name, language, entry) for name, entry in listed.items()}
    lines[COUGH] = CallerLine(COUGH, language, "", _pcm(SPEECH / f"{COUGH}.wav"))
    return lines


def _line(name: str, language: Language, entry: Mapping[str, str]) -> CallerLine:
    pcm = _pcm(SPEECH / language.value / f"{name}.wav")
    return CallerLine(name, language, entry["text"], pcm, bool(entry.get("is_hard")))


def _pcm(file: Path) -> bytes:
    return read_wav(file).telephone()
