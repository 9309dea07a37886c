"""The command `ivr`."""

import sys

import typer

from ivr import __version__
from ivr.cli import (
    bench,
    callbacks,
    calls,
    db,
    demo,
    doctor,
    evaluate,
    evaluate_asr,
    evaluate_ear,
    evaluate_nlu,
    evaluate_reasons,
    events,
    flows,
    flows_diff,
    flows_history,
    flows_publish,
    flows_schema,
    flows_test,
    flows_thresholds,
    flows_try,
    models,
    models_build,
    models_calibrate,
    models_train,
    predict,
    report,
    report_ear,
    run,
    sheet,
    status,
)
from ivr.errors import ConfigError, IvrError

app = typer.Typer(
    name="ivr",
    help="A self-hosted hotline that answers before it is asked.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.add_typer(evaluate.app)
app.add_typer(flows.app)
app.add_typer(models.app)
app.add_typer(calls.app)
app.add_typer(callbacks.app)
app.add_typer(db.app)
app.add_typer(events.app)
app.add_typer(predict.app)
app.add_typer(report.app)
app.command()(run.run)
app.command()(bench.bench)
app.command()(demo.demo)
app.command()(doctor.doctor)
app.command()(sheet.sheet)
app.command()(status.status)
flows.app.command("diff")(flows_diff.diff)
flows.app.command("schema")(flows_schema.schema)
flows.app.command("test")(flows_test.hold_conversations)
flows.app.command("thresholds")(flows_thresholds.thresholds)
flows.app.command("try")(flows_try.try_flows)
flows.app.command("publish")(flows_publish.publish)
flows.app.command("history")(flows_history.history)
flows.app.command("rollback")(flows_history.rollback)
models.app.command("build")(models_build.build)
models.app.command("calibrate")(models_calibrate.calibrate)
models.app.command("train")(models_train.train)
report.app.command("ear")(report_ear.report_ear)
evaluate.app.command("asr")(evaluate_asr.evaluate_asr)
evaluate.app.command("ear")(evaluate_ear.evaluate_ear)
evaluate.app.command("nlu")(evaluate_nlu.evaluate_nlu)
evaluate.app.command("reasons")(evaluate_reasons.evaluate_reasons)


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
