"""Log lines for whoever sits at the terminal: a sentence each instead of JSON."""

import json
from io import StringIO
from typing import Final

from rich.console import Console

_MACHINES_OWN: Final = frozenset({"event", "level", "timestamp", "module", "exception"})


class ShownLog(StringIO):
    """Where log lines are written to be shown: `log.configure("ERROR", ShownLog(console))`."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def write(self, text: str) -> int:
        """Show the lines of a text; what is no JSON is shown as it stands."""
        for line in filter(str.strip, text.splitlines()):
            self._console.print(
                f"          {as_sentence(line)}", style="red", markup=False, soft_wrap=True
            )
        return len(text)


def as_sentence(line: str) -> str:
    """Give a log line as it is read: "lookup failed (lookup http, why refused)". Pure."""
    try:
        fields = json.loads(line)
        event = fields["event"]
    except (ValueError, LookupError, TypeError):
        return line
    told = [f"{name} {value}" for name, value in fields.items() if name not in _MACHINES_OWN]
    return f"{event} ({', '.join(told)})" if told else str(event)
