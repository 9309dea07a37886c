"""`ivr flows thresholds`: what it costs callers to be sure, drawn from the flows' examples."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ivr.config import load_settings
from ivr.config.load import DEFAULT_FILE


def thresholds(
    config: Annotated[Path, typer.Option(help="The settings file.")] = DEFAULT_FILE,
    out: Annotated[Path, typer.Option(help="Where to write the page.")] = Path(
        "var/thresholds.html"
    ),
    cost: Annotated[
        list[str] | None,
        typer.Option(help="Turns, as NAME=TURNS: wrong=6, confirm=1, choose=1.3, guide=2.5."),
    ] = None,
) -> None:
    """Draw expected turns and reliability, and say which thresholds these costs ask for."""
    from ivr.analytics.thresholds_page import NAMES, Weighed, thresholds_page
    from ivr.dialog.compile import examples_of
    from ivr.dialog.flows import load_flows
    from ivr.dialog.judging import run_script

    flows = load_flows(load_settings(config).flows_dir)
    work = {
        "learn": examples_of(flows),
        "encoder": flows.hotline.sentence_encoder,
        "costs": dict(map(_cost, cost or ())),
        "thresholds": flows.hotline.thresholds.model_dump(exclude_none=True),
    }
    found = json.loads(run_script("weigh.py", json.dumps(work)))
    groups = {name: Weighed(**group) for name, group in found["groups"].items()}
    text = thresholds_page(found["chosen"], found["used"], found["costs"], groups)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, "utf-8")
    for name in NAMES:
        own = "" if found["used"][name] == found["chosen"][name] else ", set in the flows"
        typer.echo(f"{name} {found['used'][name]:.2f}{own} (chosen {found['chosen'][name]:.2f})")
    typer.echo(f"Drawn: {out}")


def _cost(given: str) -> tuple[str, float]:
    name, _, turns = given.partition("=")
    if name not in ("wrong", "confirm", "choose", "guide"):
        raise typer.BadParameter(f"{name!r} is none of wrong, confirm, choose, guide.")
    try:
        return name, float(turns)
    except ValueError as error:
        raise typer.BadParameter(f"{turns!r} is no number of turns.") from error
