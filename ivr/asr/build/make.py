"""Build an ear: words, sounds, language model and graph around an acoustic model that stays.

    examples, general talk -> words -> sounds -> lexicon graph (HCLr.fst)
                           -> sentences -> language model (Gr.fst)
    -> trial -> in place of the old model

The new model is written beside its place and moved there only after its trial, so that a full
disk or a broken build leaves the old one untouched.
"""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from ivr.asr.build import (
    acoustic,
    lexicon_file,
    ngram,
    phones,
    properties,
    sentences,
    talk,
    verdict,
)
from ivr.asr.build.corpus import Corpus, Order, collect, language_model
from ivr.asr.build.fst import const_bytes
from ivr.asr.build.lexicon import UNKNOWN, lexicon_graph
from ivr.asr.build.lookahead import look_ahead, lookahead_bytes
from ivr.asr.build.report import Report
from ivr.errors import ConfigError, Place


def make(order: Order, say: verdict.Say | None = None) -> Report:
    """Build a model, try it out and put it in place.

    `say` speaks a sentence (s16le, 8 kHz) for the trial; without it only loading is tried.
    Raises ConfigError where a file, the examples or the disk are at fault; the old model stays.
    """
    began = perf_counter()
    model = acoustic.read(order.base / "am" / "final.mdl")
    sounds = phones.read(order.base / "graph" / "phones.txt", model)
    corpus = collect(order, sounds)
    with _scratch(order.out) as scratch:
        _write(order, scratch, sounds, corpus)
        samples = verdict.samples_of(order, corpus, say) if say else ()
        ours = verdict.Ours(model, sounds, corpus.spoken)
        found = verdict.try_out(order, scratch, samples, ours)
        report = verdict.report(order, scratch, corpus, found, began)
        _put_in_place(scratch, order.out)
    return report


# --- files -------------------------------------------------------------------------------


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """A folder beside `out`, gone afterwards; a full disk becomes a plain error."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
            yield Path(folder)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        problem = "the disk is full" if full else f"cannot write the model ({error.strerror})"
        remedy = "Free about 30 MB" if full else "Check the folder and its rights"
        text = f"{problem}; the old model is unchanged."
        raise ConfigError(text, f"{remedy} and build again.", Place(out)) from error


def _write(order: Order, scratch: Path, sounds: phones.Sounds, corpus: Corpus) -> None:
    for folder in ("am", "conf"):
        shutil.copytree(order.base / folder, scratch / folder, copy_function=shutil.copyfile)
    graph = scratch / "graph"
    (graph / "phones").mkdir(parents=True)
    for name in ("phones.txt", "disambig_tid.int", "phones/word_boundary.int"):
        shutil.copyfile(order.base / "graph" / name, graph / name)
    number = {word: at for at, word in enumerate((*corpus.spoken.readings, UNKNOWN), start=1)}
    entries = [(number[w], r) for w, readings in corpus.spoken.readings.items() for r in readings]
    lexicon = lexicon_graph(
        sounds, entries, number[UNKNOWN], talk.decoys(order.language), order.costs
    )
    ahead = look_ahead(lexicon)
    number = {word: ahead.new_label[old] for word, old in number.items()}
    (graph / "HCLr.fst").write_bytes(lookahead_bytes(ahead))
    grammar = ngram.grammar_graph(language_model(corpus, corpus.told), number)
    (graph / "Gr.fst").write_bytes(const_bytes(grammar, properties.of(grammar)))
    rows = ["<eps> 0", *(f"{w} {n}" for w, n in sorted(number.items(), key=lambda row: row[1]))]
    (graph / "words.txt").write_text("\n".join(rows) + "\n", "utf-8")
    sentences.write_note(scratch, sentences.digests(order.examples, order.language))
    (scratch / lexicon_file.NAME).write_text(lexicon_file.text(corpus.spoken.readings), "utf-8")


def _put_in_place(scratch: Path, out: Path) -> None:
    """Move the finished folder to its place; at every instant the old or the new one is whole."""
    ready, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    for leftover in (ready, old):
        shutil.rmtree(leftover, ignore_errors=True)
    scratch.chmod(0o755)
    shutil.copytree(scratch, ready)
    if out.exists():
        out.rename(old)
    ready.rename(out)
    shutil.rmtree(old, ignore_errors=True)
