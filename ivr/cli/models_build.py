"""`ivr models build`: an ear that knows the words of the flows."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivr.cli.settings_or_usual import settings_or_usual
from ivr.config.load import DEFAULT_FILE
from ivr.domain import Language

if TYPE_CHECKING:
    from ivr.asr.build.report import Report


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
    from ivr.asr.build.flow_texts import (
        PRONUNCIATIONS,
        read_counts,
        read_examples,
        read_overrides,
    )
    from ivr.asr.build.make import make
    from ivr.asr.build.speaker import speaker

    settings = settings_or_usual(config)
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


def _show(report: "Report") -> None:
    """Doubts first, then figures."""
    from ivr.asr.build.flow_texts import PRONUNCIATIONS

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
