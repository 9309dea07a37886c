"""`ivr flows new`: begin a question with a file in which only the words are missing."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from ivr.config import load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import ConfigError, Place

_BEGINNING: Final = """\
# yaml-language-server: $schema=schema/flow.json
id: {id}
titles:  # as in "is it about …?"
  zh: {zh}
  en: {en}
examples:  # how callers ask it: 12 to 25 in each language, all different, without signs
  zh:
    -
  en:
    -
answer:  # what callers hear: the fact first, under twelve seconds
  zh:
  en:
# Facts, slots, who may hear it, a person: docs/designers/first-flow.md
"""


def new(
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="Name of the question: small letters, digits and _."),
    ],
    zh: Annotated[str, typer.Option(help="Its short name in Mandarin.")] = "",
    en: Annotated[str, typer.Option(help="Its short name in English.")] = "",
    folder: Annotated[
        Path | None, typer.Option("--flows", help="Another folder than that of the settings.")
    ] = None,
    config: Annotated[Path, typer.Option("--config", help="The settings file.")] = DEFAULT_FILE,
) -> None:
    """Begin a new question: writes its file, in which only the words are missing."""
    from ivr.config.complaints import name_like
    from ivr.dialog.flows import RESERVED, Navigation
    from ivr.dialog.parts import NAME

    directory = folder or load_settings(config).flows_dir
    if not re.fullmatch(NAME, id_):
        problem = f"{id_!r} cannot be the name of a question."
        like = name_like(id_)
        remedy = "Take 2 to 41 small letters, digits and _, a letter first"
        raise ConfigError(problem, f"{remedy}, such as {like}." if like else f"{remedy}.")
    if id_ in RESERVED | Navigation.model_fields.keys():
        raise ConfigError(f"{id_!r} is taken by the hotline.", "Choose another name.")
    file = directory / f"{id_}.yaml"
    text = _BEGINNING.format(id=id_, zh=_quoted(zh), en=_quoted(en))
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        problem = "this question is there already."
        raise ConfigError(problem, "Edit it, or choose another name.", Place(file)) from error
    except OSError as error:
        problem = f"cannot be written ({error.strerror})."
        raise ConfigError(problem, "Check the folder and its rights.", Place(file)) from error
    typer.echo(f"{file}: write titles, examples and answer; `ivr flows check` tells what is left.")


def _quoted(text: str) -> str:
    """A text as YAML takes it, whatever signs it holds; an empty one stays to be written."""
    doubled = text.strip().replace("'", "''")
    return f"'{doubled}'" if doubled else ""
