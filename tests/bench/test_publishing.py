"""How soon edited flows are before callers: commands as ops type them, at a hotline that runs.

`.venv/bin/python -m pytest tests/bench/test_publishing.py -s` prints wall time and processor time
of every command, and its steps. A real hotline (Asterisk, Rasa, voices) runs beside; no calls.
What is asserted holds on any machine, because both sides are measured in the same run.
"""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ivr.bench.private import hotline_with
from ivr.sim.lab import lab_settings
from tests import asterisk, needs
from tests.integration.test_publishing import ASKED, CALLERS, TAUGHT, WANG, Here, Talk, here

__all__ = ["here"]  # a fixture
pytestmark = pytest.mark.timeout(900)
ROUNDS = 2
QUIET_S = 10.0
"""How long callers talk while nothing is published, to compare with."""


@dataclass(frozen=True)
class Ran:
    """One command: seconds on the clock and of the processor, and what it printed as JSON."""

    wall_s: float
    cpu_s: float
    told: dict[str, Any] = field(default_factory=dict[str, Any])

    def line(self, name: str) -> str:
        steps = "; ".join(f"{s['step']} {s['seconds']:.2f}" for s in self.told.get("steps", []))
        return f"{name:28} {self.wall_s:6.2f} s  cpu {self.cpu_s:5.2f} s   {steps}"


async def run(*words: str) -> Ran:
    """Run a command of `ivr`; it must go well."""
    before, began = os.times(), time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ivr", *words), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    wall_s, after = time.monotonic() - began, os.times()
    assert process.returncode == 0, output.decode()
    cpu_s = sum(after[2:4]) - sum(before[2:4])  # of children that have ended
    return Ran(wall_s, cpu_s, json.loads(output) if "--json" in words else {})


def edit(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


async def test_words_are_live_without_waiting_for_a_training(tmp_path: Path) -> None:
    needs.path(".venv-rasa")
    asterisk.binary()
    flows = Path(shutil.copytree(needs.ROOT / "flows", tmp_path / "flows"))
    settings = lab_settings(tmp_path / "var").model_copy(update={"flows_dir": flows})
    ran: dict[str, list[Ran]] = {}

    async with hotline_with(settings) as hotline:
        publish = ("flows", "publish", "--why", "bench", "--json", "--config", str(hotline.config))
        rollback = ("flows", "rollback", *publish[2:])
        for number in range(ROUNDS):
            ran.setdefault("--help", []).append(await run("--help"))
            config = ("--config", str(hotline.config))
            ran.setdefault("flows check", []).append(await run("flows", "check", *config))
            edit(flows, "opening_hours.yaml", "I am here all day", f"I am here {number} all day")
            ran.setdefault("publish words", []).append(await run(*publish))
            ran.setdefault("rollback", []).append(await run(*rollback))
            taught = f"- what are your opening hours\n    - may i drop by at {os.getpid()} {number}"
            edit(flows, "opening_hours.yaml", "- what are your opening hours", taught)
            ran.setdefault("publish examples", []).append(await run(*publish))
            edit(flows, "opening_hours.yaml", f"{number} all day", "all day")

    print(f"\nload {os.getloadavg()[0]:.1f}")
    for name, all_of_them in ran.items():
        for each in all_of_them:
            print(each.line(name))
    best = {name: min(each.wall_s for each in them) for name, them in ran.items()}
    assert best["publish words"] < best["publish examples"] / 2
    assert best["rollback"] < best["publish examples"] / 2
    assert best["--help"] < best["publish words"]
    assert all(any(s["step"] == "tested" for s in r.told["steps"]) for r in ran["publish examples"])


async def test_callers_hardly_wait_longer_while_flows_are_published(
    here: Here,
) -> None:
    publisher, quiet, busy = here.publisher, Talk(here.dialog), Talk(here.dialog)
    reworded = here.edited("opening_hours.yaml", "I am here all day.", "Day and night I am here.")
    taught = here.edited("opening_hours.yaml", f"- {ASKED}", f"- {ASKED}\n    - {TAUGHT} bench")

    async with _talking(quiet):
        await asyncio.sleep(QUIET_S)
    async with _talking(busy):
        await publisher.publish(reworded, WANG)
        await publisher.publish(taught, WANG)
        await publisher.roll_back("1", WANG)

    print(f"\n{CALLERS} callers, load {os.getloadavg()[0]:.1f}")
    for name, talk in (("nothing published", quiet), ("words, examples, rollback", busy)):
        took = sorted(talk.took_s)
        p50, p95 = (1000 * took[len(took) * share // 100] for share in (50, 95))
        p100 = 1000 * took[-1]
        print(f"{name:26} {len(took)} turns, p50 {p50:.0f}, p95 {p95:.0f}, p100 {p100:.0f} ms")
    assert quiet.failures == busy.failures == []
    assert busy.strayed == 0


@asynccontextmanager
async def _talking(talk: Talk) -> AsyncIterator[None]:
    """Have callers talk while inside."""
    async with asyncio.TaskGroup() as callers:
        for caller in range(CALLERS):
            callers.create_task(talk.hold(caller))
        yield
        talk.over.set()
