"""The bench of conversations: every scenario, by real phones, against a hotline of its own."""

import asyncio
import json
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ivr.analytics.sounds import Samples, Stretch
from ivr.audio.wav import read_wav
from ivr.bench.judge import JudgedCall, Voice, judge, natural_lengths, prompts_of, voice_closures
from ivr.bench.player import Booking, hold
from ivr.bench.private import PrivateHotline, hotline_with
from ivr.bench.truth import HeldCall, KeptTurn, held_call
from ivr.config.settings import Predict
from ivr.domain import Language, Speaker
from ivr.errors import ConfigError, Place
from ivr.sim.lab import lab_settings
from ivr.sim.scenario import Scenario
from ivr.store.callers import load_keys
from ivr.store.records import CallFilter
from ivr.store.sql import open_store
from ivr.web.status import password_file

AT_ONCE: Final = 8
"""Conversations held at the same time: enough to be done soon, too few to load two cores."""
TRUTH: Final = "truth.json"
"""Beside the recordings: what the callers did, and what the hotline noted."""
_DRIFT_S: Final = 1.0
_LONGEST_CALL_S: Final = 240.0
_FIRST_EXTENSION: Final = 7001


@dataclass(frozen=True)
class Wanted:
    """Which conversations to hold."""

    scenarios: dict[str, Scenario]
    is_full: bool
    seed: int
    at_once: int = AT_ONCE


@dataclass(frozen=True)
class Appointment:
    """One conversation by name, before it has a phone."""

    scenario: str
    line: str
    language: Language
    seed: int


def appointments(wanted: Wanted) -> list[Appointment]:
    """Give every call of the form that is wanted, in a fixed order. Pure."""
    return [
        Appointment(name, line, language, wanted.seed + number)
        for name, scenario in wanted.scenarios.items()
        for line in _lines(scenario, wanted.is_full)
        for language in scenario.languages
        for number in range(scenario.full_calls if wanted.is_full else scenario.calls)
    ]


def _lines(scenario: Scenario, is_full: bool) -> Iterable[str]:
    chosen = () if is_full else scenario.short_lines
    return [name for name in scenario.lines if not chosen or name in chosen]


async def converse(
    folder: Path, wanted: Wanted, recordings: Path, progress: Callable[[str], None]
) -> list[JudgedCall]:
    """Hold all conversations and judge them; leaves recordings. Raises EngineUnavailable."""
    booked = appointments(wanted)
    extensions = tuple(str(_FIRST_EXTENSION + number) for number in range(len(booked)))
    settings = lab_settings(folder, callers=extensions)
    settings = settings.model_copy(update={"predict": Predict(enabled=False)})
    progress("starting a hotline")
    async with hotline_with(settings) as hotline:
        held = await _hold_all(hotline, booked, wanted, recordings, progress)
        kept = await _kept_turns(hotline, held)
    progress("judging")
    await asyncio.to_thread(_write_down, held, kept, recordings)
    return await asyncio.to_thread(judge_all, held, kept, recordings)


def _write_down(
    held: Sequence[HeldCall], kept: Sequence[Sequence[KeptTurn]], recordings: Path
) -> None:
    """Leave the truth beside the recordings, so that another rule can be tried on them."""
    told = [
        {"call": call.as_json(), "kept": [asdict(turn) for turn in turns]}
        for call, turns in zip(held, kept, strict=True)
    ]
    (recordings / TRUTH).write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")


def judged_again(recordings: Path, scenarios: Collection[str]) -> list[JudgedCall]:
    """Judge the calls of these scenarios in an earlier run.

    Raises ConfigError when it has left none.
    """
    file = recordings / TRUTH
    if not file.is_file():
        raise ConfigError("is not there.", "Hold conversations first: `ivr bench`.", Place(file))
    every = json.loads(file.read_text("utf-8"))
    told = [each for each in every if each["call"]["scenario"] in scenarios]
    if not told:
        problem = "holds no call of these scenarios."
        raise ConfigError(problem, "Hold them first, or name others with --only.", Place(file))
    turns = [
        [KeptTurn(t["is_caller"], Stretch(**t["when"]), t["text"]) for t in each["kept"]]
        for each in told
    ]
    return judge_all([held_call(each["call"]) for each in told], turns, recordings)


def judge_all(
    held: Sequence[HeldCall], kept: Sequence[Sequence[KeptTurn]], recordings: Path
) -> list[JudgedCall]:
    """Judge every call that was recorded; one that was not answered is judged by silence."""
    heard = [_heard(call, recordings) for call in held]
    aligned = [_aligned(turns, sound) for turns, sound in zip(kept, heard, strict=True)]
    pairs = list(zip(heard, aligned, strict=True))
    # What is lost on the way stretches or shortens a prompt.
    undisturbed = [pair for call, pair in zip(held, pairs, strict=True) if not call.is_lossy]
    voice = Voice(natural_lengths(undisturbed or pairs), voice_closures(pairs))
    return [
        judge(call, sound, turns, voice)
        for call, sound, turns in zip(held, heard, aligned, strict=True)
    ]


def _heard(call: HeldCall, recordings: Path) -> Samples:
    if not call.recording:
        return np.zeros(0, np.int16)
    return read_wav(recordings / call.recording).samples[:, 1]


def _aligned(turns: Sequence[KeptTurn], hotline: Samples) -> list[KeptTurn]:
    """Put the hotline's notes on the phone's clock: its prompts are those that we heard.

    Its clock counts frames, and on a busy machine it drifts by a second in half a minute; so every
    prompt that is found sets the clock anew for what follows.
    """
    prompts = prompts_of(hotline)
    first = next((turn for turn in turns if not turn.is_caller), None)
    if not prompts or first is None:
        return []
    later_s, aligned = prompts[0].start_s - first.when.start_s, list[KeptTurn]()
    for turn in turns:
        if not turn.is_caller:
            due_s = turn.when.start_s + later_s
            nearest_s = min((p.start_s for p in prompts), key=lambda at_s: abs(at_s - due_s))
            later_s += nearest_s - due_s if abs(nearest_s - due_s) < _DRIFT_S else 0.0
        when = Stretch(turn.when.start_s + later_s, turn.when.end_s + later_s)
        aligned.append(replace(turn, when=when))
    return aligned


async def _hold_all(
    hotline: PrivateHotline,
    booked: Sequence[Appointment],
    wanted: Wanted,
    recordings: Path,
    progress: Callable[[str], None],
) -> list[HeldCall]:
    line = hotline.settings.telephony
    numbers = {number.language: number.number for number in line.numbers}
    room, done = asyncio.Semaphore(wanted.at_once), 0

    async def held(number: int, each: Appointment) -> HeldCall:
        nonlocal done
        extension = str(_FIRST_EXTENSION + number)
        job = {
            "name": each.scenario,
            "scenario": wanted.scenarios[each.scenario].model_dump(mode="json"),
            "line": each.line,
            "language": each.language.value,
            "number": numbers[each.language],
            "seed": each.seed,
            "extension": extension,
            "password": password_file(hotline.settings, extension).read_text("utf-8").strip(),
            "host": line.sip_host,
            "port": line.sip_port,
        }
        async with room:
            call = await _phone(job, recordings)
        done += 1
        progress(f"{done} of {len(booked)}: {each.scenario}, {each.line}")
        return call

    async with asyncio.TaskGroup() as calls:
        tasks = [calls.create_task(held(*each)) for each in enumerate(booked)]
    return [task.result() for task in tasks]


async def _phone(job: dict[str, Any], recordings: Path) -> HeldCall:  # JSON
    """Run one phone in a process of its own, so that no phone makes another late."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ivr.bench.conversations", str(recordings)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        given = json.dumps(job).encode()
        output, _ = await asyncio.wait_for(process.communicate(given), _LONGEST_CALL_S)
        return held_call(json.loads(output))
    except (TimeoutError, json.JSONDecodeError) as error:
        known = {name: job[name] for name in ("line", "language", "seed", "extension")}
        problem = f"the phone failed: {type(error).__name__}"
        return HeldCall(scenario=job["name"], gave_up=problem, **known)
    finally:
        if process.returncode is None:
            process.kill()


async def _kept_turns(hotline: PrivateHotline, held: Sequence[HeldCall]) -> list[list[KeptTurn]]:
    """Give what the hotline noted of each call, found by the caller's own extension."""
    settings = hotline.settings.store
    keys = load_keys(settings.secret_file)
    async with open_store(settings, may_upgrade=False) as store:
        calls = await store.calls(CallFilter(limit=10 * len(held)))
        ids = {call.caller_key: call.call_id for call in calls}
        found: list[list[KeptTurn]] = []
        for call in held:
            call_id = ids.get(keys.key_of(call.extension))
            turns = await store.turns(call_id) if call_id else ()
            found.append(
                [
                    KeptTurn(
                        turn.speaker is Speaker.CALLER,
                        Stretch(turn.started_s, turn.ended_s),
                        turn.text,
                    )
                    for turn in turns
                ]
            )
    return found


def main() -> None:
    """Be one phone: read a job from standard input, hold the call, print what came of it."""
    job = json.loads(sys.stdin.read())
    scenario = Scenario.model_validate(job.pop("scenario"))
    booking = Booking(scenario=scenario, language=Language(job.pop("language")), **job)
    held = asyncio.run(hold(booking, Path(sys.argv[1])))
    print(json.dumps(held.as_json()))  # the result of this process


if __name__ == "__main__":
    main()
