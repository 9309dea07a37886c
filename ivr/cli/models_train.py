"""`ivr models train`: an ear that hears your callers better."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.one_thread import one_thread
from ivr.cli.settings_or_usual import settings_or_usual
from ivr.config.load import DEFAULT_FILE
from ivr.domain import Language
from ivr.errors import ConfigError

if TYPE_CHECKING:
    from ivr.asr.manifest import Clip
    from ivr.asr.train.trainer import Progress

_ACCENTS = {Language.EN: ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland"), Language.ZH: ("cmn",)}
_VOICES = (
    "f1",
    "f2",
    "f3",
    "f5",
    "m1",
    "m2",
    "m3",
    "m4",
    "m5",
    "m7",
    "m8",
    "klatt",
    "klatt2",
    "steph",
)


def train(  # noqa: PLR0913, PLR0917  # the options of a command
    language: Annotated[Language, typer.Option(help="zh or en.")],
    data: Annotated[
        list[Path] | None, typer.Option(help="Manifests: path,text[,speaker]; no text, no speech.")
    ] = None,
    flows: Annotated[Path | None, typer.Option("--from", help="Folder of flows.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the new model.")] = None,
    base: Annotated[str | None, typer.Option(help="Model to begin from.")] = None,
    minutes: Annotated[float, typer.Option(help="How long to train.")] = 30.0,
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 2,
    peak: Annotated[
        float, typer.Option(help="Greatest learning rate: higher learns and forgets faster.")
    ] = 4e-4,
    keep: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the old weights: forgets and learns less.")
    ] = 0.3,
    synthesised: Annotated[int, typer.Option(help="Sentences to synthesise.")] = 500,
    hold_out: Annotated[float, typer.Option(help="Share of speakers kept for testing.")] = 0.1,
    config: Annotated[Path, typer.Option(help="The settings.")] = DEFAULT_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fine-tune an ear on recordings with transcripts and on synthesised sentences."""
    one_thread()  # torch has its own number; numpy's threads would only wait for each other
    from ivr.asr.build.flow_texts import PRONUNCIATIONS, read_overrides

    try:
        from ivr.asr.train.improve import Order, improve
        from ivr.asr.train.trainer import Plan
    except ModuleNotFoundError as error:
        raise ConfigError("training needs torch.", "Run `pip install -e .[train]`.") from error

    settings = settings_or_usual(config)
    model = settings.models_dir / (base or f"vosk-hotline-{language.value}-8k")
    folder = flows or settings.flows_dir
    target = out or model.with_name(f"{model.name}-trained")
    with tempfile.TemporaryDirectory(prefix="ivr-train-") as scratch:
        order = Order(
            language=language,
            base=model,
            out=target,
            manifests=tuple(data or ()),
            plan=Plan(minutes=minutes, threads=threads, peak=peak, keep=keep),
            hold_out=hold_out,
            spoken=tuple(speak(folder, language, synthesised, Path(scratch))),
            overrides=read_overrides(folder / PRONUNCIATIONS, language, model),
        )
        found = improve(order, _show)
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str, indent=2))
        return
    typer.echo(
        f"{found.recordings} recordings heard, {found.left_out} left out; errors of sounds on "
        f"{found.held_out} recordings of speakers never trained on: "
        f"{found.error_before:.3f} before, {found.error_after:.3f} after"
    )
    typer.echo(f"written to {found.out}; measure it with `ivr evaluate asr` before you use it")


def speak(folder: Path, language: Language, count: int, scratch: Path) -> Iterator["Clip"]:
    """Sentences of the flows and of general talk in every voice of espeak-ng, where it is."""
    from ivr.asr.build import talk
    from ivr.asr.build.flow_texts import read_examples
    from ivr.asr.manifest import Clip

    program = shutil.which("espeak-ng")
    if program is None or not count:
        return
    random = Random(5)  # noqa: S311  # which voice says what
    texts = [example.text for example in read_examples(folder, language, {})]
    texts += list(talk.sentences(language, 4 * count))[: 4 * count]
    filler = talk.Filler(language, seed=6)
    for at, text in enumerate(random.choices(texts, k=count)):
        words = filler.fill(text)
        said = words if language is Language.EN else words.replace(" ", "")
        voice = f"{random.choice(_ACCENTS[language])}+{random.choice(_VOICES)}"
        speed, pitch = str(random.randrange(120, 205)), str(random.randrange(15, 85))
        file = scratch / f"{at}.wav"
        command = [program, "-v", voice, "-s", speed, "-p", pitch, "-w", str(file), "--", said]
        subprocess.run(command, check=True, capture_output=True, timeout=30)  # noqa: S603  # fixed program
        yield Clip(file, words, voice)


def _show(progress: "Progress") -> None:
    typer.echo(
        f"{progress.minutes:.1f} min, step {progress.step}, loss {progress.loss:.3f}, "
        f"held-out errors of sounds {progress.held_out_error:.3f}",
        err=True,
    )
