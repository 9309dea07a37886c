"""The voice: words in, audio out."""

from collections.abc import AsyncIterator
from typing import Protocol

from ivr.domain import Prompt


class Synthesizer(Protocol):
    """Speaks prompts."""

    def say(self, prompt: Prompt) -> AsyncIterator[bytes]:
        """Give the prompt as PCM (s16le, 8 kHz) piece by piece, the first piece at once.

        Raises EngineTimeout, EngineUnavailable or EngineRejected.
        """
        ...

    async def is_healthy(self) -> bool:
        """Whether it could speak right now."""
        ...
