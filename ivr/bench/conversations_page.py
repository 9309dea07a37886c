"""The figures of the conversations as one HTML page that loads nothing from anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ivr.analytics.pages import page, table
from ivr.bench.figures import Figures, Goal, Row, Spread
from ivr.bench.rivals import Rule

_HEAD = (
    "scenario",
    "line",
    "calls",
    "turns",
    "closed p50",
    "p95",
    "free p50",
    "p95",
    "falls silent p50",
    "p95",
    "missed",
    "cut off",
    "false stops",
    "first word lost",
    "unanswered",
    "gaps",
    "phone late ms",
    "gave up",
)


@dataclass(frozen=True)
class Shown:
    """What the page shows; `sounds` are (stopped, made) by name, `titles` of scenarios."""

    goals: Sequence[Goal]
    rows: Sequence[Row]
    sounds: Mapping[str, tuple[int, int]]
    titles: Mapping[str, str]
    notes: Sequence[str]
    rivals: Sequence[Rule] = ()


def conversations_page(shown: Shown) -> str:
    """Draw the goals first, then every scenario and line, then the small sounds."""
    marks = {True: "met", False: "missed", None: "not measured"}
    promised = [(goal.name, goal.goal, goal.measured, marks[goal.is_met]) for goal in shown.goals]
    stops = [(name, made, stopped) for name, (stopped, made) in shown.sounds.items()]
    return page(
        "Conversations at the caller's ear",
        "<h2>Goals</h2>",
        table(("figure", "goal", "measured", ""), promised),
        "<h2>By scenario and line</h2>",
        table(
            _HEAD,
            [
                (shown.titles.get(r.scenario, r.scenario), r.line, *_cells(r.figures))
                for r in shown.rows
            ],
        ),
        "<h2>Small sounds over a prompt</h2>",
        table(("sound", "prompts", "stopped"), stops),
        "<h2>Other rules on the same recordings</h2>",
        table(RULES_HEAD, [rule_cells(rule) for rule in shown.rivals]),
        *(f'<p class="note">{escape(note)}</p>' for note in shown.notes),
    )


RULES_HEAD = (
    "rule",
    "turns cut off",
    "never ended",
    "closed p50",
    "p95",
    "other p50",
    "p95",
    "prompts stopped for nothing",
    "interruptions missed",
    "stops after p50",
    "p95",
)


def rule_cells(rule: Rule) -> tuple[object, ...]:
    """Give a rule's figures in the order of the head."""
    return (
        rule.name,
        f"{rule.cut_off}/{rule.turns}",
        rule.never_ended,
        *_ends(rule.closed_s),
        *_ends(rule.open_s),
        f"{rule.false_stops}/{rule.prompts}",
        f"{rule.missed}/{rule.interruptions}",
        *_ends(rule.stop_s),
    )


def _ends(spread: Spread | None) -> tuple[float | None, float | None]:
    return (spread["p50"], spread["p95"]) if spread else (None, None)


def _cells(f: Figures) -> tuple[object, ...]:
    return (
        f.calls,
        f.turns,
        f.closed_s["p50"],
        f.closed_s["p95"],
        f.free_s["p50"],
        f.free_s["p95"],
        f.fall_silent_s["p50"],
        f.fall_silent_s["p95"],
        f"{f.missed}/{f.interruptions}",
        f"{f.cut_off}/{f.turns}",
        f"{f.false_stops}/{f.prompts}",
        f.lost_first_words,
        f.unanswered,
        f.gaps,
        round(f.phone_late_ms),
        f.gave_up,
    )
