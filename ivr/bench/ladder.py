"""The ladder: the same talk with 1, 10, 20, 40 callers at once, and a bare echo for scale."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ivr.analytics.caller_ear import EarReport, EarSummary, Moment, percentiles, summarise
from ivr.analytics.sounds import Samples, Stretch
from ivr.bench.callers import Job, failed
from ivr.bench.duty import agents_on_duty
from ivr.bench.machine import machine
from ivr.bench.private import PrivateHotline, hotline_with
from ivr.bench.processes import Cost, busy_s, costs, phones_cpu_s
from ivr.domain import SAMPLE_RATE_HZ
from ivr.errors import IvrError
from ivr.sim.lab import lab_settings
from ivr.sim.phone import phone
from ivr.web.status import password_file

PHONES_A_PROCESS: Final = 10
_ECHO_ROUNDS: Final = 20


@dataclass(frozen=True)
class Rung:
    """What so many callers at once felt, and what it cost in shares of one core."""

    callers: int
    seconds: float
    dropped: list[str]
    with_agent: int
    """Callers whom the hotline put through to a person: served, but not by the hotline."""
    talk_share: float
    ear: EarSummary
    cpu: dict[str, float]
    """By process; `phones` are the bench's own, `others` had nothing to do with it."""
    rss_mb: dict[str, float]


@dataclass(frozen=True)
class Ladder:
    """A whole run."""

    echo_ms: dict[str, float | None]
    rungs: list[Rung]
    machine: dict[str, object]
    broken_off: str = ""
    """At how many callers the climb ended early, and why; the rungs before count all the same."""


async def climb(
    folder: Path, counts: Sequence[int], seconds: float, progress: Callable[[str], None]
) -> Ladder:
    """Start a private hotline and measure rung by rung, up to one that cannot be measured.

    Raises EngineUnavailable where not even the hotline starts.
    """
    extensions = tuple(str(7001 + number) for number in range(max(counts)))
    progress("starting a hotline")
    settings = lab_settings(folder, callers=extensions)
    # The machine is measured, not the limit that follows from it.
    limits = settings.limits.model_copy(update={"max_calls": max(counts)})
    async with hotline_with(settings.model_copy(update={"limits": limits})) as hotline:
        progress("an echo for scale")
        echo = await _echo(hotline, extensions[0])
        async with agents_on_duty(hotline) as talked_to:

            async def measure(count: int) -> Rung:
                progress(f"{count} caller(s) for {seconds:.0f} s")
                talked_to.clear()
                return await _rung(hotline, folder, extensions[:count], seconds, talked_to)

            rungs, broken_off = await climbed(counts, measure)
    return Ladder(echo, rungs, machine(), broken_off)


async def climbed(
    counts: Sequence[int], measure: Callable[[int], Awaitable[Rung]]
) -> tuple[list[Rung], str]:
    """Measure rung by rung; what is done stays when one breaks off, which is told in words."""
    rungs: list[Rung] = []
    for count in counts:
        try:
            rungs.append(await measure(count))
        except (IvrError, OSError, ExceptionGroup) as error:
            return rungs, f"broken off at {count} callers: {_why(error)}"
    return rungs, ""


def _why(error: Exception) -> str:
    if isinstance(error, ExceptionGroup):
        return "; ".join(_why(each) for each in error.exceptions)
    return str(error) if isinstance(error, IvrError) else repr(error)


async def _rung(
    hotline: PrivateHotline,
    folder: Path,
    extensions: Sequence[str],
    seconds: float,
    talked_to: Set[str],
) -> Rung:
    before, started = costs(hotline.pid), time.monotonic()
    phones_s, all_s = phones_cpu_s(), busy_s()
    groups = [
        extensions[at : at + PHONES_A_PROCESS] for at in range(0, len(extensions), PHONES_A_PROCESS)
    ]
    async with asyncio.TaskGroup() as running:
        tasks = [
            running.create_task(_phones(hotline, folder, group, seconds, index))
            for index, group in enumerate(groups)
        ]
    took_s = time.monotonic() - started
    after = costs(hotline.pid)
    cpu = {role: _share(before.get(role), cost, took_s) for role, cost in after.items()}
    cpu["phones"] = round((phones_cpu_s() - phones_s) / took_s, 3)
    others = (busy_s() - all_s) / took_s - sum(cpu.values())
    cpu["others"] = round(max(0.0, others), 3)
    calls = [call for task in tasks for call in task.result()]
    heard = [call for call in calls if "length_s" in call]
    return Rung(
        callers=len(extensions),
        seconds=round(took_s, 1),
        dropped=dropped_of(calls, talked_to),
        with_agent=sum(call["extension"] in talked_to for call in calls),
        talk_share=round(sum(c["talk_share"] for c in heard) / max(len(heard), 1), 2),
        ear=summarise([_report(call) for call in heard]),
        cpu=cpu,
        rss_mb={role: cost.rss_mb for role, cost in after.items()},
    )


def dropped_of(calls: Sequence[Mapping[str, Any]], talked_to: Set[str]) -> list[str]:  # JSON
    """Give why calls ended early; a caller who talked to an agent was served."""
    return [
        call["dropped"] for call in calls if call["dropped"] and call["extension"] not in talked_to
    ]


def _share(before: Cost | None, after: Cost, seconds: float) -> float:
    return round((after.cpu_s - (before.cpu_s if before else 0.0)) / seconds, 3)


async def _phones(
    hotline: PrivateHotline, folder: Path, extensions: Sequence[str], seconds: float, index: int
) -> list[dict[str, Any]]:  # JSON of `ivr.bench.callers`
    line = hotline.settings.telephony
    number = line.numbers[index % len(line.numbers)]
    job = Job(
        phones=tuple((each, _password(hotline, each)) for each in extensions),
        host=line.sip_host,
        port=line.sip_port,
        seconds=seconds,
        number=number.number,
        language=number.language,
        seed=index,
        starts_s=0.17 * index,
    )
    file = folder / f"phones-{index}.json"
    file.write_text(json.dumps(asdict(job)), "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ivr.bench.callers", str(file)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), seconds + 120)
    except TimeoutError:
        return [failed(each, "its process never ended") for each in extensions]
    finally:
        file.unlink()
        if process.returncode is None:
            process.kill()
    return calls_in(output, extensions, process.returncode or 0)


def calls_in(output: bytes, extensions: Sequence[str], status: int) -> list[dict[str, Any]]:  # JSON
    """Give what a process of phones wrote; all its calls count as dropped where that is nothing."""
    try:
        calls: list[dict[str, Any]] = json.loads(output)
    except ValueError:
        return [failed(each, f"its process ended with status {status}") for each in extensions]
    return calls


def _report(call: dict[str, Any]) -> EarReport:  # JSON
    fields = {name: call[name] for name in EarReport.__dataclass_fields__}
    for name in ("prompts", "sounds"):
        fields[name] = [Stretch(**each) for each in fields[name]]
    fields["moments"] = [Moment(Stretch(**m["when"]), m["kind"]) for m in fields["moments"]]
    return EarReport(**fields)


async def _echo(hotline: PrivateHotline, extension: str) -> dict[str, float | None]:
    """Time clicks through Asterisk's Echo(): what the line alone costs."""
    line = hotline.settings.telephony
    peer = (line.sip_host, line.sip_port)
    async with phone(extension, _password(hotline, extension), peer, register=False) as handset:
        call = await handset.call("echo")
        starts = []
        for _ in range(_ECHO_ROUNDS):
            starts.append(call.audio.say(b"\x00\x40" * 800))
            await call.audio.said_all()
            await asyncio.sleep(0.25)
        said, heard = call.audio.said_pcm(), call.audio.heard_pcm()
        await call.hang_up()
    report = measure_echo(said, heard)
    return {name: None if s is None else round(s * 1000, 1) for name, s in report.items()}


def measure_echo(said: Samples, heard: Samples) -> dict[str, float | None]:
    """Give percentiles of the seconds from a click to its echo, to the sample."""
    clicks, echoes = _onsets(said), _onsets(heard)
    waits = [
        min((echo - click for echo in echoes if echo >= click), default=None) for click in clicks
    ]
    return percentiles([wait / SAMPLE_RATE_HZ for wait in waits if wait is not None])


def _onsets(samples: Samples) -> list[int]:
    """Give where a sound begins after a tenth of a second of silence."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 2000)
    begins = np.diff(loud, prepend=-SAMPLE_RATE_HZ) > SAMPLE_RATE_HZ // 10
    return [int(at) for at in loud[begins]]


def _password(hotline: PrivateHotline, extension: str) -> str:
    return password_file(hotline.settings, extension).read_text("utf-8").strip()
