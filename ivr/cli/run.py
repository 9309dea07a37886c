"""`ivr run`: keep the hotline up until Ctrl-C or SIGTERM."""

import asyncio
import gc
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ivr.cli.one_thread import one_thread
from ivr.config import load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.priority import switch_often

if TYPE_CHECKING:
    from rich.console import Console

    from ivr.config import Settings

_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")


def run(config: Path = _CONFIG) -> None:
    """Keep the hotline up until Ctrl-C; then let running calls end and hand over the rest."""
    one_thread()  # the other core belongs to Asterisk, Rasa and the ears
    switch_often()
    from rich.console import Console

    from ivr import log

    settings = load_settings(config)
    log.configure(settings.log_level)
    try:
        asyncio.run(run_until_told(settings, Console()))
    except asyncio.CancelledError:
        raise typer.Exit(130) from None


async def run_until_told(settings: "Settings", console: "Console") -> None:
    """Keep the hotline up until a signal comes; cancelled by one that comes during the start."""
    from ivr import app

    stop, is_up = asyncio.Event(), False
    loop, this = asyncio.get_running_loop(), asyncio.current_task()
    assert this is not None

    def told() -> None:
        if is_up:
            stop.set()
        else:
            this.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    with console.status("starting") as status:
        starting = app.running(settings, lambda part: status.update(f"starting the {part}"))
        async with starting as hotline:
            is_up = True
            status.stop()
            show_addresses(settings, console)
            spare_the_calls_long_collections()
            await stop.wait()
            console.print(
                f"Closing: {len(hotline.switchboard.sessions)} call(s) in progress, "
                f"up to {settings.limits.drain_s:.0f} s to end them."
            )


def spare_the_calls_long_collections() -> None:
    """Let garbage collection pass over what has been loaded and stays until the end.

    Modules, flows and models are 160,000 objects; looking through them again and again stops all
    calls for 0.1 s each time (November 2026, 3 µs after this). The set-up's garbage goes first.
    """
    gc.collect()
    gc.freeze()


def show_addresses(settings: "Settings", console: "Console") -> None:
    """Print whom to dial, how to register a phone, and where the health page is."""
    from rich.table import Table

    from ivr.web.status import password_file

    line = settings.telephony
    address = f"{line.sip_host}:{line.sip_port}"
    table = Table(title="The hotline takes calls", show_header=False, title_justify="left")
    for number in line.numbers:
        name = "Mandarin" if number.language == "zh" else "English"
        table.add_row(f"dial for {name}", f"{number.number}   sip:{number.number}@{address}")
    for agent in line.agents:
        secret = password_file(settings, agent.extension)
        table.add_row(f"agent {agent.name}", f"{agent.extension}   password in {secret}")
    for phone in line.callers:
        secret = password_file(settings, phone)
        table.add_row("phone of your own", f"{phone}   password in {secret}")
    table.add_row("register phones at", f"{address} (UDP); the user name is the extension")
    table.add_row("health", f"{settings.web.local_url}/readyz")
    console.print(table)
    console.print("Ctrl-C ends it; `ivr status` shows what it is doing.")
