"""Callers that really talk: a process of phones, run as `python -m ivr.bench.callers JOB.json`.

Each caller asks, listens, thinks for a moment and asks again; every fourth answer is
interrupted. What each phone sent and heard is measured with the caller's-ear meter.
"""

import asyncio
import json
import random
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ivr.analytics.caller_ear import measure
from ivr.domain import Language
from ivr.errors import IvrError
from ivr.sim.caller import Caller, CallerGaveUp
from ivr.sim.phone import phone

QUESTIONS: Final = ("hours", "fees", "early_repayment", "verification_code", "long")
_STAGGER_S: Final = 0.35  # between the first calls of neighbours


@dataclass(frozen=True)
class Job:
    """What one process of phones does."""

    phones: tuple[tuple[str, str], ...]
    """Extension and password of each."""
    host: str
    port: int
    seconds: float
    number: str
    language: str
    seed: int = 0
    starts_s: float = 0.0


async def run(job: Job) -> list[dict[str, Any]]:  # JSON
    """Let all phones of a job call at once; gives one entry a call."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_call(job, index, extension, password))
            for index, (extension, password) in enumerate(job.phones)
        ]
    return [task.result() for task in tasks]


async def _call(job: Job, index: int, extension: str, password: str) -> dict[str, Any]:  # JSON
    """Give what came of one phone's call; a phone that fails does not take its neighbours along."""
    try:
        return await _called(job, index, extension, password)
    except (IvrError, OSError, TimeoutError, ExceptionGroup) as error:
        return failed(extension, f"the phone failed: {type(error).__name__}")


def failed(extension: str, why: str) -> dict[str, Any]:  # JSON, as of a call without sound
    """Give the entry of a phone whose call nobody can tell anything of."""
    return {"extension": extension, "dropped": f"{extension}: {why}", "talk_share": 0.0}


async def _called(job: Job, index: int, extension: str, password: str) -> dict[str, Any]:  # JSON
    rng = random.Random(job.seed * 1000 + index)  # noqa: S311  # to be repeatable
    await asyncio.sleep(job.starts_s + index * _STAGGER_S)
    async with phone(extension, password, (job.host, job.port), register=False) as handset:
        try:
            call = await asyncio.wait_for(handset.call(job.number), 10)
        except (IvrError, TimeoutError) as error:
            return failed(extension, f"not answered: {type(error).__name__}")
        caller = Caller(call, Language(job.language))
        dropped = ""
        try:
            await _talk(caller, rng, job.seconds)
        except CallerGaveUp as gave_up:
            dropped = str(gave_up)
        if not call.is_up and not dropped:
            dropped = "the hotline hung up"
        said, heard = caller.audio.said_pcm().copy(), caller.audio.heard_pcm().copy()
        await call.hang_up()
    report = await asyncio.to_thread(measure, said, heard)
    talk_s = sum(sound.length_s for sound in report.sounds)
    talk_share = talk_s / max(report.length_s, 1)
    why = dropped and f"{extension}: {dropped}"
    told = {"extension": extension, "dropped": why, "talk_share": talk_share}
    return {**told, **asdict(report)}


async def _talk(caller: Caller, rng: random.Random, seconds: float) -> None:
    await caller.hears_a_prompt()
    turn = 0
    while caller.audio.now_s < seconds and caller.call.is_up:
        await asyncio.sleep(rng.uniform(0.1, 0.8))
        await caller.says(QUESTIONS[rng.randrange(len(QUESTIONS))])
        turn += 1
        if turn % 4 == 0:
            await caller.interrupts("fees", after_s=rng.uniform(0.4, 1.2))
        else:
            await caller.hears_a_prompt()


def main() -> None:
    """Read a job, run it, print what came of it as JSON."""
    job = Job(**json.loads(Path(sys.argv[1]).read_text("utf-8")))
    print(json.dumps(asyncio.run(run(job))))  # the result of this process


if __name__ == "__main__":
    main()
