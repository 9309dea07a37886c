"""`ivr demo`: three real calls from end to end, with the proof that they came out right."""

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from ivr.demo.show import Shown
    from ivr.domain import Turn

_OPTION_OUT = typer.Option(Path("var/demo"), "--out", help="Where recordings and sheets go.")


def demo(out: Path = _OPTION_OUT) -> None:
    """Start a private hotline, let three callers dial it, show what is said; then end."""
    from rich.console import Console

    from ivr import log

    console = Console()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with (out / "hotline.log").open("w", encoding="utf-8") as log_file:
        log.configure("INFO", log_file)
        shown = asyncio.run(_demo(console, out))
    _sum_up(console, shown, out)
    if any(each.faults for each in shown):
        raise typer.Exit(1)


async def _demo(console: "Console", out: Path) -> "list[Shown]":
    from ivr.demo.calls import DemoCall
    from ivr.demo.show import show_all
    from ivr.sim.lab import lab_settings

    settings = lab_settings(out / "state")
    with console.status("starting the hotline") as status:

        def announce(call: DemoCall) -> None:
            status.stop()
            console.rule(f"{call.name}: a caller dials {call.number}, {call.title}", align="left")

        return await show_all(
            settings,
            out,
            progress=lambda part: status.update(f"starting: {part}"),
            announce=announce,
            show=lambda turn: _show(console, turn),
        )


def _show(console: "Console", turn: "Turn") -> None:
    from ivr.domain import Speaker

    at = f"[dim]{turn.started_s:6.2f} s[/dim]"
    if turn.speaker is Speaker.CALLER:
        meant = f"[dim]{turn.intent} {turn.confidence:.2f}[/dim]"
        console.print(f"{at}  [cyan]caller [/cyan]  {turn.text}  {meant}")
    else:
        wait = f"after {turn.silence_s:.2f} s" if turn.silence_s is not None else ""
        cut = "  cut by the caller" if turn.interrupted else ""
        console.print(f"{at}  [green]hotline[/green]  {turn.text}  [dim]{wait}{cut}[/dim]")


def _sum_up(console: "Console", shown: "Sequence[Shown]", out: Path) -> None:
    from rich.table import Table

    table = Table(title="What came of it", title_justify="left")
    for column in ("call", "result", "waits for an answer", "call sheet"):
        table.add_column(column)
    for each in shown:
        result = "; ".join(each.faults) or "right"
        waits = " ".join(f"{wait:.2f}" for wait in each.waits_s) or "-"
        style = "red" if each.faults else "green"
        sheet = str(each.folder / "sheet.html")
        table.add_row(each.call.name, f"[{style}]{result}[/{style}]", f"{waits} s", sheet)
    console.print(table)
    console.print(f"Each folder under {out} holds call.wav (caller left, hotline right) and")
    console.print("record.json too; the hotline's log is hotline.log there.")
