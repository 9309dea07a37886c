"""The ear: caller's audio in, words out."""

from typing import Protocol

from ivr.domain import Listening, Utterance


class Ear(Protocol):
    """Listens to one utterance. Not shared between calls."""

    def feed(self, pcm: bytes) -> None:
        """Take audio (s16le, 8 kHz, any length) without waiting; work happens elsewhere."""
        ...

    @property
    def partial(self) -> str:
        """The words so far, possibly empty, possibly to change."""
        ...

    async def finish(self) -> Utterance:
        """End the utterance and give the words; empty text when nothing was understood.

        Raises EngineTimeout or EngineUnavailable: an empty text is never a failure.
        """
        ...

    def drop(self) -> None:
        """Forget what was heard; frees the ear's worker. Harmless after `finish`."""
        ...


class Recognizer(Protocol):
    """Makes ears. Shared by all calls."""

    def listen(self, listening: Listening) -> Ear:
        """Open an ear for an answer of the expected kind. Raises EngineUnavailable."""
        ...

    async def is_healthy(self) -> bool:
        """Whether it could listen right now."""
        ...
