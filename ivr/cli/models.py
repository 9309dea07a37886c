"""`ivr models …`: the ears and voices that there are, and which are in use."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ivr.config.load import DEFAULT_FILE, load_settings
from ivr.config.settings import Settings
from ivr.domain import Language
from ivr.errors import ConfigError

if TYPE_CHECKING:
    from ivr.asr.models_catalogue import Published

app = typer.Typer(
    name="models",
    help="Models for ear and voice: list, get, verify, use, build.",
    no_args_is_help=True,
)

_CONFIG = typer.Option(DEFAULT_FILE, help="The settings file.")
_JSON = typer.Option(False, "--json", help="Print JSON instead of a table.")


@app.command("list")
def list_models(config: Path = _CONFIG, as_json: bool = _JSON) -> None:
    """List ours, the official Vosk models, Piper voices, and ears that learned the flows."""
    rows = list(_rows(load_settings(config)))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    console = Console()
    is_wide = console.width >= 100  # what a model is good for needs room
    columns = ["name", "kind", "lang", "MB", "kHz", "licence", "state", *["about"] * is_wide]
    for column in columns:
        table.add_column(column, no_wrap=True)
    for row in rows:
        state = "[bold green]in use[/]" if row["in_use"] else row["state"]
        size, rate = f"{float(row['size_mb']):.0f}", f"{float(row['rate_hz']) / 1000:g}"
        shown = (row["name"], row["kind"], row["language"], size, rate, row["licence"], state)
        table.add_row(*(str(value) for value in (*shown, row["about"])[: len(columns)]))
    console.print(table)


@app.command()
def get(
    name: str,
    config: Path = _CONFIG,
    again: bool = typer.Option(False, "--again", help="Fetch it even if it is here."),
) -> None:
    """Download a model, check it and install it; goes on where an earlier try stopped."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    from ivr.asr import models
    from ivr.asr.models_catalogue import published
    from ivr.asr.models_fetch import fetch

    settings, model = load_settings(config), published(name)
    if model.is_shipped:
        problem = f"{name} is part of the project and is not downloaded."
        raise ConfigError(problem, "`git checkout models` brings a damaged one back.")
    if _place(model, settings.models_dir).exists() and not again:
        print(f"{name} is here already; `--again` fetches it anew.")
        return
    bar = Progress("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with bar:
        task = bar.add_task(name, total=None)
        path = asyncio.run(
            fetch(
                model,
                settings.models_dir,
                lambda have, total: bar.update(task, completed=have, total=total or None),
            )
        )
    checked = f"{models.check_sums(path)} files checked" if path.is_dir() else "checked"
    print(f"{path}: {checked}. `ivr models use {name}` puts it to use.")


@app.command()
def verify(
    names: list[str] = typer.Argument(None, help="Which; without names, every model that is here."),
    config: Path = _CONFIG,
    as_json: bool = _JSON,
) -> None:
    """Check models file by file and load each in a process of its own; status 1 if one fails."""
    settings = load_settings(config)
    found = [_verified(name, settings) for name in names or _installed(settings)]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for each in found:
            typer.secho(
                f"{each['name']}: {each['problem'] or 'ok'}", fg="red" * bool(each["problem"])
            )
    if any(each["problem"] for each in found):
        raise typer.Exit(1)


@app.command()
def use(
    name: str,
    config: Path = _CONFIG,
    language: Language = typer.Option(None, help="For a model that is not in the list."),
) -> None:
    """Make a model the ear or the voice of its language from the next start on."""
    from ivr.asr.models import find, inspect
    from ivr.asr.models_catalogue import PUBLISHED, Kind
    from ivr.asr.models_use import use as write

    settings = load_settings(config)
    known = next((model for model in PUBLISHED if model.name == name), None)
    wanted = language or (known.language if known else None)
    if wanted is None:
        raise ConfigError(f"the language of {name!r} is not known.", "Add `--language zh` or `en`.")
    kind = known.kind if known else Kind.EAR
    if kind is Kind.EAR:
        inspect(find(name, settings.models_dir))
    else:
        find(name, settings.models_dir / "piper")
    write(config, name, kind, wanted)
    print(f"{name} is the {kind} for {wanted} now; restart the hotline to use it.")


def _rows(settings: Settings) -> Iterator[dict[str, str | float | bool]]:
    from ivr.asr.models_catalogue import PUBLISHED

    used = _in_use(settings)
    names = {model.name for model in PUBLISHED}
    for model in PUBLISHED:
        is_here = _place(model, settings.models_dir).exists()
        yield {
            "name": model.name,
            "kind": model.kind.value,
            "language": model.language.value,
            "size_mb": round(model.size_mb, 1),
            "rate_hz": model.rate_hz,
            "licence": model.licence,
            "state": "shipped" if model.is_shipped else "installed" if is_here else "",
            "is_installed": is_here,
            "in_use": (model.language, model.name) in used,
            "url": model.parts[-1].url if model.parts else "",
            "about": model.about,
        }
    for name in (name for name in _installed(settings) if name not in names):
        yield _own_row(name, settings)
    yield from _taught_rows(settings)


def _taught_rows(settings: Settings) -> Iterator[dict[str, str | float | bool]]:
    """The ears that learned published flows; the hotline takes the one that knows most."""
    from ivr.asr.school import School
    from ivr.cli.counted import counted

    for ear in School({}, School.folder_of(settings)).taught():
        lesson = ear.lesson
        sizes = (file.stat().st_size for file in ear.path.rglob("*") if file.is_file())
        words, sentences = len(lesson.words), len(lesson.sentences)
        yield {
            "name": ear.path.name,
            "kind": "taught ear",
            "language": lesson.language.value,
            "size_mb": round(sum(sizes) / 1e6, 1),
            "rate_hz": 0,
            "licence": "",
            "state": f"learned {ear.at.astimezone():%Y-%m-%d %H:%M}",
            "is_installed": True,
            "in_use": False,
            "url": "",
            "about": f"{counted(words, 'word')}, {counted(sentences, 'sentence')} of the flows",
        }


def _own_row(name: str, settings: Settings) -> dict[str, str | float | bool]:
    from ivr.asr.models import find

    languages = [language for language, used in _in_use(settings) if used == name]
    files = (file for file in find(name, settings.models_dir).rglob("*") if file.is_file())
    return {
        "name": name,
        "kind": "ear",
        "language": "/".join(languages),
        "size_mb": round(sum(file.stat().st_size for file in files) / 1e6, 1),
        "rate_hz": 0,
        "licence": "",
        "state": "installed",
        "is_installed": True,
        "in_use": bool(languages),
        "url": "",
        "about": "your own",
    }


def _in_use(settings: Settings) -> set[tuple[Language, str]]:
    ears = set(settings.asr.models.items())
    voices = settings.tts.voices.items()
    return ears | {(lang, name) for lang, name in voices if settings.tts.engines[lang] == "piper"}


def _installed(settings: Settings) -> list[str]:
    """Give the ears in both model folders, and those in use even when they are missing."""
    from ivr.asr.models import SHIPPED

    folders = {folder for root in (SHIPPED, settings.models_dir) for folder in root.glob("[!.]*/")}
    here = {folder.name for folder in folders if (folder / "conf").is_dir()}
    return sorted(here | set(settings.asr.models.values()))


def _place(model: "Published", models_dir: Path) -> Path:
    from ivr.asr.models import SHIPPED
    from ivr.asr.models_catalogue import Kind

    if model.is_shipped:
        return SHIPPED / model.name
    return (
        models_dir
        / ("piper" if model.kind is Kind.VOICE else "")
        / (f"{model.name}.onnx" if model.kind is Kind.VOICE else model.name)
    )


def _verified(name: str, settings: Settings) -> dict[str, str | int]:
    from ivr.asr import models
    from ivr.asr.models_probe import probe

    try:
        path = models.find(name, settings.models_dir)
        models.inspect(path)
        compared = models.check_sums(path)
        probe(path)
    except ConfigError as error:
        return {"name": name, "problem": str(error), "files_compared": 0}
    return {"name": name, "problem": "", "files_compared": compared}
