"""What we write, OpenFst reads: its own tools are the judge of our files."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ivr.asr.build import lookahead, properties
from ivr.asr.build.fst import NOT_FINAL, Graph, const_bytes, read_const
from tests import needs

pytestmark = pytest.mark.integration
MODELS = ("vosk-hotline-en-8k", "vosk-hotline-zh-8k")
_TYPE = "/usr/lib/x86_64-linux-gnu/libfstlookahead.so.22"


def openfst(tool: str, *arguments: str | Path) -> str:
    """Run one of OpenFst's tools with the look-ahead type that Debian ships in a library."""
    program = needs.program(tool, "apt-get install libfst-tools")
    if not Path(_TYPE).exists():
        needs.absent(_TYPE, "apt-get install libfst-tools libfst22")
    done = subprocess.run(
        [program, *arguments],
        env={**os.environ, "LD_PRELOAD": _TYPE},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def printed(graph: Graph) -> set[tuple[str, ...]]:
    """The lines that `fstprint` should print, costs as the 32-bit numbers they are."""
    rows = {
        (
            str(source),
            str(arc["target"]),
            str(arc["ilabel"]),
            str(arc["olabel"]),
            cost(arc["weight"]),
        )
        for source, arc in zip(graph.sources, graph.arcs, strict=True)
    }
    ends = enumerate(graph.finals.tolist())
    return rows | {(str(state), cost(final)) for state, final in ends if final != NOT_FINAL}


def cost(value: float) -> str:
    return str(np.float32(value) + np.float32(0))  # a cost of -0.0 is none, and not printed


def read_by_openfst(file: Path) -> set[tuple[str, ...]]:
    rows = [line.split("\t") for line in openfst("fstprint", file).splitlines()]
    ends = {(row[0], cost(float(row[1]) if len(row) > 1 else 0.0)) for row in rows if len(row) < 3}
    return ends | {
        (*row[:4], cost(float(row[4]) if len(row) > 4 else 0.0)) for row in rows if len(row) > 2
    }


@pytest.mark.parametrize("model", MODELS)
def test_openfst_reads_our_language_model_as_we_wrote_it(model: str, tmp_path: Path) -> None:
    graph = read_const(needs.path(f"models/{model}/graph/Gr.fst"))
    file = tmp_path / "Gr.fst"

    file.write_bytes(const_bytes(graph, properties.of(graph)))

    assert read_by_openfst(file) == printed(graph)


@pytest.mark.parametrize("model", MODELS)
def test_openfst_reads_our_look_ahead_graph_as_we_wrote_it(model: str, tmp_path: Path) -> None:
    graph = lookahead.read_lookahead(needs.path(f"models/{model}/graph/HCLr.fst"))
    ahead = lookahead.look_ahead(graph)
    file = tmp_path / "HCLr.fst"

    file.write_bytes(lookahead.lookahead_bytes(ahead))

    assert read_by_openfst(file) == printed(ahead.graph)
    assert "olabel_lookahead" in openfst("fstinfo", file)


@pytest.mark.parametrize("model", MODELS)
def test_openfst_finds_the_properties_that_we_claim(model: str, tmp_path: Path) -> None:
    graph = read_const(needs.path(f"models/{model}/graph/Gr.fst"))
    file = tmp_path / "Gr.fst"
    file.write_bytes(const_bytes(graph, properties.of(graph)))

    claimed = openfst("fstinfo", "--test_properties=false", file)
    tested = openfst("fstinfo", "--test_properties=true", file)

    assert claimed == tested
    assert "# of arcs" in tested


@pytest.mark.parametrize("model", MODELS)
def test_openfst_itself_would_keep_as_few_intervals(model: str, tmp_path: Path) -> None:
    graph = lookahead.read_lookahead(needs.path(f"models/{model}/graph/HCLr.fst"))
    plain, theirs = tmp_path / "plain.fst", tmp_path / "theirs.fst"
    plain.write_bytes(const_bytes(graph, properties.of(graph)))
    openfst("fstconvert", "--fst_type=olabel_lookahead", plain, theirs)

    ours = lookahead.lookahead_bytes(lookahead.look_ahead(graph))

    assert len(ours) < 1.05 * theirs.stat().st_size
