"""`ivr models calibrate`: fit how far an ear's words may be believed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.one_thread import one_thread
from ivr.cli.settings_or_usual import settings_or_usual
from ivr.config.load import DEFAULT_FILE
from ivr.domain import Expect

if TYPE_CHECKING:
    from ivr.asr.calibrate import Judgement


def calibrate(
    model: Annotated[str, typer.Option(help="Name of the model.")],
    manifest: Annotated[Path, typer.Option(help="csv: path, text, in_domain; in and out.")],
    expect: Annotated[
        list[Expect] | None, typer.Option(help="Kinds of answers; repeat for several.")
    ] = None,
    config: Annotated[Path, typer.Option(help="The settings.")] = DEFAULT_FILE,
) -> None:
    """Print the weights for `ivr/asr/confidence.py`, fitted on recordings in and out of domain.

    Below them stands how much of what is out of domain they let pass, judged on speakers that
    took no part in the fit, and how much today's weights do on the same recordings.
    """
    one_thread()  # the second pass multiplies small matrices
    from ivr.asr.calibrate import fit
    from ivr.asr.manifest import read_manifest

    settings = settings_or_usual(config)
    clips = read_manifest(manifest)
    for kind in expect or [Expect.FREE]:
        found = fit(model, settings.models_dir, clips, kind)
        typer.echo(f"{kind.value}: ({', '.join(f'{w:.3f}' for w in found.weights)}),")
        typer.echo(f"  fitted, on other speakers: {_told(found.judgement)}")
        typer.echo(f"  today's weights: {_told(found.today)}")


def _told(judgement: "Judgement") -> str:
    low, high = judgement.interval
    return (
        f"{judgement.accepted_out:.1%} ({low:.1%} to {high:.1%}) of {judgement.n_out} clips out "
        f"of domain accepted, and {judgement.accepted_in:.1%} of {judgement.n_in} in it, from "
        f"{judgement.accept:.2f} on"
    )
