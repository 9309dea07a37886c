"""How the bench's figures look in a terminal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.bench.ladder import Ladder
    from ivr.bench.report import Report


def show_conversations(made: "Report") -> None:
    """Print the goals, then one line a scenario and line."""
    from rich.console import Console
    from rich.table import Table

    from ivr.bench.conversations_page import RULES_HEAD, rule_cells

    console = Console(width=160)
    promised = Table("figure", "goal", "measured", "", title="Goals", title_justify="left")
    marks = {True: "[green]met[/]", False: "[red]missed[/]", None: "-"}
    for goal in made.goals:
        promised.add_row(goal.name, goal.goal, goal.measured, marks[goal.is_met])
    console.print(promised)
    table = Table(title="By scenario, seconds at the phone's ear", title_justify="left")
    for column in ("scenario", "line", "calls", "closed p50/p95", "free p50/p95", "silent p50/p95"):
        table.add_column(column)
    for column in ("missed", "cut off", "false stops", "lost", "gaps", "gave up"):
        table.add_column(column, justify="right")
    for row in made.rows:
        f = row.figures
        spreads = [_pair(each) for each in (f.closed_s, f.free_s, f.fall_silent_s)]
        table.add_row(
            *(row.scenario, row.line, str(f.calls), *spreads, f"{f.missed}/{f.interruptions}"),
            *(f"{f.cut_off}/{f.turns}", f"{f.false_stops}/{f.prompts}"),
            *(str(f.lost_first_words), str(f.gaps), str(f.gave_up)),
        )
    console.print(table)
    rules = Table(*RULES_HEAD, title="Other rules on the same recordings", title_justify="left")
    for rule in made.rivals:
        rules.add_row(*("-" if cell is None else str(cell) for cell in rule_cells(rule)))
    console.print(rules)
    for note in made.notes:
        console.print(note)


def _pair(spread: dict[str, float | None]) -> str:
    return "-" if spread["p50"] is None else f"{_s(spread['p50'])} / {_s(spread['p95'])}"


def show_ladder(ladder: "Ladder") -> None:
    """Print one line a rung."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="At the phone's ear, seconds", title_justify="left")
    columns = (
        "callers",
        "talk",
        "first word p95",
        "wait p50",
        "wait p95",
        "fall silent p95",
        "missed",
        "cut off",
        "gaps",
        "dropped",
        "with an agent",
        "CPU (shares of a core)",
    )
    for column in columns:
        table.add_column(column, justify="right")
    for rung in ladder.rungs:
        ear = rung.ear
        table.add_row(
            str(rung.callers),
            f"{rung.talk_share:.0%}",
            _s(ear.first_word_s["p95"]),
            _s(ear.silence_s["p50"]),
            _s(ear.silence_s["p95"]),
            _s(ear.fall_silent_s["p95"]),
            f"{ear.missed_interruptions}/{ear.interruptions}",
            f"{ear.cut_off_turns}/{ear.turns}",
            str(ear.gaps_over_40_ms),
            str(len(rung.dropped)),
            str(rung.with_agent),
            "  ".join(f"{role} {share:.2f}" for role, share in rung.cpu.items()),
        )
    console = Console(width=160)
    console.print(table)
    for rung in ladder.rungs:
        for why in rung.dropped:
            console.print(f"with {rung.callers} callers, dropped {why}", style="red", markup=False)
    if ladder.broken_off:
        console.print(f"The climb was {ladder.broken_off}", style="bold red", markup=False)
    console.print(f"A bare Echo() answers after {ladder.echo_ms['p50']} ms (p50).")


def _s(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
