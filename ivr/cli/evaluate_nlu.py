"""`ivr evaluate nlu`: how well texts are understood, and whether the rest is refused."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ivr.dialog.understanding import Figures


def evaluate_nlu(
    train: Annotated[Path, typer.Option(help="csv to learn: text,intent[,split].")],
    test: Annotated[Path, typer.Option(help="csv to judge; the same file is cross-validated.")],
    encoder: Annotated[
        bool | None,
        typer.Option(
            "--encoder/--no-encoder", help="With the sentence encoder; as a rule where it is there."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Learn examples and judge others with the model that serves callers; `oos` is to refuse."""
    from dataclasses import asdict

    from ivr.dialog.compile import has_encoder
    from ivr.dialog.examples import divide
    from ivr.dialog.judging import judge

    with_encoder = has_encoder() if encoder is None else encoder
    found = judge(divide(train, test), with_encoder=with_encoder)
    if as_json:
        typer.echo(json.dumps({**asdict(found), "sentence_encoder": with_encoder}, indent=2))
    else:
        _show(found, with_encoder)


def _show(found: "Figures", with_encoder: bool) -> None:
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    how = "with the sentence encoder" if with_encoder else "without sentence encoder"
    table = Table("figure", "", title=f"Understanding, {how}")
    for name, value in asdict(found).items():
        table.add_row(name, _cell(value))
    Console().print(table)


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
