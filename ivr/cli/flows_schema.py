"""`ivr flows schema`: what may be written in which file, for editors."""

from pathlib import Path
from typing import Annotated

import typer


def schema(
    kind: Annotated[
        str, typer.Argument(help="flow, hotline, navigation or conversations.")
    ] = "flow",
    out: Annotated[
        Path | None, typer.Option(help="Write all four into this folder instead.")
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of file, so that editors complete and underline."""
    from ivr.dialog.schema import KINDS, as_text, write_schemas
    from ivr.errors import ConfigError, IvrError

    if out is not None:
        try:
            files = write_schemas(out)
        except OSError as error:
            raise IvrError(f"{out} cannot be written ({error.strerror}).") from error
        for file in files:
            typer.echo(file)
    elif kind in KINDS:
        typer.echo(as_text(kind), nl=False)
    else:
        raise ConfigError(f"there is no kind of file {kind!r}.", f"Known: {', '.join(KINDS)}.")
