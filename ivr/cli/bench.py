"""`ivr bench`: what callers feel on this machine, in conversations and under load."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ivr.cli.bench_shown import show_conversations, show_ladder

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.bench.conversations import Wanted

_DOCS = Path("docs/ops")
_OPTION_FULL = typer.Option(False, "--full", help="Every line and more calls; up to 60 callers.")
_OPTION_CALLERS = typer.Option("", "--callers", help="Rungs of the load ladder: 1,10,20.")
_OPTION_SECONDS = typer.Option(0.0, "--seconds", help="Length of each rung.")
_OPTION_ONLY = typer.Option("", "--only", help="Only these scenarios, and no load: echoes,rooms.")
_OPTION_SEED = typer.Option(1, "--seed", help="Seed of the first call of each scenario.")
_OPTION_AT_ONCE = typer.Option(8, "--at-once", min=1, help="Conversations held at a time.")
_OPTION_LOAD = typer.Option(True, "--load/--no-load", help="Climb the load ladder too.")
_OPTION_TALK = typer.Option(True, "--talk/--no-talk", help="Hold the conversations.")
_OPTION_OUT = typer.Option(Path("var/bench"), "--out", help="Folder of figures and recordings.")
_OPTION_AGAIN = typer.Option(
    False, "--again", help="Call nobody: judge the recordings of the last run once more."
)
_OPTION_CAPACITY = typer.Option(
    False, "--capacity", help="Only the load, 1 to 60 callers, written into docs/ops."
)
_OPTION_SMART = typer.Option(
    None, "--smart-turn", help="Compare with Pipecat's model; the folder of its unpacked wheel."
)
_OPTION_JSON = typer.Option(False, "--json", help="Print JSON instead of tables.")


def bench(  # noqa: PLR0913, PLR0917  # each is an option of the command
    full: bool = _OPTION_FULL,
    callers: str = _OPTION_CALLERS,
    seconds: float = _OPTION_SECONDS,
    only: str = _OPTION_ONLY,
    seed: int = _OPTION_SEED,
    at_once: int = _OPTION_AT_ONCE,
    load: bool = _OPTION_LOAD,
    talk: bool = _OPTION_TALK,
    out: Path = _OPTION_OUT,
    smart_turn: Path | None = _OPTION_SMART,
    capacity: bool = _OPTION_CAPACITY,
    again: bool = _OPTION_AGAIN,
    as_json: bool = _OPTION_JSON,
) -> None:
    """Measure at the phone's ear: answers, interruptions, noise, echo, load, cost."""
    from rich.console import Console

    from ivr.bench.conversations import Wanted
    from ivr.sim.scenario import load_scenarios

    chosen = [name.strip() for name in only.split(",") if name.strip()]
    scenarios = load_scenarios(only=chosen)
    counts = _counts(callers)
    (out / "recordings").mkdir(parents=True, exist_ok=True)
    console, figures = Console(stderr=True), dict[str, object]()
    if capacity:
        ladder = _write_capacity(counts, seconds or 60.0, _Run(out, as_json), console)
        if as_json:
            typer.echo(json.dumps(ladder))
        return
    if talk:
        wanted = Wanted(scenarios, full, seed, at_once)
        figures["conversations"] = _converse(wanted, _Run(out, as_json, again, smart_turn), console)
    if load and not chosen and not again:
        counts = counts or ([1, 5, 10, 20, 40, 60] if full else [1, 10, 20, 40])
        figures["load"] = _climb(counts, seconds or (90.0 if full else 40.0), out, console, as_json)
    if as_json:
        typer.echo(json.dumps(figures))


@dataclass(frozen=True)
class _Run:
    out: Path
    quiet: bool
    again: bool = False
    smart_turn: Path | None = None


def _counts(callers: str) -> list[int]:
    """Read the rungs before anything is measured: the conversations alone take half an hour."""
    wanted = [each.strip() for each in callers.split(",") if each.strip()]
    wrong = [each for each in wanted if not (each.isdecimal() and int(each))]
    if wrong:
        problem = f"{wrong[0]!r} is no number of callers; try 1,10,20."
        raise typer.BadParameter(problem, param_hint="--callers")
    return [int(each) for each in wanted]


@contextmanager
def _passing_folder(out: Path) -> Iterator[Path]:
    """Give a folder for a hotline to live in; of all it leaves there, its log is kept."""
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name:
        folder = Path(name)
        try:
            yield folder
        finally:
            for log in folder.rglob("hotline.log"):
                shutil.copy(log, out)


def _converse(wanted: "Wanted", run: _Run, console: "Console") -> object:
    from ivr.bench.conversations import converse, judged_again
    from ivr.bench.report import compare, leave, report

    recordings = run.out / "recordings"
    with _passing_folder(run.out) as folder, console.status("") as status:
        if run.again:
            calls = judged_again(recordings, wanted.scenarios)
        else:
            calls = asyncio.run(converse(folder, wanted, recordings, status.update))
    made = report(calls, wanted, compare(calls, recordings, run.smart_turn))
    data, shown = leave(made, wanted, run.out)
    if not run.quiet:
        show_conversations(made)
        typer.echo(f"All figures: {data}, as a page: {shown}, recordings: {recordings}")
    return asdict(made)


def _climb(
    counts: list[int], length_s: float, out: Path, console: "Console", quiet: bool
) -> object:
    from ivr.bench.ladder import climb

    with _passing_folder(out) as folder, console.status("") as status:
        ladder = asyncio.run(climb(folder, counts, length_s, status.update))
    file = out / "load.json"
    file.write_text(json.dumps(asdict(ladder), indent=2) + "\n", "utf-8")
    if not quiet:
        show_ladder(ladder)
        typer.echo(f"All figures: {file}")
    return asdict(ladder)


def _write_capacity(counts: list[int], length_s: float, run: _Run, console: "Console") -> object:
    from ivr.bench.capacity import COUNTS, admission_limit, write
    from ivr.bench.ladder import climb

    with _passing_folder(run.out) as folder, console.status("") as status:
        ladder = asyncio.run(climb(folder, counts or COUNTS, length_s, status.update))
    files = write(ladder, _DOCS)
    if not run.quiet:
        show_ladder(ladder)
        limit = max(1, admission_limit(ladder.rungs))
        typer.echo(f"Written: {', '.join(str(file) for file in files)}")
        typer.echo(f"This machine: `limits: {{max_calls: {limit}}}` in config/hotline.yaml.")
    return asdict(ladder)
