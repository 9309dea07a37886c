"""From judged calls to figures: by scenario and line, over all, and beside the goals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ivr.analytics.caller_ear import percentiles
from ivr.bench.judge import JudgedCall, JudgedTurn

Spread = dict[str, float | None]


@dataclass(frozen=True)
class Figures:
    """What callers of some calls felt; seconds, counts, and of how many."""

    calls: int
    turns: int
    closed_s: Spread
    """Caller stops to our first sound, after a closed question."""
    free_s: Spread
    digits_s: Spread
    answers: int
    cut_off: int
    """Turns in the middle of which we began to speak."""
    fall_silent_s: Spread
    """Caller starts over our prompt to our silence."""
    interruptions: int
    missed: int
    prompts: int
    """Prompts that nobody meant to interrupt."""
    false_stops: int
    lost_first_words: int
    unanswered: int
    gaps: int
    """Holes of more than 40 ms in our speech, on lines that lose nothing."""
    phone_late_ms: float
    """The latest frame of any phone, by the phone's own fault."""
    gave_up: int
    """Calls in which the caller waited in vain for something."""


@dataclass(frozen=True)
class Row:
    """A scenario over a line."""

    scenario: str
    line: str
    figures: Figures


@dataclass(frozen=True)
class Goal:
    """A promise and what was measured."""

    name: str
    goal: str
    measured: str
    is_met: bool | None
    """None where nothing was measured."""


def figures_of(calls: Sequence[JudgedCall]) -> Figures:
    """Pool calls: every wait counts once, whatever call it was in."""
    turns = [turn for call in calls for turn in call.turns]
    prompts = [prompt for call in calls for prompt in call.prompts]
    stops = [turn.fell_silent_s for turn in turns if turn.fell_silent_s is not None]
    return Figures(
        calls=len(calls),
        turns=len(turns),
        closed_s=_silences(turns, "closed"),
        free_s=_silences(turns, "free"),
        digits_s=_silences(turns, "digits"),
        answers=sum(turn.silence_s is not None for turn in turns),
        cut_off=sum(turn.was_cut_off for turn in turns),
        fall_silent_s=percentiles(stops),
        interruptions=sum(turn.is_interruption for turn in turns),
        missed=sum(turn.was_missed for turn in turns),
        prompts=len(prompts),
        false_stops=sum(prompt.was_stopped for prompt in prompts),
        lost_first_words=sum(turn.lost_first_word for turn in turns),
        unanswered=sum(not turn.was_answered for turn in turns),
        gaps=sum(len(call.gaps) for call in calls),
        phone_late_ms=max((call.call.phone_late_ms for call in calls), default=0.0),
        gave_up=sum(bool(call.call.gave_up) for call in calls),
    )


def rows(calls: Sequence[JudgedCall]) -> list[Row]:
    """Give one row for every scenario and line, in the order of the calls."""
    groups: dict[tuple[str, str], list[JudgedCall]] = {}
    for call in calls:
        groups.setdefault((call.call.scenario, call.call.line), []).append(call)
    return [Row(*name, figures_of(group)) for name, group in groups.items()]


def by_sound(calls: Iterable[JudgedCall]) -> dict[str, tuple[int, int]]:
    """Give for each small sound how many prompts it stopped, and how many it was made over."""
    found: dict[str, tuple[int, int]] = {}
    for call in calls:
        for prompt in call.prompts:
            if sound := prompt.was_disturbed_by:
                stopped, made = found.get(sound, (0, 0))
                found[sound] = (stopped + prompt.was_stopped, made + 1)
    return found


_PROMISED_ECHO_DB: Final = 20


def goals(all_calls: Figures, but_strong_echo: Figures) -> list[Goal]:
    """Set the promises of the product beside what was measured.

    `but_strong_echo` leaves out echo stronger than 20 dB, for which no promise is made.
    """
    f, s = all_calls, but_strong_echo
    return [
        _spread("caller stops to our first sound, closed question", f.closed_s, 0.45, 0.7),
        _spread("the same, free speech", f.free_s, 0.8, 1.1),
        _count("turns cut off", f.cut_off, f.turns, 0.05),
        _spread("caller starts to our silence", f.fall_silent_s, 0.25, 0.4),
        _count("prompts stopped by noise or echo", s.false_stops, s.prompts, 0.02),
        _count("interruptions missed", f.missed, f.interruptions, 0.02),
        _count("first words lost", f.lost_first_words, f.turns, 0.0),
        _count("gaps over 40 ms in our speech", f.gaps, f.prompts, 0.0),
    ]


def _silences(turns: Iterable[JudgedTurn], asked: str) -> Spread:
    return percentiles([t.silence_s for t in turns if t.asked == asked and t.silence_s is not None])


def _spread(name: str, spread: Spread, p50_s: float, p95_s: float) -> Goal:
    goal = f"p50 <= {p50_s:g} s, p95 <= {p95_s:g} s"
    if spread["p50"] is None or spread["p95"] is None:
        return Goal(name, goal, "-", None)
    measured = f"p50 {spread['p50']:.2f} s, p95 {spread['p95']:.2f} s"
    return Goal(name, goal, measured, spread["p50"] <= p50_s and spread["p95"] <= p95_s)


def _count(name: str, count: int, among: int, most: float) -> Goal:
    goal = f"<= {most:.0%}" if most else "0"
    if not among:
        return Goal(name, goal, "-", None)
    share = count / among
    return Goal(name, goal, f"{count} of {among} ({share:.1%})", share <= most)


def is_promised(echo_loss_db: float | None) -> bool:
    """Whether the promise on false stops covers a line: echo, if any, at least 20 dB down."""
    return echo_loss_db is None or echo_loss_db >= _PROMISED_ECHO_DB
