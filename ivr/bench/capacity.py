"""The capacity curve: what callers feel with 1 to 60 of them talking, as a page of the docs.

The limit follows from it: so many callers that the answer's wait stays within 1.5 s for 95 of
100 answers, at that number and at every smaller one, and nobody is dropped.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from ivr.analytics.charts import Line, axis_for, chart
from ivr.analytics.pages import page, table
from ivr.bench.ladder import Ladder, Rung
from ivr.errors import ConfigError, Place

COUNTS: Final = (1, 5, 10, 20, 30, 40, 50, 60)
LONGEST_WAIT_S: Final = 1.5
"""The answer's wait, 95 of 100, that we still call serving a caller."""
_DISTURBED: Final = 0.1  # cores; the kernel's own work takes less
BEGIN, END = "<!-- measured: capacity -->", "<!-- end -->"
_HEAD = (
    "callers at once",
    "first word p95",
    "wait p50 / p95",
    "falls silent p50 / p95",
    "missed",
    "cut off",
    "gaps",
    "dropped",
    "with an agent",
    "CPU by process, shares of a core",
)


def admission_limit(rungs: Sequence[Rung]) -> int:
    """Give how many calls may be served at once; 0 when even the first rung was too much."""
    limit = 0
    for rung in sorted(rungs, key=lambda rung: rung.callers):
        wait_s = rung.ear.silence_s["p95"]
        if wait_s is None or wait_s > LONGEST_WAIT_S or rung.dropped:
            break
        limit = rung.callers
    return limit


def write(ladder: Ladder, docs: Path) -> tuple[Path, ...]:
    """Write the curve into `capacity.md`, and beside it as data and as a page with drawings.

    Raises ConfigError when the page has lost the place where the figures belong.
    """
    told, data, drawn = (
        docs / name for name in ("capacity.md", "capacity-curve.json", "capacity-curve.html")
    )
    told.write_text(_with_figures(told, markdown(ladder)), "utf-8")
    data.write_text(json.dumps(asdict(ladder), indent=1) + "\n", "utf-8")
    drawn.write_text(drawing(ladder), "utf-8")
    return told, data, drawn


def markdown(ladder: Ladder) -> str:
    """Give the table, what it was measured on, and the limit that follows."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_cells(rung) for rung in ladder.rungs)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    machine = ladder.machine
    load = machine.get("load")
    busy = f", load {load:.1f} at the end" if isinstance(load, float) else ""
    others = max((rung.cpu.get("others", 0.0) for rung in ladder.rungs), default=0.0)
    disturbed = (
        ["", f"Other programs took up to {others:.1f} cores meanwhile, so less was left for calls."]
        if others > _DISTURBED
        else []
    )
    limit = admission_limit(ladder.rungs)
    return "\n".join(
        [
            f"Measured on {machine['cores']} cores ({machine['machine']}), the simulated phones on "
            f"the same cores{busy}; seconds at the phone's ear.",
            "",
            *lines,
            *disturbed,
            *(["", f"The climb was {ladder.broken_off}"] if ladder.broken_off else []),
            "",
            f"Answers within {LONGEST_WAIT_S} s, 95 of 100, and nobody dropped: up to **{limit} "
            f"callers**, so `limits.max_calls: {max(limit, 1)}` on this machine.",
        ]
    )


def drawing(ladder: Ladder) -> str:
    """Draw waits, time to fall silent and CPU over the number of callers."""
    callers = [float(rung.callers) for rung in ladder.rungs]
    roles = _costliest(ladder)
    cpu = [
        Line(role, callers, [rung.cpu.get(role, 0.0) for rung in ladder.rungs]) for role in roles
    ]
    drawn = [
        _drawn("Wait for an answer", "seconds", _spreads(ladder, "silence_s")),
        _drawn("Time to fall silent", "seconds", _spreads(ladder, "fall_silent_s")),
        _drawn("CPU by process", "cores", cpu),
    ]
    return page(
        "Capacity",
        table(_HEAD[:-1], [_cells(rung)[:-1] for rung in ladder.rungs]),
        table(("callers at once", *roles), [_cpu_cells(rung, roles) for rung in ladder.rungs]),
        f'<div class="figures">{"".join(drawn)}</div>',
    )


def _costliest(ladder: Ladder) -> list[str]:
    """Give the four roles that a drawing has colours for."""
    most = {
        role: max(rung.cpu.get(role, 0.0) for rung in ladder.rungs)
        for rung in ladder.rungs
        for role in rung.cpu
    }
    return sorted(sorted(most, key=lambda role: -most[role])[:4])


def _drawn(title: str, unit: str, lines: Sequence[Line]) -> str:
    x = axis_for("callers at once", [value for line in lines for value in line.x] or [1.0])
    y = axis_for(unit, [value for line in lines for value in line.y] or [1.0])
    return chart(title, x, y, lines)


def _spreads(ladder: Ladder, name: str) -> list[Line]:
    lines = []
    for at in ("p50", "p95"):
        points = [(rung.callers, getattr(rung.ear, name)[at]) for rung in ladder.rungs]
        known = [(float(x), float(y)) for x, y in points if y is not None]
        lines.append(Line(at, [x for x, _ in known], [y for _, y in known]))
    return lines


def _cells(rung: Rung) -> tuple[str, ...]:
    ear = rung.ear
    return (
        str(rung.callers),
        _s(ear.first_word_s["p95"]),
        f"{_s(ear.silence_s['p50'])} / {_s(ear.silence_s['p95'])}",
        f"{_s(ear.fall_silent_s['p50'])} / {_s(ear.fall_silent_s['p95'])}",
        f"{ear.missed_interruptions} of {ear.interruptions}",
        f"{ear.cut_off_turns} of {ear.turns}",
        str(ear.gaps_over_40_ms),
        str(len(rung.dropped)),
        str(rung.with_agent),
        ", ".join(f"{role} {share:.2f}" for role, share in sorted(rung.cpu.items())),
    )


def _cpu_cells(rung: Rung, roles: Sequence[str]) -> tuple[str, ...]:
    return (str(rung.callers), *(f"{rung.cpu.get(role, 0.0):.2f}" for role in roles))


def _s(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


def _with_figures(file: Path, figures: str) -> str:
    text = file.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        remedy = f"Put {BEGIN} and {END} on lines of their own where the figures belong."
        raise ConfigError("has no place for the figures.", remedy, Place(file))
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"
