"""`ivr models build`: an ear that knows the words of the flows."""

import csv
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ivr.asr.build.classes import DIGITS_LENGTHS
from ivr.config.load import DEFAULT_FILE, load_settings, parse_yaml, place_of, plain
from ivr.config.settings import Settings
from ivr.domain import SAMPLE_RATE_HZ, Language
from ivr.errors import ConfigError, Place

if TYPE_CHECKING:
    from ivr.asr.build.pronunciation import Reading
    from ivr.asr.build.report import Report
    from ivr.asr.build.vocabulary import Example

PRONUNCIATIONS = "pronunciations.yaml"
_VOICES = {Language.EN: "en-us", Language.ZH: "cmn"}


def build(  # noqa: PLR0913, PLR0917  # the options of a command
    language: Annotated[Language, typer.Option(help="zh or en.")],
    flows: Annotated[Path | None, typer.Option("--from", help="Folder of flows.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the new model.")] = None,
    base: Annotated[str | None, typer.Option(help="Model to build around.")] = None,
    counts: Annotated[
        Path | None, typer.Option(help="csv of flow,calls: how often each question is asked.")
    ] = None,
    config: Annotated[Path, typer.Option(help="The settings.")] = DEFAULT_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Teach the ear the words of the flows; the acoustic model stays as it is."""
    from ivr.asr.build.corpus import Order
    from ivr.asr.build.make import make

    settings = load_settings(config) if config.exists() else Settings()
    folder = flows or settings.flows_dir
    model = settings.models_dir / (base or f"vosk-hotline-{language.value}-8k")
    order = Order(
        language=language,
        base=model,
        out=out or model.with_name(f"{model.name}-flows"),
        examples=tuple(read_examples(folder, language, read_counts(counts) if counts else {})),
        overrides=read_overrides(folder / PRONUNCIATIONS, language, model),
    )
    report = make(order, speaker(language))
    if as_json:
        typer.echo(json.dumps(asdict(report), default=str, ensure_ascii=False, indent=2))
    else:
        _show(report)


# --- what is read ------------------------------------------------------------------------


def read_examples(
    folder: Path, language: Language, counts: Mapping[str, float]
) -> Iterator["Example"]:
    """The sentences of every flow; how often a question is asked is shared by its sentences.

    Any list of sentences under the language's key counts, so that navigation words, options of
    choices and native files are heard too, and whatever slots ask for as its class of `classes.py`
    ("{amount}"). Raises ConfigError for a missing folder or a file that is no YAML.
    """
    from ivr.asr.build.vocabulary import Example

    if not folder.is_dir():
        raise ConfigError("there is no such folder of flows.", "Name it: --from.", Place(folder))
    for file in sorted(folder.glob("*.yaml")):
        if file.name == PRONUNCIATIONS:
            continue
        tree = plain(parse_yaml(file))
        texts = [*_sentences(tree, language), *_values(tree)]
        calls = counts.get(file.stem, 0.0 if counts else float(len(texts)))
        for text in texts:
            yield Example(text, max(calls, 1.0) / len(texts), file.stem)


def _sentences(node: Any, language: Language) -> Iterator[str]:  # Any: YAML of any form
    if isinstance(node, dict):
        for key, value in node.items():
            if key == language.value and isinstance(value, list):
                yield from (text for text in value if isinstance(text, str))
            else:
                yield from _sentences(value, language)
    elif isinstance(node, list):
        for value in node:
            yield from _sentences(value, language)


def _values(tree: Any) -> Iterator[str]:  # Any: YAML of any form
    """What callers answer to the slots of a file, as classes that are filled in."""
    for key in ("slots", "identity"):
        slots = tree.get(key) if isinstance(tree, dict) else None
        for slot in slots.values() if isinstance(slots, dict) else ():
            kind, length = (
                (slot.get("type"), slot.get("length")) if isinstance(slot, dict) else ("", 0)
            )
            if kind == "digits":
                yield f"{{digits{length}}}" if length in DIGITS_LENGTHS else "{digits}"
            elif kind in ("amount", "date"):
                yield from [f"{{{kind}}}"] * _FORMS


_FORMS = 5
"""Times that a class is filled in per slot, each with several values: its words are many."""


def read_counts(file: Path) -> dict[str, float]:
    """Calls by flow from a csv `flow,calls`. Raises ConfigError with the line that is wrong."""
    try:
        rows = list(csv.reader(file.read_text("utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError("the counts cannot be read.", "Save them as csv.", Place(file)) from error
    found = {}
    for line, row in enumerate(rows, start=1):
        if len(row) < 2 or not row[1].strip().replace(".", "", 1).isdigit():
            if line == 1:
                continue  # a heading
            raise ConfigError("holds no `flow,calls`.", "Write one a line.", Place(file, line))
        found[row[0].strip()] = float(row[1])
    return found


def read_overrides(file: Path, language: Language, model: Path) -> dict[str, tuple["Reading", ...]]:
    """Pronunciations that people wrote down; none without the file. Raises ConfigError."""
    from ivr.asr.build import acoustic, overrides, phones

    if not file.exists():
        return {}
    tree = parse_yaml(file)
    written = plain(tree).get(language.value) or {}
    sounds = phones.read(model / "graph/phones.txt", acoustic.read(model / "am/final.mdl")).names
    found: dict[str, tuple[Reading, ...]] = {}
    for word, spoken in written.items():
        try:
            found |= overrides.read({word: spoken}, language, sounds)
        except ConfigError as error:
            place = place_of(tree, [language.value, word], file)
            raise ConfigError(error.problem, error.remedy, place) from error
    return found


def speaker(language: Language) -> Callable[[str], bytes] | None:
    """A voice for the trial (s16le, 8 kHz), through a telephone's codec; None without espeak-ng."""
    import numpy as np

    from ivr.audio.codec import pcm_to_ulaw, ulaw_to_pcm
    from ivr.audio.resample import resample

    program = shutil.which("espeak-ng")
    if program is None:
        return None

    def say(text: str) -> bytes:
        command = [program, "--stdout", "-v", _VOICES[language], "-s", "150", "--", text]
        wav = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout  # noqa: S603  # fixed program, no shell
        rate_hz = int.from_bytes(wav[24:28], "little")
        speech = resample(np.frombuffer(wav[44:], "<i2"), rate_hz, SAMPLE_RATE_HZ)
        quiet = np.zeros(SAMPLE_RATE_HZ // 4, np.int16)
        padded = np.concatenate([quiet, speech // 2, quiet, quiet]).astype("<i2")
        return ulaw_to_pcm(pcm_to_ulaw(padded.tobytes()))

    return say


# --- what is printed ---------------------------------------------------------------------


def _show(report: "Report") -> None:
    """Doubts first, then figures."""
    say = typer.echo
    for doubt in report.doubts:
        say(f"unsure of a pronunciation; if it is right add to {PRONUNCIATIONS}: {doubt.line}")
    for word in report.unsayable:
        say(f"cannot be pronounced, left out; add it to {PRONUNCIATIONS}: {word}")
    for piece in report.lost:
        say(f"cannot be said, left out: {piece}")
    for pair in report.alikes:
        flows = f"{', '.join(pair.first_flows)} / {', '.join(pair.second_flows)}"
        say(f"sound alike and lead to different flows: {pair.first} / {pair.second} ({flows})")
    for miss in report.misheard:
        say(f"trial misheard, flow {miss.flow}: {miss.said!r} as {miss.heard!r}")
    if not report.samples:
        say("no trial by voice: install espeak-ng to have one")
    before, after = report.before, report.after
    say(
        f"trial: {report.samples} sentences, word error rate {report.word_error_rate:.3f}, "
        f"{report.grammar_failures} not heard even by a grammar of their own"
    )
    say(f"scores agree with our own forward pass within {report.score_error:.3f}")
    say(
        f"perplexity on held-out examples: {report.perplexity_before:.1f} without the flows, "
        f"{report.perplexity:.1f} with them"
    )
    say(
        f"words {before.words} -> {after.words}, graph {before.graph_bytes / 1e6:.1f} -> "
        f"{after.graph_bytes / 1e6:.1f} MB, cost {before.cost:.4f} -> {after.cost:.4f} of a core"
    )
    say(f"built {report.out} in {report.seconds:.1f} s")
