"""`ivr evaluate reasons`: how well a log's reasons could have been guessed before each call."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.one_thread import one_thread

if TYPE_CHECKING:
    from ivr.predict.evaluate import Backtest


def evaluate_reasons(  # noqa: PLR0913, PLR0917  # the options of the command
    log: Annotated[
        list[Path], typer.Option(help="The log: CSV, plain or gzipped; may be repeated.")
    ],
    test_from: Annotated[str, typer.Option(help="First day that is judged, as 2026-05-01.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="column=field, for columns of another name; may be repeated."),
    ] = None,
    known_after: Annotated[
        float, typer.Option(help="Minutes after a call's start until its reason is known.")
    ] = 0.0,
    network: Annotated[bool, typer.Option(help="Also try the second scorer.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write a page with drawings here.")] = None,
) -> None:
    """Learn on a log before a date, then walk through the rest as if each call came live."""
    one_thread()
    from ivr.predict.evaluate import backtest
    from ivr.predict.log_file import read_logs
    from ivr.predict.model import OnlinePredictor

    mapped = _mapped(columns or [])
    read = read_logs(log, mapped)
    for note in read.notes:
        typer.echo(f"note: {note}", err=True)
    model = OnlinePredictor(use_network=network)
    result = backtest(read.calls, _date(test_from), known_after / 60.0, model)
    if plot:
        from ivr.analytics.pages import backtest_page

        judged = [(j.at_h, j.top, j.is_right) for j in result.judged]
        plot.write_text(backtest_page(_rows(result), judged, result.threshold_70), "utf-8")
    if as_json:
        typer.echo(json.dumps(result.as_json(), indent=2))
    else:
        _show(result)


def _mapped(options: list[str]) -> dict[str, str]:
    from ivr.errors import ConfigError

    mapped = {}
    for pair in (part for option in options for part in option.split(",")):
        column, equals, field = pair.partition("=")
        if not equals or not column or not field:
            raise ConfigError(f"--map {pair!r} is not column=field.", "Try --map opened=opened_at.")
        mapped[column.strip()] = field.strip()
    return mapped


def _date(text: str) -> float:
    from ivr.errors import ConfigError
    from ivr.predict.log_file import hours

    try:
        return hours(text)
    except ValueError as error:
        raise ConfigError(f"--test-from {text!r} is not a date.", "Try 2026-05-01.") from error


def _rows(result: "Backtest") -> dict[str, dict[str, object]]:
    """Give the figures of the model and of every baseline, the model first."""
    return {
        "this predictor": result.model.as_json(),
        **{name.replace("_", " "): scores.as_json() for name, scores in result.baselines.items()},
    }


def _show(result: "Backtest") -> None:
    from rich.console import Console
    from rich.table import Table

    rows = _rows(result)
    table = Table(title=f"Reasons guessed before {result.model.n} calls")
    table.add_column("figure")
    for name in rows:
        table.add_column(name, justify="right")
    for figure in ("top1", "top3", "log_loss", "ece", "coverage_at_70", "precision_at_70",
                   "offered_share", "offered_precision", "turns_saved_per_100"):  # fmt: skip
        values = [row[figure] for row in rows.values()]
        table.add_row(figure.replace("_", " "), *("-" if v is None else f"{v}" for v in values))
    console = Console()
    console.print(table)
    groups = Table(title="By calls the caller had made before")
    for name in ("calls before", "n", "top1", "top3", "log_loss", "turns_saved_per_100"):
        groups.add_column(name.replace("_", " "), justify="right")
    for group, figures in result.model.by_history.items():
        groups.add_row(
            group, f"{figures['n']:.0f}", *(f"{v:.3f}" for k, v in figures.items() if k != "n")
        )
    console.print(groups)
    console.print(
        f"learned in {result.fit_s:.1f} s, {result.ms_p95:.2f} ms a guess (95 %), network's "
        f"share {result.network_share:.2f}, offers at 70 % above {result.threshold_70:.2f}"
    )
