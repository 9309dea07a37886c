"""The figures of the conversations as one HTML page that loads nothing from anywhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ivr.analytics.pages import Marked, page, table
from ivr.bench.figures import Figures, Goal, Row, Spread
from ivr.bench.rivals import Rule

_WAITS = ("scenario", "line", "calls", "turns", "closed", "free", "digits", "falls silent")
_FAULTS = (
    *("scenario", "line", "missed", "cut off", "false stops", "lost", "no answer", "gaps"),
    "gave up",
)
_LEGEND = (
    "Pairs are p50 / p95 in seconds: from the caller's last sound to our first (closed questions, "
    "free speech, digits), and from the caller's first sound over our prompt to our silence."
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
    marks = {
        True: "met",
        False: Marked("missed", "bad"),
        None: Marked("not measured", "quiet"),
    }
    promised = [(goal.name, goal.goal, goal.measured, marks[goal.is_met]) for goal in shown.goals]
    stops = [(name, made, stopped) for name, (stopped, made) in shown.sounds.items()]
    return page(
        "Conversations at the caller's ear",
        "<h2>Goals</h2>",
        table(("figure", "goal", "measured", ""), promised),
        "<h2>Waits, by scenario and line</h2>",
        table(_WAITS, list(_rows(shown, _waits))),
        f'<p class="note">{escape(_LEGEND)}</p>',
        "<h2>Faults, by scenario and line</h2>",
        table(_FAULTS, list(_rows(shown, _faults))),
        "<h2>Small sounds over a prompt</h2>",
        table(("sound", "prompts", "stopped"), stops),
        "<h2>Other rules on the same recordings</h2>",
        table(RULES_HEAD, [rule_cells(rule) for rule in shown.rivals]),
        *(f'<p class="note">{escape(note)}</p>' for note in shown.notes),
    )


def _rows(
    shown: Shown, cells: Callable[[Figures], tuple[object, ...]]
) -> Iterator[tuple[object, ...]]:
    """Give a row for each scenario and line, the scenario's title only once."""
    before = ""
    for row in shown.rows:
        title = shown.titles.get(row.scenario, row.scenario) if row.scenario != before else ""
        before = row.scenario
        yield (title, row.line, *cells(row.figures))


RULES_HEAD = (
    "rule",
    "cut off",
    "never ended",
    "closed",
    "others",
    "stopped for nothing",
    "missed",
    "stops after",
)


def rule_cells(rule: Rule) -> tuple[object, ...]:
    """Give a rule's figures in the order of the head."""
    return (
        rule.name,
        f"{rule.cut_off}/{rule.turns}",
        rule.never_ended,
        _pair(rule.closed_s),
        _pair(rule.open_s),
        f"{rule.false_stops}/{rule.prompts}",
        f"{rule.missed}/{rule.interruptions}",
        _pair(rule.stop_s),
    )


def _pair(spread: Spread | None) -> str | None:
    if spread is None or spread["p50"] is None or spread["p95"] is None:
        return None
    return f"{spread['p50']:.2f} / {spread['p95']:.2f}"


def _waits(f: Figures) -> tuple[object, ...]:
    return (
        f.calls,
        f.turns,
        _pair(f.closed_s),
        _pair(f.free_s),
        _pair(f.digits_s),
        _pair(f.fall_silent_s),
    )


def _faults(f: Figures) -> tuple[object, ...]:
    return (
        _fault(f.missed, f.interruptions),
        _fault(f.cut_off, f.turns),
        _fault(f.false_stops, f.prompts),
        *(_fault(count) for count in (f.lost_first_words, f.unanswered, f.gaps, f.gave_up)),
    )


def _fault(count: int, of: int | None = None) -> Marked:
    """Zeros step back, so that what went wrong is seen at once."""
    return Marked(count if of is None else f"{count}/{of}", "bad" if count else "quiet")
