"""Every error the product raises on purpose; the class says what the caller of the code can do.

    IvrError
    ├── ConfigError            a person must mend a file or a setting
    ├── EngineError            an engine (ear, mind, voice, guess, memory) failed this once
    │   ├── EngineTimeout      it did not answer within its deadline
    │   ├── EngineUnavailable  it cannot be reached, or its circuit breaker is open
    │   └── EngineRejected     it answered, and the answer is an error or makes no sense
    └── TelephonyError         something happened on the line
        ├── CallGone           the caller has hung up: stop, nothing is left to do
        └── AgentUnavailable   no agent took the call: back to the dialog

Adapters translate foreign exceptions at their edge and keep the cause (`raise … from`).
Messages say what happened, with which value, and what to try; they never hold a caller's
number, words or digits, because messages end up in logs.
"""

from dataclasses import dataclass
from pathlib import Path


class IvrError(Exception):
    """Root of the tree; catch it only at the border of a call or of a command."""


@dataclass(frozen=True)
class Place:
    """Where in a file a person has to look."""

    file: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [str(self.file), self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


class ConfigError(IvrError):
    """A file or a setting is wrong. `str()` reads `file:line: what is wrong. remedy`."""

    def __init__(self, problem: str, remedy: str = "", place: Place | None = None) -> None:
        self.problem, self.remedy, self.place = problem, remedy, place
        where = f"{place}: " if place else ""
        super().__init__(f"{where}{problem}" + (f" {remedy}" if remedy else ""))


class EngineError(IvrError):
    """An engine failed this once; the caller hears an apology, the second time a person."""

    def __init__(self, engine: str, problem: str) -> None:
        self.engine, self.problem = engine, problem
        super().__init__(f"{engine}: {problem}")


class EngineTimeout(EngineError):
    """The engine did not answer within its deadline."""


class EngineUnavailable(EngineError):
    """The engine cannot be reached, or its circuit breaker is open."""


class EngineRejected(EngineError):
    """The engine answered with an error or with something that makes no sense."""


class TelephonyError(IvrError):
    """Something happened on the line."""


class CallGone(TelephonyError):
    """The caller has hung up; whoever holds the call stops."""


class AgentUnavailable(TelephonyError):
    """No agent took the call.

    `reason` is one of busy, no_answer, declined, unreachable, nobody_on_duty.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"no agent took the call: {reason}")
