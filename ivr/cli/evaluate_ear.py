"""`ivr evaluate ear`: what a call sounded like to the caller, from its recording alone."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ivr.analytics.caller_ear import EarEvent, EarReport


def evaluate_ear(
    recordings: Annotated[
        list[Path], typer.Argument(help="Stereo WAVs: caller left, hotline right.")
    ],
    events: Annotated[
        Path | None,
        typer.Option(help='What the sounds truly were: [{"start_s", "end_s", "kind"}, …].'),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure silences, interruptions, cut-off turns and gaps at the caller's ear."""
    from ivr.analytics.caller_ear import measure, summarise
    from ivr.audio.wav import read_wav
    from ivr.errors import ConfigError, Place

    if events and len(recordings) > 1:  # the times of one call say nothing of another
        problem = "tells of one call, and there are several recordings."
        raise ConfigError(problem, "Measure that recording alone.", Place(events))
    truth = _events(events) if events else []
    reports = []
    for file in recordings:
        sound = read_wav(file)
        if sound.samples.shape[1] != 2:
            raise ConfigError("has one channel.", "Caller left, hotline right.", Place(file))
        if sound.rate_hz != 8000:
            raise ConfigError(
                f"has {sound.rate_hz} Hz.", "Convert it: `sox in.wav -r 8000 out.wav`.", Place(file)
            )
        reports.append(measure(sound.samples[:, 0], sound.samples[:, 1], truth))
    summary = asdict(summarise(reports))
    if as_json:
        calls = [
            {"recording": str(file), **asdict(report)}
            for file, report in zip(recordings, reports, strict=True)
        ]
        typer.echo(json.dumps({"summary": summary, "calls": calls}, indent=2))
    else:
        _show(recordings, reports, summary)


def _events(file: Path) -> "list[EarEvent]":
    from ivr.analytics.caller_ear import EarEvent, EventKind
    from ivr.analytics.sounds import Stretch
    from ivr.errors import ConfigError, Place

    try:
        return [
            EarEvent(Stretch(float(e["start_s"]), float(e["end_s"])), EventKind(e["kind"]))
            for e in json.loads(file.read_text("utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        kinds = ", ".join(kind.value for kind in EventKind)
        remedy = f'Write [{{"start_s": 1.0, "end_s": 2.0, "kind": "speech"}}]; kinds: {kinds}.'
        raise ConfigError(f"is no list of events ({error}).", remedy, Place(file)) from error


def _show(
    recordings: Sequence[Path], reports: "Sequence[EarReport]", summary: dict[str, object]
) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"At the caller's ear, {len(reports)} call(s)", show_header=False)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in summary.items():
        shown = (
            "  ".join(f"{at} {'-' if s is None else f'{s:.2f}'}" for at, s in value.items())
            if isinstance(value, dict)
            else str(value)
        )
        table.add_row(name.replace("_", " ").removesuffix(" s"), shown)
    console = Console()
    console.print(table)
    for file, report in zip(recordings, reports, strict=True):
        waits = " ".join(f"{wait:.2f}" for wait in report.silence_s)
        told = f"{file}: waits {waits or '-'} s, cut off {report.cut_off_turns}"
        console.print(told, markup=False)
