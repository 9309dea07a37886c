"""Plays one scenario with one phone and notes when the caller truly spoke."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from ivr.analytics.sounds import Samples, Stretch, stretches
from ivr.audio.wav import write_wav
from ivr.bench.truth import HeldCall, Made, Said
from ivr.domain import FRAME_S, SAMPLE_RATE_HZ, Language
from ivr.errors import IvrError
from ivr.sim import noises, phone_codec
from ivr.sim.caller import Caller, CallerGaveUp
from ivr.sim.callers import caller_lines
from ivr.sim.phone import phone
from ivr.sim.phone_audio import lossy_wire, perfect_wire
from ivr.sim.phone_line import Line
from ivr.sim.phone_room import Echo, NoisyRoom
from ivr.sim.scenario import LineOf, Scenario, Step

_PAYLOADS: Final = {"ulaw": phone_codec.ULAW, "alaw": phone_codec.ALAW, "g722": phone_codec.G722}
_LATE_S: Final = 0.04
_BEFORE_HANG_UP_S: Final = 0.3


@dataclass(frozen=True)
class Booking:
    """One call to hold."""

    name: str
    scenario: Scenario
    line: str
    language: Language
    number: str
    seed: int
    extension: str
    password: str
    host: str
    port: int


@dataclass
class _Notes:
    said: list[Said] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)


@dataclass(frozen=True)
class _End:
    hung_up_on: bool = False
    late_s: Sequence[float] = ()
    recording: str = ""


async def hold(booking: Booking, folder: Path) -> HeldCall:
    """Hold one call and leave its recording in a folder; a call that fails says why."""
    condition = booking.scenario.lines[booking.line]
    line, notes, gave_up = line_of(condition, booking.language, booking.seed), _Notes(), ""
    to = (booking.host, booking.port)
    async with phone(booking.extension, booking.password, to, line, register=False) as handset:
        try:
            call = await asyncio.wait_for(handset.call(booking.number), 15)
        except (IvrError, TimeoutError) as error:
            return _held(booking, notes, f"not answered: {type(error).__name__}")
        caller = Caller(call, booking.language)
        try:
            await _talk(caller, booking, notes)
        except CallerGaveUp as error:
            gave_up = str(error)
        hung_up_on = not call.is_up
        if call.is_up:
            await asyncio.sleep(_BEFORE_HANG_UP_S)
        sent, heard = caller.audio.sent_pcm().copy(), caller.audio.heard_pcm().copy()
        late_s = list(caller.audio.late_s)
        await call.hang_up()
    name = f"{booking.name}-{booking.line}-{booking.language.value}-{booking.seed}.wav"
    await asyncio.to_thread(write_wav, folder / name, sent.tobytes(), heard.tobytes())
    return _held(booking, notes, gave_up, _End(hung_up_on, late_s, name))


def _held(
    booking: Booking,
    notes: _Notes,
    gave_up: str,
    end: "_End | None" = None,
) -> HeldCall:
    end = end or _End()
    late = np.array(end.late_s or [0.0])
    condition = booking.scenario.lines[booking.line]
    return HeldCall(
        scenario=booking.name,
        line=booking.line,
        language=booking.language.value,
        seed=booking.seed,
        extension=booking.extension,
        said=tuple(notes.said),
        made=tuple(notes.made),
        gave_up=gave_up,
        hung_up_on=end.hung_up_on,
        phone_late_ms=round(1000 * float(late.max()), 1),
        phone_late_frames=int((late > _LATE_S).sum()),
        is_lossy=bool(condition.loss or condition.jitter_ms),
        recording=end.recording,
    )


def line_of(condition: LineOf, language: Language, seed: int) -> Line:
    """Give the phone's line for a condition; the same seed gives the same noise and loss."""
    background = (
        noises.background(condition.background, language, condition.snr_db - condition.gain_db, 7)
        if condition.background
        else None
    )
    echo = condition.echo
    room = NoisyRoom(
        gain_db=condition.gain_db,
        background=None if background is None else np.roll(background, -seed * 7919),
        echo=Echo(echo.loss_db, echo.delay_ms / 1000, echo.speakerphone) if echo else None,
        drive_db=condition.drive_db,
    )
    is_lossy = condition.loss or condition.jitter_ms
    wire = (
        lossy_wire(condition.loss, condition.jitter_ms / 1000, seed) if is_lossy else perfect_wire
    )
    return Line(payload=_PAYLOADS[condition.codec], wire=wire, room=room)


async def _talk(caller: Caller, booking: Booking, notes: _Notes) -> None:
    rng = random.Random(booking.seed)  # noqa: S311  # to be repeatable
    steps = (*booking.scenario.first, *booking.scenario.steps * booking.scenario.rounds)
    for step in steps:
        if not caller.call.is_up:
            return
        await _do(caller, step, rng, booking.seed, notes)


async def _do(caller: Caller, step: Step, rng: random.Random, seed: int, notes: _Notes) -> None:
    audio = caller.audio
    if step.hears:
        await caller.hears_a_prompt()
    elif step.makes:
        name = step.makes[(seed + len(notes.made)) % len(step.makes)]  # each in its turn
        sound = noises.short(name, caller.language, rng.randrange(1000))
        await caller.hears_for(rng.uniform(*step.after_s))
        started_s = audio.say(_pcm(sound))
        notes.made.append(Made(_sounding(caller, started_s, sound), name))
        await caller.hears_the_end()
    else:
        if step.interrupts:
            await caller.hears_for(rng.uniform(*step.after_s))
        words = _speak(caller.language, step.words)
        started_s = _say(caller, words, step, rng)
        await audio.said_all()
        notes.said.append(_said(caller, step, words, started_s))


def _say(caller: Caller, words: Samples, step: Step, rng: random.Random) -> float:
    if not step.presses:
        return caller.audio.say(words.astype("<i2").tobytes())
    at = round(rng.uniform(*step.after_s) * SAMPLE_RATE_HZ / 160) * 160
    started_s = caller.audio.say(words[:at].astype("<i2").tobytes())
    caller.audio.press(step.presses)
    caller.audio.say(words[at:].astype("<i2").tobytes())
    return started_s


def _speak(language: Language, words: Sequence[str | float]) -> Samples:
    lines = caller_lines(language)
    parts = [
        np.zeros(round(word * SAMPLE_RATE_HZ), np.int16)
        if isinstance(word, float)
        else np.frombuffer(lines[word].pcm, "<i2")
        for word in words
    ]
    return np.concatenate([*parts, np.zeros(0, np.int16)])


def _said(caller: Caller, step: Step, words: Samples, started_s: float) -> Said:
    sounding = stretches(words, 0.25) or [Stretch(0.0, 0.0)]
    pieces = tuple(_shifted(caller, each, started_s) for each in sounding)
    clips = tuple(word for word in step.words if isinstance(word, str))
    when = Stretch(pieces[0].start_s, pieces[-1].end_s)
    return Said(when, clips, step.asked, pieces, step.talks_on, step.presses)


def _sounding(caller: Caller, started_s: float, sound: noises.Sound) -> Stretch:
    found = stretches(sound.astype(np.int16), 0.5) or [Stretch(0.0, len(sound) / SAMPLE_RATE_HZ)]
    return _shifted(caller, Stretch(found[0].start_s, found[-1].end_s), started_s)


def _shifted(caller: Caller, part: Stretch, started_s: float) -> Stretch:
    """Put a part of what was said at the time when it left the phone, lateness included."""
    late = caller.audio.late_s

    def left(at_s: float) -> float:
        tick = min(round(at_s / FRAME_S), len(late) - 1)
        return round(at_s + (late[tick] if tick >= 0 else 0.0), 3)

    return Stretch(left(started_s + part.start_s), left(started_s + part.end_s))


def _pcm(sound: noises.Sound) -> bytes:
    return np.clip(sound, -32767, 32767).astype("<i2").tobytes()
