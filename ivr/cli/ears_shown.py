"""How far the ears are with the words of the flows, told in a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ivr.cli.counted import counted

Line = tuple[str, str]
"""A line and its style."""
_MOST = 8


def ears_told(ears: Sequence[dict[str, Any]]) -> Iterator[Line]:  # JSON of `ivr.call.ear_state`
    """Give a line for each ear that has learned something, or should; remarks below it."""
    for ear in ears:
        if ear["words"] or ear.get("sentences"):
            yield _line(ear)
            yield from ((f"  {remark}", "yellow") for remark in ear["remarks"])


def shortened(names: Sequence[str]) -> str:
    """Give the first of many names."""
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _learned(ear: dict[str, Any]) -> Iterator[str]:  # as above
    if ear["words"]:
        yield f"{counted(len(ear['words']), 'word')} ({shortened(ear['words'])})"
    if ear.get("sentences"):
        yield counted(ear["sentences"], "new sentence")


def _line(ear: dict[str, Any]) -> Line:  # as above
    words = " and ".join(_learned(ear))
    at = datetime.fromisoformat(ear["since"]).astimezone().strftime("%H:%M:%S")
    who, seconds = f"The ear ({ear['language']})", f"{ear['seconds']:.0f} s"
    match ear["step"]:
        case "learning":
            soon = f"Since {at}, takes about {seconds}; calls have the former ear until then."
            return f"{who} is learning {words}. {soon}", "yellow"
        case "failed":
            former = "Calls have the former ear; it is tried again."
            return f"{who} could not learn {words} at {at}: {ear['problem']} {former}", "red"
        case _:
            return f"{who} has learned {words} in {seconds}; new calls have it since {at}.", "green"
