"""`ivr sheet CALL_ID`: one call on one page."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ivr.config import load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.domain import CallRecord, Opening, Outcome
from ivr.errors import IvrError

if TYPE_CHECKING:
    from ivr.store import KeptCall


def sheet(
    call_id: str = typer.Argument(help="The call's id, or 'last'."),
    out: Path | None = typer.Option(None, "--out", "-o", help="Default: beside the recording."),
    audio: bool = typer.Option(True, help="Put the recording into the page, to be played there."),
    config: Path = typer.Option(DEFAULT_FILE, "--config", help="The settings file."),
) -> None:
    """Write a call's sheet: waveforms, who spoke when, words, intents, waits. Opens anywhere."""
    from ivr.cli.calls import one_call
    from ivr.web.sheet import render_sheet

    settings = load_settings(config)
    call, turns = asyncio.run(one_call(settings, call_id))
    wav = settings.recording.directory / f"{call.call_id}.wav"
    page = render_sheet(
        record_of(call),
        turns,
        wav if wav.is_file() else None,
        has_audio=audio,
        has_ended=call.ended_at is not None,
    )
    # Beside the recording by default: it is deleted together with it when its time is over.
    _write(out or wav.with_suffix(".html"), page)


def record_of(call: "KeptCall") -> CallRecord:
    """Give a kept call as a record; one that has not ended counts as failed so far."""
    return CallRecord(
        call_id=call.call_id,
        caller_key=call.caller_key,
        dialled=call.dialled,
        language=call.language,
        arrived_at=call.arrived_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at or call.answered_at or call.arrived_at,
        outcome=call.outcome or Outcome.FAILED,
        question=call.question,
        opening=call.opening.opening if call.opening else Opening(),
        agent=call.agent,
        flows_version=call.flows_version,
    )


def _write(file: Path, page: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # it holds what people said
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise IvrError(f"{file} cannot be written ({error.strerror}).") from error
    typer.echo(f"{file} written.")
