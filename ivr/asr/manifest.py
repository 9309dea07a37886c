"""A list of recordings with what is said in them, for measuring and for training.

A csv with the columns `path` and `text`, and optionally `speaker`, `group` and `in_domain` (yes
or no; yes when empty). Paths are relative to the manifest. Audio may have any rate and any
number of channels; it reaches the ear as it would over a telephone.
"""

import csv
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm
from ivr.audio.resample import resample
from ivr.audio.wav import read_wav
from ivr.domain import SAMPLE_RATE_HZ
from ivr.errors import ConfigError, Place

_YES, _NO = ("1", "yes", "true", "y", ""), ("0", "no", "false", "n")
_LEAD_S, _TAIL_S = 0.3, 0.5  # pre-roll and pause around an utterance, as in a call
_BAND_HZ = (300.0, 3400.0)  # ITU-T G.712
_TAPS = 129


@dataclass(frozen=True)
class Clip:
    """One recording; `text` is what is said in it."""

    path: Path
    text: str
    speaker: str = ""
    group: str = ""
    in_domain: bool = True


def read_manifest(file: Path) -> tuple[Clip, ...]:
    """Read a manifest. Raises ConfigError with the line where something is missing."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            missing = {"path", "text"} - set(rows.fieldnames or ())
            if missing:
                problem = f"has no column {' or '.join(sorted(missing))}."
                raise ConfigError(problem, "Its first line names the columns.", Place(file, 1))
            clips = tuple(_clip(row, file, rows.line_num) for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError("cannot be read as a csv in UTF-8.", "", Place(file)) from error
    if not clips:
        raise ConfigError("lists no recording.", "Add a line for each.", Place(file))
    return clips


def _clip(row: dict[str, str | None], file: Path, line: int) -> Clip:
    value = {key: (text or "").strip() for key, text in row.items() if isinstance(key, str)}
    path = file.parent / value["path"]
    if not value["path"] or not path.is_file():
        problem = f"the recording {value['path']!r} is not there."
        raise ConfigError(problem, "Paths are relative to the manifest.", Place(file, line))
    in_domain = value.get("in_domain", "").lower()
    if in_domain not in (*_YES, *_NO):
        problem = f"in_domain is {in_domain!r}."
        raise ConfigError(problem, "Write yes or no.", Place(file, line))
    speaker, group = value.get("speaker", ""), value.get("group", "")
    return Clip(path, value["text"], speaker, group, in_domain not in _NO)


# --- audio as a telephone carries it -----------------------------------------------------


def telephone(path: Path) -> bytes:
    """A recording as a call would bring it: s16le, 8 kHz, telephone band, µ-law, silence around.

    Of several channels the first counts: in recordings of calls it is the caller's. Raises
    ConfigError for what is no audio.
    """
    samples, rate_hz = read_audio(path)
    speech = resample(samples, rate_hz, SAMPLE_RATE_HZ).astype(np.float64)
    banded = np.convolve(speech, _band_pass(), mode="same") if len(speech) else speech
    around = [np.zeros(round(s * SAMPLE_RATE_HZ)) for s in (_LEAD_S, _TAIL_S)]
    whole = np.concatenate([around[0], banded, around[1]])
    pcm = np.clip(np.round(whole), -32768, 32767).astype("<i2").tobytes()
    return ulaw_to_pcm(pcm_to_ulaw(pcm))


def read_audio(path: Path) -> tuple[NDArray[np.int16], int]:
    """The first channel of a recording and its rate in Hz. Raises ConfigError for no audio."""
    if path.suffix.lower() in (".wav", ".wave"):
        sound = read_wav(path)
        return sound.samples[:, 0], sound.rate_hz
    return np.frombuffer(b"".join(_converted(path)), "<i2").astype(np.int16), SAMPLE_RATE_HZ


def _converted(path: Path) -> Iterator[bytes]:
    """Other formats through ffmpeg, where it is installed."""
    program = shutil.which("ffmpeg")
    if program is None:
        problem, remedy = "is not a WAV file.", "Convert it, or install ffmpeg."
        raise ConfigError(problem, remedy, Place(path))
    command = [program, "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0"]
    command += ["-ac", "1", "-ar", str(SAMPLE_RATE_HZ), "-f", "s16le", "-"]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)  # noqa: S603  # no shell
    if done.returncode != 0:
        raise ConfigError("holds no audio that ffmpeg can read.", "", Place(path))
    yield done.stdout


@cache
def _band_pass() -> NDArray[np.float64]:
    """A linear-phase band-pass (windowed sinc, Hamming), 129 taps: 8 ms to either side."""
    times = np.arange(_TAPS) - _TAPS // 2
    low, high = (hz / SAMPLE_RATE_HZ for hz in _BAND_HZ)
    ideal = 2 * high * np.sinc(2 * high * times) - 2 * low * np.sinc(2 * low * times)
    return np.asarray(ideal * np.hamming(_TAPS))
