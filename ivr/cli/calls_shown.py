"""How kept calls look in a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from ivr.domain import Speaker, Turn
from ivr.store import EarFigures, KeptCall, KeptOpening
from ivr.store.retention import files_of_call

_NO_END = "running or cut off"


def call_as_json(call: KeptCall, turns: Sequence[Turn] | None = None) -> dict[str, Any]:
    """Give plain JSON values; with `turns` the number of turns becomes the turns themselves."""
    told = {name: _plain(value) for name, value in asdict(call).items()}
    if turns is not None:
        told["turns"] = [asdict(turn) for turn in turns]
    return told


def files_of(call_id: str, directory: Path) -> list[Path]:
    """Give the recording, the call sheet and what else is kept of a call as files."""
    return sorted(files_of_call(directory, call_id))


def show_list(calls: Sequence[KeptCall]) -> None:
    """Print a table of calls."""
    console = Console()
    if not calls:
        console.print("No calls are kept that fit.")
        return
    # Ids are there to be copied: whatever else has to be folded, they stay whole.
    ids = Column("call", no_wrap=True, min_width=max(len(call.call_id) for call in calls))
    table = Table(ids, "arrived", "dialled", "", "took", "turns", "question", "outcome")
    for call in calls:
        outcome = call.outcome.value if call.outcome else f"[yellow]{_NO_END}[/]"
        cells = (call.call_id, _local(call.arrived_at), call.dialled, call.language.value)
        row = [escape(cell) for cell in cells]
        table.add_row(*row, _length(call), str(call.turns), escape(call.question), outcome)
    console.print(table)


def show_one(call: KeptCall, turns: Sequence[Turn], files: Sequence[Path]) -> None:
    """Print one call with its turns."""
    console = Console(highlight=False)
    for line in _heading(call):
        console.print(escape(line))
    table = Table("turn", "s", "who", "said", "intent", "sure", "wait")
    for turn in turns:
        table.add_row(*_row(turn))
    console.print(table if turns else "No turns were kept.")
    for line in _at_the_ear(call.ear):
        console.print(line)
    for file in files:
        console.print(escape(f"{_kind(file)}: {file}"), soft_wrap=True)
    if not any(file.suffix == ".wav" for file in files):
        console.print("No recording is kept of this call.")
    if not any(file.suffix == ".html" for file in files):
        console.print(escape(f"All of it on one page: `ivr sheet {call.call_id}`"), soft_wrap=True)


def _heading(call: KeptCall) -> Iterator[str]:
    outcome = call.outcome.value if call.outcome else _NO_END
    yield f"Call {call.call_id}: {outcome}, about {call.question or 'nothing known'}"
    yield f"arrived {_local(call.arrived_at)} at {call.dialled}, took {_length(call)}"
    if call.agent:
        yield f"put through to {call.agent}"
    if call.opening:
        yield _greeted(call.opening)


def _at_the_ear(ear: EarFigures | None) -> Iterator[str]:
    if ear is None:
        return
    waits = " ".join(f"{wait:.2f}" for wait in ear.silence_s) or "-"
    stops = " ".join(f"{stop:.2f}" for stop in ear.fall_silent_s) or "-"
    yield f"at the caller's ear: waits {waits} s; silent after {stops} s"
    yield (
        f"  turns cut off {ear.cut_off_turns} of {ear.turns}, interruptions missed "
        f"{ear.missed_interruptions}, false stops {ear.false_stops}, gaps {len(ear.gaps_s)}, "
        f"dead air {ear.dead_air_s:.1f} s"
    )


def _greeted(kept: KeptOpening) -> str:
    guesses = ", ".join(f"{each.question} {each.probability:.2f}" for each in kept.candidates[:3])
    opening = kept.opening
    about = f" about {', '.join(opening.questions)}" if opening.questions else ""
    held = ", held out" if opening.held_out else ""
    return f"greeted: {opening.kind.value}{about}{held}" + (f"; guesses: {guesses}" * bool(guesses))


def _row(turn: Turn) -> tuple[str, ...]:
    is_caller = turn.speaker is Speaker.CALLER
    cut = " [yellow](cut off by the caller)[/]" if turn.interrupted else ""
    wait = f"{turn.silence_s:.2f}" if turn.silence_s is not None else ""
    return (
        str(turn.number),
        f"{turn.started_s:.1f}",
        "caller" if is_caller else "[green]hotline[/]",
        (escape(turn.text) or "[dim](no words kept)[/]") + cut,
        escape(turn.intent) if is_caller else "",
        f"{turn.confidence:.2f}" if is_caller else "",
        wait,
    )


def _kind(file: Path) -> str:
    names = {".wav": "recording", ".html": "call sheet", ".json": "record"}
    return names.get(file.suffix, "file")


def _length(call: KeptCall) -> str:
    if call.ended_at is None:
        return "?"
    seconds = round((call.ended_at - call.arrived_at).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _plain(value: Any) -> Any:  # the values of dataclasses
    return value.isoformat() if isinstance(value, datetime) else value
