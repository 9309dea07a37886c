"""`ivr flows …`: what ops do with the questions and answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.counted import counted
from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE

_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")
_STRICT = typer.Option(False, "--strict", help="Warnings count as errors.")

if TYPE_CHECKING:
    from ivr.dialog.vocabulary import Vocabulary
    from ivr.domain import Language

app = typer.Typer(name="flows", help="Questions, answers and how they are taught.")


@app.callback()
def _group() -> None:
    """Every command reads the folder `flows_dir` of the settings."""


@app.command()
def train(config: Path = _CONFIG) -> None:
    """Teach Rasa the examples of the flows; does nothing when they have not changed."""
    import asyncio
    import time

    from rich.console import Console

    from ivr.dialog.flows import load_flows
    from ivr.dialog.server import model_file
    from ivr.dialog.server import train as teach

    settings = load_settings(config)
    console = Console()
    flows = load_flows(settings.flows_dir)
    known = model_file(flows, settings.state_dir).exists()
    begun = time.monotonic()
    with console.status(f"Teaching {len(flows.flows)} flows (about 30 s) …"):
        model = asyncio.run(teach(flows, settings.state_dir))
    took = "had been trained already" if known else f"trained in {time.monotonic() - begun:.0f} s"
    console.print(f"{len(flows.flows)} flows {took}: {model}", soft_wrap=True, highlight=False)


@app.command()
def check(
    config: Path = _CONFIG,
    strict: bool = _STRICT,
    folder: Annotated[
        Path | None, typer.Option("--flows", help="Another folder than that of the settings.")
    ] = None,
) -> None:
    """Find mistakes in the flows, with file, line and remedy, in under a second."""
    from ivr.dialog.check import check as find_mistakes
    from ivr.dialog.compile import has_encoder
    from ivr.predict.rules import parse_rule

    settings = load_settings(config)
    queues = frozenset(settings.telephony.queues)
    flows_dir = folder or settings.flows_dir
    words = vocabularies(settings)
    findings = find_mistakes(flows_dir, queues, words, parse_rule, has_encoder=has_encoder())
    if findings:
        from rich.console import Console

        console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
        for finding in findings:
            console.print(str(finding), style="red" if finding.is_error else "yellow")
    errors = sum(finding.is_error for finding in findings)
    told = (counted(errors, "error"), counted(len(findings) - errors, "warning"))
    typer.echo(f"{', '.join(told)}.")
    if errors or (strict and findings):
        raise typer.Exit(2)


def vocabularies(settings: Settings) -> "dict[Language, Vocabulary]":
    """Give the words of the ears in the settings, and those they were taught, where listed."""
    from ivr.dialog.vocabulary import Vocabulary

    taught = settings.state_dir / "ears"
    read = {
        language: Vocabulary.of_models(
            [settings.models_dir / name, *taught.glob(f"{language.value}-*")], language
        )
        for language, name in settings.asr.models.items()
    }
    return {language: words for language, words in read.items() if words is not None}
