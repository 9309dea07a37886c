"""`ivr flows test`: hold the conversations beside the flows, and say what went otherwise."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.config import Settings, load_settings
from ivr.config.load import DEFAULT_FILE

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.dialog.conversations import ConversationTest
    from ivr.dialog.conversations_run import Held


def hold_conversations(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Words of a test's name, such as `refund`; * and ? fit anything."),
    ] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Only name the tests.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--flows", help="Another folder than that of the settings.")
    ] = None,
    config: Annotated[Path, typer.Option("--config", help="The settings file.")] = DEFAULT_FILE,
) -> None:
    """Hold conversations with real Rasa: caller says, hotline must. Exit code 1 if one fails."""
    from rich.console import Console

    from ivr import log
    from ivr.dialog.conversations import chosen, load_conversations
    from ivr.errors import ConfigError

    settings = load_settings(config)
    settings = settings.model_copy(update={"flows_dir": folder or settings.flows_dir})
    log.configure("ERROR")
    tests = chosen(load_conversations(settings.flows_dir), names or ())
    if not tests:
        problem = f"no conversation test in {settings.flows_dir / 'tests'} has such a name."
        raise ConfigError(problem, "`ivr flows test --list` names them.")
    if only_list:
        _name(tests, as_json)
        return
    console = Console(highlight=False, stderr=as_json)
    seconds, held = asyncio.run(_hold(settings, tests, console))
    _show(console, held, seconds, as_json)
    if not all(each.passed for each in held):
        raise typer.Exit(1)


def _name(tests: "list[ConversationTest]", as_json: bool) -> None:
    import json

    if as_json:
        told = [{"name": test.name, "place": str(test.place)} for test in tests]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for test in tests:
        typer.echo(f"{test.name}  {test.place}")


async def _hold(
    settings: Settings, tests: "list[ConversationTest]", console: "Console"
) -> "tuple[float, list[Held]]":
    """Hold them, and say how many seconds it took once Rasa was there."""
    import time

    from ivr.dialog.conversations_run import TEST_DAY, hold_all
    from ivr.dialog.flows import load_flows
    from ivr.dialog.trial import is_trained, on_trial

    flows = load_flows(settings.flows_dir)
    known = is_trained(flows, settings.state_dir)
    doing = "Starting Rasa" if known else "Teaching the examples (half a minute), then Rasa"
    with console.status(f"{doing} …") as status:
        async with on_trial(flows, settings.state_dir, lambda: TEST_DAY) as trial:
            ended: list[Held] = []

            def note(held: "Held") -> None:
                ended.append(held)
                status.update(f"{len(ended)} of {len(tests)} conversations held …")

            began = time.perf_counter()
            held = await hold_all(trial, tests, ended=note)
            return time.perf_counter() - began, held


def _show(console: "Console", held: "list[Held]", seconds: float, as_json: bool) -> None:
    import json

    from ivr.cli.conversations_shown import as_values, show_failure

    failed = [each for each in held if not each.passed]
    if as_json:
        told = {
            "passed": len(held) - len(failed),
            "failed": len(failed),
            "seconds": round(seconds, 2),
            "conversations": [as_values(each) for each in held],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in failed:
        show_failure(console, each)
    style = "red" if failed else "green"
    counted = f"{len(held) - len(failed)} passed, {len(failed)} failed"
    console.print(f"{counted} in {seconds:.1f} s.", style=style)
