"""What a speech engine promises inside its worker process."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Sink = Callable[[NDArray[np.int16]], bool]
"""Takes samples; False means that nobody listens any more and the engine should stop."""


class VoiceRejectedError(Exception):
    """The engine runs but cannot speak this order: unknown voice, damaged voice file."""


class EngineBrokenError(Exception):
    """The engine cannot speak at all; the message says what is missing and the remedy."""


class Engine(Protocol):
    """A speech engine inside its worker."""

    version: str
    """Changes when the same text would sound different."""
    gain: float
    """Factor that brings the engine's level to that of the others."""

    def rate_hz(self, voice: str) -> int:
        """Give the sample rate of a voice. Raises VoiceRejectedError."""
        ...

    def speak(self, sentence: str, voice: str, words_per_minute: int, sink: Sink) -> None:
        """Speak into the sink, piece by piece. Raises VoiceRejectedError."""
        ...
