"""Shows a conversation test that failed: what was said, what had to be, what was instead, why."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from ivr.cli.trial_shown import as_json, show_caller, show_turn

if TYPE_CHECKING:
    from ivr.dialog.conversations_run import Held, HeldTurn


def show_failure(console: Console, held: "Held") -> None:
    """Print the conversation up to the turn that went otherwise."""
    from ivr.dialog.trial_input import as_line

    title = Text("✗ ", style="bold red").append(held.test.name, style="bold")
    console.print(title.append(f"  {held.test.place}", style="dim"), soft_wrap=True)
    for each in held.turns:
        if each.said is not None:
            show_caller(console, as_line(each.said))
        show_turn(console, each.turn)
        for line in _differences(each):
            console.print(line, soft_wrap=True)
    if held.broken:
        console.print(Text(f"          {held.broken}", style="red"), soft_wrap=True)
    console.print()


def as_values(held: "Held") -> dict[str, object]:
    """A conversation as plain values."""
    from ivr.dialog.trial_input import as_line

    return {
        "name": held.test.name,
        "place": str(held.test.place),
        "language": held.test.language.value,
        "passed": held.passed,
        "broken": held.broken or None,
        "turns": [
            as_json(None if each.said is None else as_line(each.said), each.turn)
            | {
                "place": str(each.place),
                "differences": [
                    {"what": miss.field, "must": miss.must, "did": miss.did} for miss in each.misses
                ],
            }
            for each in held.turns
        ],
    }


def _differences(held: "HeldTurn") -> list[Text]:
    lines = []
    for miss in held.misses:
        name = miss.field.replace("_", " ")
        lines.append(Text(f"        - must  {name}: {miss.must}   ({held.place})", style="green"))
        lines.append(Text(f"        + did   {name}: {miss.did}", style="red"))
    return lines
