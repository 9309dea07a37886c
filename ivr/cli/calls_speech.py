"""`ivr calls export --speech`: what callers said, as recordings an ear can be trained on."""

import asyncio
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from ivr.audio.wav import Sound, read_wav, write_wav
from ivr.config import Settings
from ivr.domain import Speaker, Turn
from ivr.errors import ConfigError, IvrError

if TYPE_CHECKING:
    from ivr.store import CallFilter, KeptCall

MANIFEST: Final = "manifest.csv"
_COLUMNS: Final = ("path", "text", "speaker", "group")
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE_S, _AFTER_S = 0.3, 0.3
"""Audio kept around a turn, whose times are those of the detector of speech."""
_NO_CONSENT, _NO_RECORDING = "calls without recorded consent", "calls without a recording"
_WITHHELD: Final = "utterances with keys or numbers that are not kept"
_REMEDY: Final = (
    "Tell the hotline who agreed, with `ivr events import` (docs/ops/privacy.md), "
    "and see that recordings are kept (`recording.keep_days`)."
)


def export_speech(settings: Settings, wanted: "CallFilter", folder: Path) -> None:
    """Write recordings and manifest, and say what was left out. Raises IvrError."""
    _must_be_empty(folder)
    calls, left_out = asyncio.run(_consented(settings, wanted))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        utterances = list(_cut(calls, settings.recording.directory, folder, left_out))
        if utterances:
            _write(folder / MANIFEST, utterances)
    except OSError as error:
        raise IvrError(f"{folder} cannot be written ({error.strerror}).") from error
    for why, count in left_out.items():
        typer.echo(f"left out: {count} {why}", err=True)
    if not utterances:
        raise IvrError(f"No speech was found that may be used. {_REMEDY}")
    speakers = len({each.speaker for each in utterances})
    typer.echo(
        f"{len(utterances)} utterances of {speakers} callers: {folder / MANIFEST}\n"
        "The texts are what the ear heard. Listen and mend them before you train with them.",
        err=True,
    )


@dataclass(frozen=True)
class _Utterance:
    """A line of the manifest; its fields are the columns."""

    path: str
    text: str
    speaker: str
    group: str


def _must_be_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise IvrError(f"{folder} holds something already. Name a new folder.")


async def _consented(
    settings: Settings, wanted: "CallFilter"
) -> "tuple[Sequence[tuple[KeptCall, Sequence[Turn]]], Counter[str]]":
    from ivr.store.consent import may_learn_from
    from ivr.store.sql import open_store

    found, left_out = [], Counter[str]()
    async with open_store(settings.store, may_upgrade=False) as store:
        for call in await store.calls(wanted):
            # A withheld number is nobody's: whose consent would it be?
            events = await store.events(call.caller_key, _EVER) if call.caller_key else ()
            if may_learn_from(call.ended_at, events):
                found.append((call, await store.turns(call.call_id)))
            else:
                left_out[_NO_CONSENT] += 1
    return found, left_out


def _cut(
    calls: "Sequence[tuple[KeptCall, Sequence[Turn]]]",
    recordings: Path,
    folder: Path,
    left_out: Counter[str],
) -> Iterator[_Utterance]:
    """Cut the calls' recordings into utterances, a file each; progress is shown meanwhile."""
    from rich.console import Console
    from rich.progress import track

    names: dict[str, str] = {}  # a number in order of appearance tells nothing of the caller
    console = Console(stderr=True)
    for call, turns in track(calls, "cutting calls", console=console, transient=True):
        try:
            sound = read_wav(recordings / f"{call.call_id}.wav")
        except ConfigError:
            left_out[_NO_RECORDING] += 1
            continue
        speaker = names.setdefault(call.caller_key, f"caller-{len(names) + 1}")
        for turn in turns:
            if turn.speaker is not Speaker.CALLER or not turn.text:
                continue
            if "[" in turn.text:  # keys, silence, or a number that was taken out
                left_out[_WITHHELD] += 1
                continue
            file = folder / f"{_plain(call.call_id)}-{turn.number}.wav"
            file.touch(mode=0o600)
            write_wav(file, _between(sound, turn), rate_hz=sound.rate_hz)
            yield _Utterance(file.name, turn.text, speaker, call.question)


def _between(sound: Sound, turn: Turn) -> bytes:
    """The caller's side of a turn, s16le: the first channel."""
    first = max(0, round((turn.started_s - _BEFORE_S) * sound.rate_hz))
    last = round((turn.ended_s + _AFTER_S) * sound.rate_hz)
    return sound.samples[first:last, 0].astype("<i2").tobytes()


def _plain(call_id: str) -> str:
    """A call's id as part of a file's name."""
    return re.sub(r"[^\w.-]", "_", call_id)


def _write(file: Path, utterances: Sequence[_Utterance]) -> None:
    file.touch(mode=0o600)  # it holds what people said
    with file.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(_COLUMNS)
        rows.writerows((each.path, each.text, each.speaker, each.group) for each in utterances)
