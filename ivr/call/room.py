"""What to tell a caller whose room is too loud to understand them: pure, one per call."""

from dataclasses import replace
from typing import Final

from ivr.domain import CallerInput, Happening, Language, Prompt, Reply, Then, Utterance

ADVICE: Final = {
    Language.ZH: "您那边有点吵，请靠近话筒说，或者按零转人工。",
    Language.EN: (
        "It is noisy where you are. Please speak closer to the phone, or press zero for a person."
    ),
}
_NOT_UNDERSTOOD: Final = ("", "nlu_fallback")


class Room:
    """Knows whether voices in the room come near the caller's, and advises once."""

    def __init__(self) -> None:
        self.is_noisy = False
        self._has_advised = False

    def advised(self, reply: Reply, said: CallerInput) -> Reply:
        """Give an answer to nothing understood with the advice before it, the first time.

        The second failure in a row is the dialog's, which offers a person. The advice cannot be
        interrupted, or the noise that it is about would cut it.
        """
        if self._has_advised or not self.is_noisy or reply.then is not Then.LISTEN:
            return reply
        if not _was_nothing(reply, said):
            return reply
        self._has_advised = True
        language = reply.listening.language
        advice = Prompt(ADVICE[language], language, may_interrupt=False)
        return replace(reply, prompts=(advice, *reply.prompts))


def _was_nothing(reply: Reply, said: CallerInput) -> bool:
    if isinstance(said, Utterance):
        return reply.intent in _NOT_UNDERSTOOD
    return said in (Happening.SILENCE, Happening.UNHEARD)
