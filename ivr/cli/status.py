"""`ivr status`: what a running hotline tells about itself."""

import json
from pathlib import Path
from typing import Any

import typer

from ivr.cli.ears_shown import ears_told
from ivr.config import load_settings
from ivr.config.load import DEFAULT_FILE
from ivr.errors import ConfigError

_OPTION_CONFIG = typer.Option(DEFAULT_FILE, "--config", help="The settings file.")
_OPTION_URL = typer.Option("", "--url", help="Its address; default: web.host and web.port.")
_DEADLINE_S = 5.0
_OPTION_JSON = typer.Option(False, "--json", help="Plain JSON instead of tables.")


def status(
    url: str = _OPTION_URL, as_json: bool = _OPTION_JSON, config: Path = _OPTION_CONFIG
) -> None:
    """Show a running hotline: whom to dial, agents, calls in progress, engines."""
    address = url or _configured(config)
    told = _fetch(address)
    if told is None:
        typer.echo(f"No hotline answers at {address}. Start one with `make run`.", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _show(told)
        if not url and _is_edited(config, told):
            typer.echo("The folder of flows is not as callers have it: `ivr flows history`.")


def _configured(config: Path) -> str:
    return load_settings(config).web.local_url


def _is_edited(config: Path, told: dict[str, Any]) -> bool:  # as above
    """Whether the working folder differs from what callers have; also while it is broken."""
    from ivr.dialog.snapshot import fingerprint, read_folder

    try:
        files = read_folder(load_settings(config).flows_dir)
    except ConfigError:
        return True
    return bool(told.get("flows")) and fingerprint(files) != told["flows"]["version"]


def _fetch(address: str) -> dict[str, Any] | None:  # the JSON of /status
    import http.client
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port or 80
        connection = http.client.HTTPConnection(host, port, timeout=_DEADLINE_S)
    except ValueError as error:
        problem = f"--url: {address!r} is no address."
        raise ConfigError(problem, "Give one such as http://127.0.0.1:8780.") from error
    try:
        connection.request("GET", "/status")
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return told if answer.status == 200 and isinstance(told, dict) else None


def _show(told: dict[str, Any]) -> None:  # as above
    from rich.console import Console

    console = Console()
    taking = "takes calls" if told["taking_calls"] else "[red]takes no more calls[/red]"
    console.print(f"Hotline {told['version']} at {told['sip_address']} {taking}", highlight=False)
    console.print(f"up since {told['started_at']} · {told['health_url']}\n", highlight=False)
    if flows := told.get("flows"):
        console.print(_flows(flows), highlight=False, markup=False)
        for line, style in ears_told(flows.get("ears", [])):
            console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
    for title, columns, rows in _tables(told):
        console.print(_table(title, columns, rows))
    phone = told["softphone"]
    console.print(
        f"A phone of your own: server {phone['server']}, port {phone['port']} "
        f"({phone['transport']}); user and password by extension:",
        highlight=False,
    )
    for extension, file in phone["password_files"].items():
        console.print(f"  {extension}  password in {file}", highlight=False, soft_wrap=True)
    page = told["health_url"].removesuffix("/healthz") + "/agent"
    console.print(f"Agents read their calls at {page}", highlight=False, soft_wrap=True)


def _flows(flows: dict[str, Any]) -> str:  # as above
    old = sum(count for version, count in flows["calls"].items() if version != flows["version"])
    leaving = f"; {old} calls in progress on earlier ones" if old else ""
    published = f"publication {flows['publication']}, {flows['at']} by {flows['by']}"
    former = flows.get("calls_on_former_ear", 0)
    hearing = f"; {former} hear with an earlier ear" if former else ""
    return f"New calls have flows {flows['version']} ({published}){leaving}{hearing}\n"


def _tables(told: dict[str, Any]) -> list[tuple[str, list[str], list[list[str]]]]:  # as above
    from rich.markup import escape

    health = {True: "healthy", False: "[red]DOWN[/red]"}
    return [
        (
            "Numbers to dial",
            ["number", "language", "address"],
            [[each["number"], each["language"], each["uri"]] for each in told["numbers"]],
        ),
        (
            "Agents",
            ["extension", "name", "queues", "phone"],
            [
                [
                    escape(each["extension"]),
                    escape(each["name"]),
                    escape(", ".join(each["queues"])),
                    each["state"],
                ]
                for each in told["agents"]
            ],
        ),
        (
            "Calls in progress",
            ["call", "state", "seconds"],
            [[each["call_id"], each["state"], f"{each['seconds']:.0f}"] for each in told["calls"]],
        ),
        (
            "Engines",
            ["engine", "health"],
            [[escape(name), health[ok]] for name, ok in told["engines"].items()],
        ),
    ]


def _table(title: str, columns: list[str], rows: list[list[str]]) -> Any:  # rich loads late
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_header=bool(rows))
    for column in columns:
        table.add_column(column)
    for row in rows or [["none", *[""] * (len(columns) - 1)]]:
        table.add_row(*row)
    return table
