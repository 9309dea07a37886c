"""Shows what changes for callers between two versions of the flows."""

from collections.abc import Sequence
from dataclasses import asdict
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from ivr.dialog.differences import Difference
    from ivr.dialog.ways import OtherTurn, OtherWay, Ways

_MOST: Final = 25
"""So many utterances or conversations are shown; `--json` has all."""
_SAMPLES: Final = 6
"""So many utterances of those that go the same other way."""


def as_values(
    old: str, new: str, found: "Sequence[Difference]", ways: "Ways | None", problem: str = ""
) -> dict[str, object]:
    """Everything as plain values; `problem` says why no kept calls could be looked at."""
    return {
        "before": old,
        "after": new,
        "files": [asdict(each) for each in found],
        "ways": asdict(ways) if ways else None,
        "kept_calls_problem": problem,
    }


def show(  # noqa: PLR0913, PLR0917  # all that there is to tell
    console: Console,
    old: str,
    new: str,
    found: "Sequence[Difference]",
    ways: "Ways | None",
    problem: str = "",
) -> None:
    """Print everything, in the order in which it matters to callers."""
    if not found:
        console.print(f"{old} and {new} are the same for callers.", markup=False)
        return
    console.print(Text(f"From {old} to {new}", style="bold"))
    for file, group in groupby(found, key=lambda each: each.file):
        _show_file(console, file, list(group))
    if ways is None:
        return
    _show_utterances(console, ways.utterances, ways.compared_utterances)
    _show_turns(console, "conversation tests", ways.tests, ways.compared_tests)
    if problem:
        console.print(f"\nKept calls were left out: {problem}", style="bold red", markup=False,
            soft_wrap=True)  # fmt: skip
        return
    _show_turns(console, "kept calls", ways.transcripts, ways.compared_transcripts)


def _show_file(console: Console, file: str, found: "list[Difference]") -> None:
    from ivr.dialog.differences import Kind

    console.print()
    first = found[0]
    if first.kind is Kind.ADDED:
        console.print(Text(f"+ {file}", style="bold green").append(f"  new: {first.after}"))
        return
    if first.kind is Kind.REMOVED:
        console.print(Text(f"- {file}", style="bold red").append(f"  gone: {first.before}"))
        return
    console.print(Text(f"~ {file}", style="bold yellow"))
    examples = {Kind.EXAMPLE_ADDED: "+", Kind.EXAMPLE_REMOVED: "-"}
    for each in found:
        if each.kind is Kind.REWORDED:
            _show_sentence(console, each)
        elif each.kind is Kind.RULE:
            console.print(f"    {each.path}: {_or_none(each.before)} → {_or_none(each.after)}",
                markup=False, soft_wrap=True)  # fmt: skip
    for kind, sign in examples.items():
        texts = [each.after or each.before or "" for each in found if each.kind is kind]
        if texts:
            style = "green" if sign == "+" else "red"
            console.print(Text(f"  {sign} examples: {' | '.join(texts)}", style=style),
                soft_wrap=True)  # fmt: skip


def _show_sentence(console: Console, each: "Difference") -> None:
    before, after = each.before or "", each.after or ""
    name = f"    {each.path} ({each.language})"
    console.print(name, style="dim", markup=False)
    old, new = Text("      - ", style="red"), Text("      + ", style="green")
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old.append(before[a:b], style="" if tag == "equal" else "bold underline")
        new.append(after[c:d], style="" if tag == "equal" else "bold underline")
    for line, text in ((old, before), (new, after)):
        if text:
            console.print(line, soft_wrap=True)


def _show_utterances(console: Console, found: "tuple[OtherWay, ...]", compared: int) -> None:
    _headline(console, "example utterances", len(found), compared)
    by_way: dict[tuple[str, str], list[str]] = {}
    for each in found:
        by_way.setdefault((each.before, each.after), []).append(each.text)
    most_first = sorted(by_way.items(), key=lambda way: -len(way[1]))
    for (before, after), texts in most_first[:_MOST]:
        more = f" … and {len(texts) - _SAMPLES} more" if len(texts) > _SAMPLES else ""
        way = Text("    ").append(before, style="red").append(" → ").append(after, style="green")
        console.print(way.append(f"  {' | '.join(texts[:_SAMPLES])}{more}"), soft_wrap=True)
    _rest(console, len(most_first))


def _show_turns(console: Console, what: str, found: "tuple[OtherTurn, ...]", compared: int) -> None:
    _headline(console, what, len(found), compared)
    for each in found[:_MOST]:
        where = f", turn {each.turn}" if each.call_id else f"  {each.place}"
        console.print(Text(f"    {each.name}", style="bold").append(where, style="not bold dim"),
            soft_wrap=True)  # fmt: skip
        console.print(f"      caller  {each.said}", markup=False, soft_wrap=True)
        _side(console, "-", "red", each.before, each.text_before)
        _side(console, "+", "green", each.after, each.text_after)
        for line in each.fails:
            console.print(f"      this test fails then: {line}", style="red", markup=False,
                soft_wrap=True)  # fmt: skip
    _rest(console, len(found))


def _side(console: Console, sign: str, style: str, act: str, text: str) -> None:
    line = Text(f"      {sign} {act}", style=style)
    console.print(line.append(f'  "{text}"', style="dim"), soft_wrap=True)


def _headline(console: Console, what: str, count: int, compared: int) -> None:
    console.print()
    style = "bold yellow" if count else "bold green"
    told = f"{count} of {compared} {what} go another way"
    console.print(told if compared else f"There are no {what} to compare.", style=style)


def _rest(console: Console, count: int) -> None:
    if count > _MOST:
        console.print(f"    … and {count - _MOST} more; --json has them all.", style="dim")


def _or_none(value: str | None) -> str:
    return value if value not in (None, "") else "(nothing)"
