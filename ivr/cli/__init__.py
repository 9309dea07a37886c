"""The command `ivr`."""

import errno
import sys
from typing import Final

import typer

from ivr import __version__
from ivr.cli.later import Entry, group_of
from ivr.errors import ConfigError, IvrError

COMMANDS: Final = {
    "run": Entry(
        "Keep the hotline up until Ctrl-C; then let running calls end and hand over the rest.",
        "run:run",
    ),
    "bench": Entry(
        "Measure at the phone's ear: answers, interruptions, noise, echo, load, cost.",
        "bench:bench",
    ),
    "demo": Entry(
        "Start a private hotline, let three callers dial it, show what is said; then end.",
        "demo:demo",
    ),
    "doctor": Entry(
        "Tell what is there, what is missing, and the remedy; exit status 1 if a part is missing.",
        "doctor:doctor",
    ),
    "sheet": Entry(
        "Write a call's sheet: waveforms, who spoke when, words, intents, waits. Opens anywhere.",
        "sheet:sheet",
    ),
    "status": Entry(
        "Show a running hotline: whom to dial, agents, calls in progress, engines.",
        "status:status",
    ),
    "evaluate": Entry(
        "Measure a part on your own data.",
        "evaluate:app",
        {
            "asr": "evaluate_asr:evaluate_asr",
            "ear": "evaluate_ear:evaluate_ear",
            "nlu": "evaluate_nlu:evaluate_nlu",
            "reasons": "evaluate_reasons:evaluate_reasons",
        },
    ),
    "flows": Entry(
        "Questions, answers and how they are taught.",
        "flows:app",
        {
            "diff": "flows_diff:diff",
            "new": "flows_new:new",
            "schema": "flows_schema:schema",
            "test": "flows_test:hold_conversations",
            "thresholds": "flows_thresholds:thresholds",
            "try": "flows_try:try_flows",
            "publish": "flows_publish:publish",
            "history": "flows_history:history",
            "rollback": "flows_history:rollback",
        },
    ),
    "models": Entry(
        "Models for ear and voice: list, get, verify, use, build.",
        "models:app",
        {
            "build": "models_build:build",
            "calibrate": "models_calibrate:calibrate",
            "train": "models_train:train",
        },
    ),
    "calls": Entry("Look at the calls that are kept.", "calls:app"),
    "callbacks": Entry("Callers who were promised to be called back.", "callbacks:app"),
    "db": Entry("Look after the kept calls.", "db:app"),
    "events": Entry("What happened to callers elsewhere.", "events:app"),
    "predict": Entry("What calls teach about the next one.", "predict:app"),
    "report": Entry("What the kept calls tell.", "report:app", {"ear": "report_ear:report_ear"}),
}
"""Every command and group, in the order in which `ivr --help` lists them."""

_REMEDIES: Final = {
    errno.ENOSPC: "Free some space on that disk.",
    errno.EACCES: "Check who owns it, and as whom you run this.",
    errno.EPERM: "Check who owns it, and as whom you run this.",
    errno.EROFS: "Choose a place that can be written.",
}

app = typer.Typer(
    name="ivr",
    cls=group_of(COMMANDS),
    help="A self-hosted hotline that answers before it is asked.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Options of every command."""


def main() -> None:
    """Run the command line; what a person can mend is said in one line, without a trace."""
    try:
        app()
    except IvrError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
    except OSError as error:  # of a disk or a folder, wherever a command met it
        where = f"{error.filename}: " if error.filename else ""
        remedy = _REMEDIES.get(error.errno or 0, "")
        typer.secho(f"error: {where}{error.strerror or error}. {remedy}", fg="red", err=True)
        sys.exit(1)
