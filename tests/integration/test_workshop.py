"""What is made beside the calls ends with whoever wanted it, and says why when it fails."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.errors import EngineRejected, EngineTimeout
from ivr.workshop import made_by

pytestmark = pytest.mark.integration

PATIENCE_S = 60.0
WORKS = """
import os, subprocess, sys, time
from ivr.errors import ConfigError
from ivr.workshop import answer

def make(order):
    if order["do"] == "fail":
        raise ConfigError("the disk is full.", "Free some.")
    if order["do"] == "break":
        os._exit(3)
    if order["do"] == "work for long":
        out = os.open(order["tell"], os.O_WRONLY)
        os.write(out, b"began")
        subprocess.run(["sleep", "600"], pass_fds=[out])
    return {"nice": os.nice(0), "threads": os.environ["OMP_NUM_THREADS"]}

answer(make)
"""


@pytest.fixture(autouse=True)
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "works.py").write_text(WORKS, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


async def make(do: str, deadline_s: float = PATIENCE_S, **order: str) -> dict[str, object]:
    return await made_by("works", {"do": do, **order}, engine="ear", deadline_s=deadline_s)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Tells when work begins, and ends when nobody is left who does it."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


async def test_work_gives_way_to_calls() -> None:
    assert await make("work") == {"nice": 19, "threads": "1"}


async def test_why_there_is_nothing_is_told() -> None:
    with pytest.raises(EngineRejected, match=r"ear: the disk is full\. Free some\."):
        await make("fail")


async def test_a_process_that_breaks_is_a_failure_too() -> None:
    with pytest.raises(EngineRejected, match=r"broke \(status 3\)"):
        await make("break")


async def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(EngineTimeout, match="nothing was made within 0 s"):
        await make("work", deadline_s=0.01)


async def test_work_that_nobody_wants_any_more_ends_with_all_it_started(pipe: Path) -> None:
    work = asyncio.ensure_future(make("work for long", tell=str(pipe)))
    with await asyncio.to_thread(pipe.open, "rb", buffering=0) as told:
        began = await asyncio.to_thread(told.read, 5)
        work.cancel()
        rest = await asyncio.to_thread(told.read)  # returns when no process holds the pipe

    assert (began, rest) == (b"began", b"")
    assert (await asyncio.gather(work, return_exceptions=True))[
        0
    ].__class__ is asyncio.CancelledError


def test_work_ends_with_a_hotline_that_is_killed(pipe: Path) -> None:
    order = json.dumps({"do": "work for long", "tell": str(pipe)})
    script = (
        "import asyncio, json, sys\n"
        "from ivr.workshop import made_by\n"
        f"asyncio.run(made_by('works', json.loads({order!r}), engine='ear', deadline_s=600))"
    )
    hotline = subprocess.Popen([sys.executable, "-c", script])

    with pipe.open("rb", buffering=0) as told:
        began = told.read(5)
        hotline.send_signal(signal.SIGKILL)
        hotline.wait()
        rest = told.read()  # returns when no process holds the pipe

    assert (began, rest) == (b"began", b"")
