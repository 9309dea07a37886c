"""`ivr models calibrate`: fit how far an ear's words may be believed."""

from pathlib import Path
from typing import Annotated

import typer

from ivr.config.load import DEFAULT_FILE, load_settings
from ivr.config.settings import Settings
from ivr.domain import Expect


def calibrate(
    model: Annotated[str, typer.Option(help="Name of the model.")],
    manifest: Annotated[Path, typer.Option(help="csv: path, text, in_domain; in and out.")],
    expect: Annotated[
        list[Expect] | None, typer.Option(help="Kinds of answers; repeat for several.")
    ] = None,
    config: Annotated[Path, typer.Option(help="The settings.")] = DEFAULT_FILE,
) -> None:
    """Print the weights for `ivr/asr/confidence.py`, fitted on recordings in and out of domain."""
    from ivr.asr.calibrate import fit
    from ivr.asr.manifest import read_manifest

    settings = load_settings(config) if config.exists() else Settings()
    clips = read_manifest(manifest)
    for kind in expect or [Expect.FREE]:
        weights = ", ".join(f"{w:.3f}" for w in fit(model, settings.models_dir, clips, kind))
        typer.echo(f"{kind.value}: ({weights}),")
