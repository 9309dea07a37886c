"""`ivr evaluate …`: how well each part does, on anyone's data."""

import typer

app = typer.Typer(name="evaluate", help="Measure a part on your own data.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Each command lives in its own module `evaluate_*.py`; `ivr.cli` adds it here."""
