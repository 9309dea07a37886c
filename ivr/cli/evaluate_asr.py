"""`ivr evaluate asr`: how well an ear hears your recordings, beside others."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.cli.one_thread import one_thread
from ivr.cli.settings_or_usual import settings_or_usual
from ivr.config.load import DEFAULT_FILE
from ivr.domain import Expect

_ROWS = (
    "n", "wer", "wer_ci95", "cer", "sentence_accuracy", "oov_rate", "accepted_in",
    "right_of_accepted", "accepted_out", "rtf", "final_ms_p50", "final_ms_p95", "rss_mb",
)  # fmt: skip


def evaluate_asr(  # noqa: PLR0913, PLR0917  # the options of a command
    manifest: Annotated[Path, typer.Option(help="csv: path, text[, speaker, group, in_domain].")],
    model: Annotated[
        list[str] | None, typer.Option(help="Name of a model; repeat to compare several.")
    ] = None,
    grammar: Annotated[Path | None, typer.Option(help="Phrases to listen for, one a line.")] = None,
    expect: Annotated[Expect, typer.Option(help="Kind of answer to listen for.")] = Expect.FREE,
    plot: Annotated[Path | None, typer.Option(help="Draw the thresholds' curve here.")] = None,
    config: Annotated[Path, typer.Option(help="The settings.")] = DEFAULT_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure ears on recordings, through a telephone's band and the product's recogniser."""
    one_thread()  # the second pass multiplies small matrices
    from ivr.asr import confidence, scoring
    from ivr.asr import plot as drawing
    from ivr.asr.evaluate import Task, measure, read_grammar
    from ivr.asr.manifest import read_manifest

    settings = settings_or_usual(config)
    clips = read_manifest(manifest)
    task = Task(expect, read_grammar(grammar) if grammar else ())
    kind = Expect.MENU if grammar and expect is Expect.FREE else expect
    accept = confidence.THRESHOLDS[kind].accept
    names = model or list(dict.fromkeys(settings.asr.models.values()))
    measured = {name: measure(name, settings.models_dir, clips, task) for name in names}
    figures = {
        name: {"model": name, **scoring.summary(found.results, accept, found.costs)}
        for name, found in measured.items()
    }
    if plot:
        curves = {name: scoring.curve(found.results) for name, found in measured.items()}
        plot.write_text(drawing.page(curves, accept), "utf-8")
    if as_json:
        shown = figures[names[0]] if len(names) == 1 else {"models": figures}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        _show(figures)


def _show(figures: Mapping[str, Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", *figures)
    for row in _ROWS:
        table.add_row(row, *(_cell(found[row]) for found in figures.values()))
    groups = dict.fromkeys(name for found in figures.values() for name in found["by_group"])
    for group in groups:
        found_in = (found["by_group"].get(group) for found in figures.values())
        table.add_row(
            f"{group or '(none)'}: wer, right", *(_group_cell(found) for found in found_in)
        )
    Console().print(table)


def _cell(value: Any) -> str:  # Any: a figure, a pair of figures, or None
    if value is None:
        return "-"
    if isinstance(value, list):
        return " - ".join(_cell(part) for part in value)
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _group_cell(found: Mapping[str, Any] | None) -> str:
    return f"{_cell(found['wer'])}, {_cell(found['sentence_accuracy'])}" if found else "-"
