"""Judges a held call: what the caller truly did against what the caller's ear then had.

Nothing here asks the hotline how it thinks it did. The one thing taken from its records is which
prompt it meant to say (to know how long that prompt is when nobody disturbs it) and when it noted
that the caller began to speak (to know whether the first word could reach the recogniser).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ivr.analytics.sounds import Samples, Stretch, holes, stretches
from ivr.bench.truth import HeldCall, KeptTurn, Said
from ivr.domain import Language
from ivr.sim.callers import caller_lines

_FINE_JOIN_S: Final = 0.2  # silences between the words of a prompt
_PROMPT_JOIN_S: Final = 0.6  # and between its sentences, as in the caller's-ear meter
_EDGE_S: Final = 0.15  # who starts this close to a prompt's own end does not interrupt it
_MISSED_S: Final = 1.5
_SHORTER_S: Final = 0.5  # a prompt that lacks so much was stopped
_NEAR_S: Final = 0.6  # a prompt noted and a prompt heard are one
_LOST_S: Final = 0.25  # a little less than the audio kept from before an onset
_ALIKE_S: Final = 0.12
_SAME_PLACE_S: Final = 0.05  # prompts start on a grid of 20 ms at the ear
_ANSWER_WITHIN_S: Final = 6.0  # later it is no answer but the next question


Closure = tuple[str, int, float]
"""A hole of a prompt's own: the prompt's text, its place in it, its length in seconds."""


@dataclass(frozen=True)
class Voice:
    """What our prompts are like when nobody disturbs them, by their texts."""

    lengths_s: Mapping[str, float] = field(default_factory=dict[str, float])
    closures: frozenset[Closure] = frozenset()


@dataclass(frozen=True)
class JudgedTurn:
    """How one turn of the caller was treated; seconds, None where it does not apply."""

    asked: str
    clips: tuple[str, ...]
    silence_s: float | None = None
    """From the caller's last sound to our first."""
    is_interruption: bool = False
    fell_silent_s: float | None = None
    was_missed: bool = False
    was_cut_off: bool = False
    lost_first_word: bool = False
    was_answered: bool = True


@dataclass(frozen=True)
class JudgedPrompt:
    """How one of our prompts fared."""

    when: Stretch
    text: str
    was_disturbed_by: str = ""
    was_stopped: bool = False
    """Stopped though nobody meant to."""


@dataclass(frozen=True)
class JudgedCall:
    """One call, judged."""

    call: HeldCall
    turns: tuple[JudgedTurn, ...]
    prompts: tuple[JudgedPrompt, ...]
    gaps: tuple[float, ...]


def prompts_of(hotline: Samples) -> list[Stretch]:
    """Give where the hotline spoke, pauses between sentences bridged."""
    return stretches(hotline, _PROMPT_JOIN_S)


def natural_lengths(heard: Iterable[tuple[Samples, Sequence[KeptTurn]]]) -> dict[str, float]:
    """Give how long each prompt is when heard whole, by its text.

    That is the longest length at which one in twenty hearings agree, and two at least: most may be
    cut, each elsewhere, and some run into the next prompt or are stretched by a machine that
    stalls. A prompt of which no two hearings agree is left out.
    """
    lengths: dict[str, list[float]] = {}
    for hotline, kept in heard:
        for prompt in prompts_of(hotline):
            if text := _text_of(prompt, kept):
                lengths.setdefault(text, []).append(prompt.length_s)
    longest = {text: _longest_agreed(each) for text, each in lengths.items()}
    return {text: length_s for text, length_s in longest.items() if length_s}


def _longest_agreed(lengths: Sequence[float]) -> float:
    enough = max(2, len(lengths) / 20)
    agreed = (a for a in lengths if sum(0 <= b - a <= _ALIKE_S for b in lengths) >= enough)
    return max(agreed, default=0.0)


def voice_closures(heard: Iterable[tuple[Samples, Sequence[KeptTurn]]]) -> frozenset[Closure]:
    """Give the holes that a prompt has whenever it is said: a voice closes its mouth, too.

    A hole that comes at the same place of the same prompt in two calls was synthesised so; audio
    that comes late does not come late at the same place twice.
    """
    found = Counter(
        closure
        for hotline, kept in heard
        for closure in {_closure(hole, hotline, kept) for hole in holes(hotline)}
        if closure is not None
    )
    return frozenset(closure for closure, calls in found.items() if calls > 1)


def _closure(hole: Stretch, hotline: Samples, kept: Sequence[KeptTurn]) -> Closure | None:
    around = next((p for p in prompts_of(hotline) if p.overlap_s(hole)), None)
    text = _text_of(around, kept) if around else ""
    if not around or not text:
        return None
    return text, round((hole.start_s - around.start_s) / _SAME_PLACE_S), round(hole.length_s, 2)


def judge(call: HeldCall, hotline: Samples, kept: Sequence[KeptTurn], voice: Voice) -> JudgedCall:
    """Judge one call from the hotline's channel of its recording."""
    pieces = stretches(hotline, _FINE_JOIN_S)
    prompts = [
        _Prompt(when, text := _text_of(when, kept), voice.lengths_s.get(text, 0.0))
        for when in prompts_of(hotline)
    ]
    return JudgedCall(
        call=call,
        turns=tuple(
            _turn(said, after, prompts, pieces, kept, _words(call, said))
            for said, after in zip(call.said, (*call.said[1:], None), strict=False)
        ),
        prompts=tuple(_judged(prompt, call) for prompt in prompts),
        # Where the line loses packets, a hole says nothing of us.
        gaps=() if call.is_lossy else tuple(_gaps(hotline, kept, voice)),
    )


@dataclass(frozen=True)
class _Prompt:
    """A prompt as it was heard."""

    when: Stretch
    text: str
    whole_s: float
    """How long it is when nobody disturbs it, 0 where that is not known."""

    def is_over(self, at_s: float) -> bool:
        """Whether who begins then begins over it, not at its edge.

        A prompt that was cut has no edge at its end: it would have gone on. So it counts, too, when
        it fell silent at once.
        """
        own_end_s = max(self.when.end_s, self.when.start_s + self.whole_s)
        last_s = min(self.when.end_s, own_end_s - _EDGE_S)
        return self.when.start_s + _EDGE_S < at_s < last_s


def _gaps(hotline: Samples, kept: Sequence[KeptTurn], voice: Voice) -> Iterator[float]:
    for hole in holes(hotline):
        if _closure(hole, hotline, kept) not in voice.closures:
            yield round(hole.length_s, 3)


def _turn(  # noqa: PLR0913, PLR0917  # what was true beside what was heard and noted
    said: Said,
    after: Said | None,
    prompts: Sequence[_Prompt],
    pieces: Sequence[Stretch],
    kept: Sequence[KeptTurn],
    words: str,
) -> JudgedTurn:
    start_s, end_s = said.when.start_s, said.when.end_s
    # Who talks on after the end was assumed interrupts the answer with the piece that follows.
    begun = [piece.start_s for piece in said.pieces[1:]] if said.talks_on else [start_s]
    talked_over = ((at_s, p.when) for at_s in begun for p in prompts if p.is_over(at_s))
    began_s, over = next(talked_over, (start_s, None))
    silent_s = over.end_s if over else start_s
    cuts = [p for p in pieces if max(start_s, silent_s) < p.start_s < end_s]
    answer_s = next((p.start_s for p in pieces if p.start_s >= max(end_s, silent_s)), None)
    until_s = min(end_s + _ANSWER_WITHIN_S, after.when.start_s if after else float("inf"))
    is_answered = answer_s is not None and answer_s < until_s
    was_missed = over is not None and over.end_s - began_s > _MISSED_S
    counts = is_answered and not was_missed and (said.talks_on or not cuts)
    return JudgedTurn(
        asked=said.asked,
        clips=said.clips,
        silence_s=round(answer_s - end_s, 3) if counts and answer_s is not None else None,
        is_interruption=over is not None,
        fell_silent_s=round(over.end_s - began_s, 3) if over and not was_missed else None,
        was_missed=was_missed,
        was_cut_off=bool(cuts) and not said.talks_on,
        lost_first_word=bool(said.clips) and _lost(said, kept, words),
        was_answered=is_answered or bool(cuts),
    )


def _words(call: HeldCall, said: Said) -> str:
    lines = caller_lines(Language(call.language))
    return lines[said.clips[0]].text if said.clips else ""


def _lost(said: Said, kept: Sequence[KeptTurn], words: str) -> bool:
    """Whether the hotline began to listen only after the first word.

    Its notes alone do not prove it: on a busy machine its clock of frames leaves the phone's. A
    word that it wrote down was not lost; a turn that it never noted counts as unanswered.
    """
    heard = [
        turn
        for turn in kept
        if turn.is_caller
        and turn.when.start_s < said.when.end_s + _NEAR_S
        and turn.when.end_s > said.when.start_s - _NEAR_S
    ]
    if not heard:
        return False
    first = min(heard, key=lambda turn: turn.when.start_s)
    was_written = bool(set(words.split()[:2]) & set(first.text.split()[:4]))
    return first.when.start_s > said.when.start_s + _LOST_S and not was_written


def _judged(prompt: _Prompt, call: HeldCall) -> JudgedPrompt:
    when = prompt.when
    made = [each for each in call.made if prompt.is_over(each.when.start_s)]
    meant = any(
        said.when.start_s - _EDGE_S < when.end_s and when.start_s < said.when.end_s
        for said in call.said
    )
    is_short = bool(prompt.text) and prompt.whole_s - when.length_s > _SHORTER_S
    return JudgedPrompt(
        when=when,
        text=prompt.text,
        was_disturbed_by=made[0].sound if made else "",
        was_stopped=is_short and not meant and not _ends_the_call(when, call),
    )


def _ends_the_call(prompt: Stretch, call: HeldCall) -> bool:
    """Whether the caller hung up, or gave up, while it was still being said."""
    return bool(call.gave_up) and not any(s.when.start_s > prompt.end_s for s in call.said)


def _text_of(prompt: Stretch, kept: Sequence[KeptTurn]) -> str:
    near = [
        turn
        for turn in kept
        if not turn.is_caller and abs(turn.when.start_s - prompt.start_s) < _NEAR_S
    ]
    best = min(near, key=lambda turn: abs(turn.when.start_s - prompt.start_s), default=None)
    return best.text if best else ""
