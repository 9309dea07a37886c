"""What is known of the caller's room, and when to tell them that it is too loud: pure."""

from dataclasses import replace
from typing import Final

from ivr.audio.speech import Heard
from ivr.domain import CallerInput, Happening, Reply, Then, Utterance

_NOT_UNDERSTOOD: Final = ("", "nlu_fallback")


class Room:
    """One call's room; advises once."""

    def __init__(self) -> None:
        self.is_noisy = False
        """Whether voices in the room come near the caller's."""
        self.has_risen: bool | None = None
        """Whether it is louder than the voices in the room; None without any."""
        self._has_advised = False

    def hear(self, heard: Heard) -> None:
        """Take what 20 ms told of it."""
        self.is_noisy, self.has_risen = heard.is_noisy, heard.has_risen

    def advised(self, reply: Reply, said: CallerInput) -> Reply:
        """Give an answer to nothing understood with the advice before it, the first time.

        The second failure in a row is the dialog's, which offers a person.
        """
        if self._has_advised or not self.is_noisy or reply.then is not Then.LISTEN:
            return reply
        if reply.in_noise is None or not _was_nothing(reply, said):
            return reply
        self._has_advised = True
        return replace(reply, prompts=(reply.in_noise, *reply.prompts))


def _was_nothing(reply: Reply, said: CallerInput) -> bool:
    if isinstance(said, Utterance):
        return reply.intent in _NOT_UNDERSTOOD
    return said in (Happening.SILENCE, Happening.UNHEARD)
