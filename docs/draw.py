"""Draw what documents show of the code: `make docs`.

The two tables go into ARCHITECTURE.md, the list of decision records into its README. Between
`<!-- drawn: NAME -->` and `<!-- end -->` everything is replaced; a test fails when the document
says something else than the tables.
"""

import re
from collections import defaultdict
from enum import Enum
from pathlib import Path

from ivr.call import lifecycle, turns

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "ARCHITECTURE.md"
DECISIONS = ROOT / "docs/adr/README.md"


def main() -> None:
    """Write the documents with fresh drawings."""
    for document in (DOCUMENT, DECISIONS):
        document.write_text(redrawn(document))


def redrawn(document: Path) -> str:
    """Give a document with every drawing replaced by what the code says today."""
    text = document.read_text()
    for name, drawing in _drawings(document).items():
        place = re.compile(rf"(<!-- drawn: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = place.subn(lambda found, new=drawing: f"{found[1]}{new}\n{found[2]}", text)
        if count != 1:
            raise ValueError(f"{document.name} has {count} places for {name!r}, not 1")
    return text


def _drawings(document: Path) -> dict[str, str]:
    if document == DECISIONS:
        return {"adr": decisions(document.parent)}
    return {
        "lifecycle": lifecycle_diagram(),
        "turns": turns_diagram(),
        "turns-table": turns_matrix(),
    }


def decisions(folder: Path) -> str:
    """Give the list of decision records, by their titles."""
    pages = (page for page in sorted(folder.glob("*.md")) if page.name != "README.md")
    return "\n".join(
        f"- [{page.read_text().splitlines()[0].lstrip('# ')}]({page.name})" for page in pages
    )


def lifecycle_diagram() -> str:
    """Give the states of a call; the caller's hang-up, possible everywhere, is left out."""
    moves = {
        (state, event): (after, "")
        for (state, event), after in lifecycle.MOVES.items()
        if event is not lifecycle.Event.CALLER_LEFT
    }
    return _mermaid(moves, lifecycle.State.ARRIVED)


def turns_diagram() -> str:
    """Give whose turn it is, each move with its cue."""
    moves = {
        (state, event): (after, "" if cue is turns.Cue.NOTHING else _words(cue))
        for (state, event), (after, cue) in turns.MOVES.items()
    }
    return _mermaid(moves, turns.State.WAITING)


def turns_matrix() -> str:
    """Give all pairs of the turn table: a move, harmless (·) or impossible (✗)."""
    head = ["", *(event.name for event in turns.Event)]
    lines = [head, ["---"] * len(head)]
    for state in turns.State:
        lines.append([f"**{state.name}**", *(_cell(state, event) for event in turns.Event)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(state: turns.State, event: turns.Event) -> str:
    if (state, event) in turns.HARMLESS:
        return "·"
    if (state, event) not in turns.MOVES:
        return "✗"
    after, cue = turns.MOVES[state, event]
    return after.name + ("" if cue is turns.Cue.NOTHING else f": {_words(cue)}")


def _mermaid(moves: dict[tuple[Enum, Enum], tuple[Enum, str]], first: Enum) -> str:
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (state, event), (after, cue) in moves.items():
        arrows[state.name, after.name].append(event.name + (f" / {cue}" if cue else ""))
    lines = [f"    {a} --> {b} : {'<br/>'.join(said)}" for (a, b), said in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first.name}", *lines, "```"])


def _words(name: Enum) -> str:
    return name.name.lower().replace("_", " ")


if __name__ == "__main__":
    main()
