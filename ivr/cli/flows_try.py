"""`ivr flows try`: talk to the flows as they are in the folder right now."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from ivr.config import load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.domain import Language


def try_flows(  # noqa: PLR0913, PLR0917  # each is an option of the command
    language: Annotated[Language, typer.Option(help="Language of the call.")] = Language.EN,
    number: Annotated[
        str,
        typer.Option("--from", help="The caller's number: 7001 pays, 7002 is late, 7003 is new."),
    ] = "",
    offer: Annotated[
        list[str] | None, typer.Option(help="Open with the offer of this question; twice for two.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a turn.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--flows", help="Another folder than that of the settings.")
    ] = None,
    config: Annotated[Path, typer.Option("--config", help="The settings file.")] = DEFAULT_FILE,
) -> None:
    """Talk to the flows by typing: what would be spoken, and why. No caller notices.

    Sentences that are changed meanwhile are said with the next turn; new examples are taught.
    Lines can also come from standard input.
    """
    from rich.console import Console

    from ivr import log
    from ivr.cli.log_shown import ShownLog
    from ivr.cli.trial_talk import Sitting, Talk

    settings = load_settings(config)
    log.configure("ERROR", ShownLog(Console(highlight=False, stderr=True)))
    sitting = Sitting(
        flows_dir=folder or settings.flows_dir,
        state_dir=settings.state_dir,
        number=number,
        language=language,
        offered=tuple(offer or ()),
        as_json=as_json,
    )
    try:
        asyncio.run(Talk(sitting).run())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
