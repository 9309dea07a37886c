"""The mind: what to say next."""

from typing import Protocol

from ivr.domain import CallerInput, CallInfo, Opening, Reach, Reply

HEARD = Reach()
"""The whole reply was heard."""


class Dialog(Protocol):
    """Holds one conversation per call id."""

    async def open(self, info: CallInfo, opening: Opening) -> Reply:
        """Begin the conversation and give the greeting. Raises EngineError."""
        ...

    async def reply(
        self, call_id: str, turn: int, said: CallerInput, reach: Reach = HEARD
    ) -> Reply:
        """Answer one input of the caller, who had heard so much of the reply before.

        `turn` counts the caller's turns from 1. The same number again means that the caller
        talked on: the new input replaces the earlier one and what it caused. Raises EngineError.
        """
        ...

    async def close(self, call_id: str) -> None:
        """Forget the conversation; never raises."""
        ...

    async def is_healthy(self) -> bool:
        """Whether it could answer right now."""
        ...
