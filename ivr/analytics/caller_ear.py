"""The call as the caller's ear had it, measured from a two-channel recording alone.

Left is the caller, right is what the caller heard. All figures are seconds of that recording, so
they hold for any hotline, ours or another's. What a recording cannot tell (was that sound meant
as an interruption?) may be told by events; without them a sound over a prompt counts as meant
when it lasts at least MEANT_S, the length from which people take a sound for a turn rather than
for a backchannel (Heldner & Edlund 2010 put backchannels below about 0.5 s).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from ivr.analytics.sounds import Samples, Stretch, holes, stretches

MEANT_S: Final = 0.5
_PROMPT_JOIN_S: Final = 0.6  # pauses between the sentences of one prompt are shorter
_SOUND_JOIN_S: Final = 0.25  # pauses between the words of one caller are mostly shorter
_EDGE_S: Final = 0.15  # a sound this close to a prompt's end did not interrupt it
_STOP_WITHIN_S: Final = 1.5  # a prompt that ends later was not stopped by the sound
_FALSE_STOP_WITHIN_S: Final = 0.8
_TALKED_ON_WITHIN_S: Final = 0.7
_DEAD_AIR_S: Final = 3.0
_LOST_S: Final = 0.25


AreOwn = Callable[[Samples, Stretch], bool]
"""Told a channel and a hole in it: whether it was rendered so (`ivr.analytics.closures`)."""


def unknown(_channel: Samples, _hole: Stretch) -> bool:
    """Nothing is known of the voice: every hole is a gap."""
    return False


class EventKind(StrEnum):
    """What a sound of the caller truly was, or what the hotline made of it."""

    SPEECH = "speech"
    BACKCHANNEL = "backchannel"
    NOISE = "noise"
    HEARD = "heard"  # the part of the caller's speech that reached the recogniser


@dataclass(frozen=True, slots=True)
class EarEvent:
    """A piece of the caller's channel and what it was."""

    when: Stretch
    kind: EventKind


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that the caller minded, and when; `kind` in words for people."""

    when: Stretch
    kind: str


@dataclass(frozen=True)
class EarReport:
    """One call at the caller's ear; lists hold one figure an occurrence, in seconds."""

    length_s: float
    first_word_s: float | None
    silence_s: list[float] = field(default_factory=list)
    fall_silent_s: list[float] = field(default_factory=list)
    false_stops: int = 0
    short_sounds: int = 0
    missed_interruptions: int = 0
    talked_over_s: float = 0.0
    cut_off_turns: int = 0
    turns: int = 0
    lost_first_words: int = 0
    dead_air_s: float = 0.0
    gaps: list[float] = field(default_factory=list)
    prompts: list[Stretch] = field(default_factory=list)
    sounds: list[Stretch] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)


def measure(
    caller: Samples,
    hotline: Samples,
    events: Sequence[EarEvent] = (),
    are_own: AreOwn = unknown,
) -> EarReport:
    """Measure one call from its two channels (int16, 8 kHz).

    `are_own` says which holes the voice made itself, where that is known.
    """
    prompts = stretches(hotline, _PROMPT_JOIN_S)
    sounds = stretches(caller, _SOUND_JOIN_S)
    over = [(sound, prompt) for sound in sounds for prompt in prompts if _is_over(sound, prompt)]
    meant = [pair for pair in over if _is_meant(pair[0], events)]
    short = [pair for pair in over if not _is_meant(pair[0], events)]
    speech = [sound for sound in sounds if _is_speech(sound, events)]
    stops = [prompt.end_s - sound.start_s for sound, prompt in meant]
    length_s = len(hotline) / 8000
    found = {
        "gap in our speech": [hole for hole in holes(hotline) if not are_own(hotline, hole)],
        "cut off": [prompt for prompt in prompts if _cuts_off(prompt, speech)],
        "interruption missed": [s for s, prompt in meant if _is_missed(s, prompt)],
        "stopped for nothing": [s for s, prompt in short if _is_false_stop(s, prompt)],
    }
    return EarReport(
        length_s=length_s,
        first_word_s=prompts[0].start_s if prompts else None,
        silence_s=_silences(speech, prompts),
        fall_silent_s=[round(stop, 3) for stop in stops if stop <= _STOP_WITHIN_S],
        missed_interruptions=len(found["interruption missed"]),
        false_stops=len(found["stopped for nothing"]),
        short_sounds=len(short),
        talked_over_s=round(sum(_talked_over_s(prompt, speech) for prompt in prompts), 3),
        cut_off_turns=len(found["cut off"]),
        turns=len(speech),
        lost_first_words=_lost(speech, events),
        dead_air_s=round(_dead_air_s(prompts, sounds, length_s), 3),
        gaps=[round(hole.length_s, 3) for hole in found["gap in our speech"]],
        prompts=prompts,
        sounds=sounds,
        moments=sorted(
            (Moment(when, kind) for kind, whens in found.items() for when in whens),
            key=lambda moment: moment.when.start_s,
        ),
    )


def _is_missed(sound: Stretch, prompt: Stretch) -> bool:
    return prompt.end_s - sound.start_s > _STOP_WITHIN_S


def _is_false_stop(sound: Stretch, prompt: Stretch) -> bool:
    return prompt.end_s - sound.start_s <= _FALSE_STOP_WITHIN_S


def _is_over(sound: Stretch, prompt: Stretch) -> bool:
    return prompt.start_s + _EDGE_S < sound.start_s < prompt.end_s - _EDGE_S


def _kinds(sound: Stretch, events: Sequence[EarEvent]) -> set[EventKind]:
    return {
        event.kind
        for event in events
        if event.kind is not EventKind.HEARD and event.when.overlap_s(sound) > 0
    }


def _is_meant(sound: Stretch, events: Sequence[EarEvent]) -> bool:
    kinds = _kinds(sound, events)
    return EventKind.SPEECH in kinds if kinds else sound.length_s >= MEANT_S


def _is_speech(sound: Stretch, events: Sequence[EarEvent]) -> bool:
    kinds = _kinds(sound, events)
    return EventKind.SPEECH in kinds if kinds else True


def _silences(speech: list[Stretch], prompts: list[Stretch]) -> list[float]:
    """Give the wait before each prompt that answers something said after the prompt before."""
    waits = []
    for before, prompt in zip([None, *prompts], prompts, strict=False):
        since = before.start_s if before else 0.0
        said = [s for s in speech if s.end_s <= prompt.start_s and s.end_s > since]
        if said and (before is None or said[-1].end_s > before.end_s):
            waits.append(round(prompt.start_s - said[-1].end_s, 3))
    return waits


def _talked_over_s(prompt: Stretch, speech: list[Stretch]) -> float:
    """Seconds of words under a prompt that began while the caller was speaking."""
    return sum(
        prompt.overlap_s(sound) for sound in speech if sound.start_s < prompt.start_s < sound.end_s
    )


def _cuts_off(prompt: Stretch, speech: list[Stretch]) -> bool:
    """Whether a prompt began while the caller was in the middle of saying something."""
    for sound in speech:
        into_words = sound.start_s + 0.05 < prompt.start_s < sound.end_s
        talks_on = 0 <= sound.start_s - prompt.start_s < _TALKED_ON_WITHIN_S
        had_begun = any(0 < prompt.start_s - s.end_s < 2.0 for s in speech)
        if into_words or (talks_on and had_begun and sound.length_s >= MEANT_S):
            return True
    return False


def _lost(speech: list[Stretch], events: Sequence[EarEvent]) -> int:
    heard = [event.when for event in events if event.kind is EventKind.HEARD]
    if not heard:
        return 0
    lost = 0
    for sound in speech:
        starts = [each.start_s for each in heard if each.overlap_s(sound) > 0]
        lost += not starts or min(starts) > sound.start_s + _LOST_S
    return lost


def _dead_air_s(prompts: list[Stretch], sounds: list[Stretch], length_s: float) -> float:
    """Seconds of mutual silence beyond what a patient caller takes for a pause."""
    marks = sorted([*prompts, *sounds], key=lambda each: each.start_s)
    dead, silent_since = 0.0, 0.0
    for each in [*marks, Stretch(length_s, length_s)]:
        dead += max(0.0, each.start_s - silent_since - _DEAD_AIR_S)
        silent_since = max(silent_since, each.end_s)
    return dead


@dataclass(frozen=True)
class EarSummary:
    """Many calls at the caller's ear; percentiles in seconds, None where nothing happened."""

    calls: int
    turns: int
    prompts: int
    first_word_s: dict[str, float | None]
    silence_s: dict[str, float | None]
    fall_silent_s: dict[str, float | None]
    interruptions: int
    missed_interruptions: int
    short_sounds: int
    false_stops: int
    cut_off_turns: int
    talked_over_s: float
    lost_first_words: int
    dead_air_s: float
    gaps_over_40_ms: int


def summarise(reports: Sequence[EarReport]) -> EarSummary:
    """Pool calls: every wait counts once, whatever call it was in."""
    stops = [stop for report in reports for stop in report.fall_silent_s]
    missed = sum(report.missed_interruptions for report in reports)
    first = [report.first_word_s for report in reports if report.first_word_s is not None]
    return EarSummary(
        calls=len(reports),
        turns=sum(report.turns for report in reports),
        prompts=sum(len(report.prompts) for report in reports),
        first_word_s=percentiles(first),
        silence_s=percentiles([wait for report in reports for wait in report.silence_s]),
        fall_silent_s=percentiles(stops),
        interruptions=len(stops) + missed,
        missed_interruptions=missed,
        short_sounds=sum(report.short_sounds for report in reports),
        false_stops=sum(report.false_stops for report in reports),
        cut_off_turns=sum(report.cut_off_turns for report in reports),
        talked_over_s=round(sum(report.talked_over_s for report in reports), 3),
        lost_first_words=sum(report.lost_first_words for report in reports),
        dead_air_s=round(sum(report.dead_air_s for report in reports), 3),
        gaps_over_40_ms=sum(len(report.gaps) for report in reports),
    )


def percentiles(values: Sequence[float]) -> dict[str, float | None]:
    """Give p50, p90, p95 and the worst, None without values."""
    names = {"p50": 50, "p90": 90, "p95": 95, "max": 100}
    if not values:
        return dict.fromkeys(names)
    return {name: round(float(np.percentile(values, at)), 3) for name, at in names.items()}
