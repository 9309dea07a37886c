"""The same recordings, judged by other rules: when would they have answered, when stopped?

A rule sees only the caller's channel, frame by frame, as it would have on the line. For ends it
tells when it would have taken the turn for finished; for starts when it would have fallen silent.
What came after (understanding, looking up, speaking) is not in a rule's wait, but is in ours.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from ivr.analytics.caller_ear import percentiles
from ivr.analytics.sounds import Samples, Stretch
from ivr.audio.vad import VoiceDetector
from ivr.bench.figures import Spread
from ivr.bench.judge import JudgedCall
from ivr.domain import FRAME_BYTES, FRAME_S, SAMPLE_RATE_HZ

SIMPLEST: Final = "webrtcvad, 700 ms"
_STARTS_S: Final = 0.2  # voiced without a break; the default of Pipecat's VAD (start_secs)
_PATIENCE_S: Final = 5.0  # a turn that has not ended by then would not have ended for the caller

Voiced = npt.NDArray[np.bool_]
EndOf = Callable[[Samples, Voiced, float], float | None]
"""Caller's channel, its voiced frames, where the turn starts: when it is taken for finished."""


@dataclass(frozen=True)
class Rule:
    """How one rule did on the turns and prompts of a run."""

    name: str
    turns: int = 0
    cut_off: int = 0
    """Turns it would have answered into."""
    never_ended: int = 0
    """Turns that it would not have taken for finished within 5 s."""
    closed_s: Spread | None = None
    """Wait after closed questions."""
    open_s: Spread | None = None
    """Wait after all others."""
    prompts: int = 0
    false_stops: int = 0
    interruptions: int = 0
    missed: int = 0
    stop_s: Spread | None = None
    """Caller starts to its decision to fall silent (ours: to silence)."""


def voiced(caller: Samples) -> Voiced:
    """Give the verdict of WebRTC's detector on each 20 ms of a channel."""
    detector, pcm = VoiceDetector(), caller.astype("<i2").tobytes()
    whole = len(pcm) // FRAME_BYTES * FRAME_BYTES
    verdicts = [
        detector.is_speech(pcm[at : at + FRAME_BYTES]) for at in range(0, whole, FRAME_BYTES)
    ]
    return np.array(verdicts, np.bool_)


def after_silence(silence_s: float) -> EndOf:
    """Give the rule that ends a turn after so much unvoiced audio, whatever was said."""

    def end_of(_caller: Samples, flags: Voiced, start_s: float) -> float | None:
        return next(silences(flags, start_s, silence_s), None)

    return end_of


def silences(flags: Voiced, start_s: float, silence_s: float) -> Iterator[float]:
    """Give each time at which unvoiced audio has lasted so long since something was voiced."""
    needed, silent, has_begun = round(silence_s / FRAME_S), 0, False
    for number in range(round(start_s / FRAME_S), len(flags)):
        if flags[number]:
            silent, has_begun = 0, True
            continue
        silent += 1
        if has_begun and silent == needed:
            yield (number + 1) * FRAME_S


def start_in(flags: Voiced, when: Stretch, voiced_s: float = _STARTS_S) -> float | None:
    """Give when audio has been voiced for so long within a stretch, None when never."""
    needed, run = round(voiced_s / FRAME_S), 0
    first = max(0, round(when.start_s / FRAME_S))
    for number in range(first, min(len(flags), round(when.end_s / FRAME_S))):
        run = run + 1 if flags[number] else 0
        if run == needed:
            return (number + 1) * FRAME_S
    return None


def try_rule(
    name: str, end_of: EndOf, calls: Sequence[JudgedCall], channels: Sequence[Samples]
) -> Rule:
    """Play every call to a rule."""
    waits: dict[bool, list[float]] = {True: [], False: []}
    rule, stops = Rule(name), list[float]()
    for call, caller in zip(calls, channels, strict=True):
        flags = voiced(caller)
        for said, turn in zip(call.call.said, call.turns, strict=True):
            if said.keys or said.talks_on or not said.clips:
                continue
            rule = replace(rule, turns=rule.turns + 1)
            end_s = end_of(caller, flags, said.when.start_s)
            if end_s is None or end_s > said.when.end_s + _PATIENCE_S:
                rule = replace(rule, never_ended=rule.never_ended + 1)
            elif end_s < said.when.end_s:
                rule = replace(rule, cut_off=rule.cut_off + 1)
            else:
                waits[said.asked == "closed"].append(end_s - said.when.end_s)
            if turn.is_interruption:
                noticed_s = start_in(flags, Stretch(said.when.start_s, said.when.start_s + 1.5))
                rule = replace(
                    rule,
                    interruptions=rule.interruptions + 1,
                    missed=rule.missed + (noticed_s is None),
                )
                stops += [] if noticed_s is None else [noticed_s - said.when.start_s]
        rule = _with_prompts(rule, call, flags)
    closed_s, open_s = percentiles(waits[True]), percentiles(waits[False])
    return replace(rule, closed_s=closed_s, open_s=open_s, stop_s=percentiles(stops))


def _with_prompts(rule: Rule, call: JudgedCall, flags: Voiced) -> Rule:
    undisturbed = [
        prompt.when
        for prompt in call.prompts
        if not any(said.when.overlap_s(prompt.when) for said in call.call.said)
    ]
    stops = sum(start_in(flags, when) is not None for when in undisturbed)
    return replace(
        rule, prompts=rule.prompts + len(undisturbed), false_stops=rule.false_stops + stops
    )


def ours(calls: Sequence[JudgedCall]) -> Rule:
    """Give the same figures for the hotline as it was heard: its waits hold the whole answer."""
    pairs = [
        (said, turn)
        for call in calls
        for said, turn in zip(call.call.said, call.turns, strict=True)
        if said.clips and not said.keys and not said.talks_on
    ]
    turns = [turn for _, turn in pairs]
    waits = [(turn.asked == "closed", turn.silence_s) for turn in turns]
    prompts = [
        prompt
        for call in calls
        for prompt in call.prompts
        if not any(said.when.overlap_s(prompt.when) for said in call.call.said)
    ]
    return Rule(
        name="this hotline, answer included",
        turns=len(turns),
        cut_off=sum(turn.was_cut_off for turn in turns),
        never_ended=sum(not turn.was_answered for turn in turns),
        closed_s=percentiles([wait for closed, wait in waits if closed and wait is not None]),
        open_s=percentiles([wait for closed, wait in waits if not closed and wait is not None]),
        prompts=len(prompts),
        false_stops=sum(prompt.was_stopped for prompt in prompts),
        interruptions=sum(turn.is_interruption for turn in turns),
        missed=sum(turn.was_missed for turn in turns),
        stop_s=percentiles([t.fell_silent_s for t in turns if t.fell_silent_s is not None]),
    )


def seconds(samples: Samples, start_s: float, end_s: float) -> Samples:
    """Cut a stretch out of a channel."""
    return samples[max(0, round(start_s * SAMPLE_RATE_HZ)) : round(end_s * SAMPLE_RATE_HZ)]
