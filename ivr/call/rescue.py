"""What to do when an engine fails: pure decisions.

The first failure costs the caller one apology and a repetition; the second in a row leads to a
person. What is said then are recordings that ship with the product, because the voice may be
the thing that broke.
"""

from ivr.domain import HandOver, Language, Listening, Prompt, Reply, Then

APOLOGY = {
    Language.ZH: "对不起，系统刚才出了点问题，请您再说一遍。",
    Language.EN: "Sorry, something went wrong. Please say that again.",
}
TO_A_PERSON = {
    Language.ZH: "对不起，系统出了问题，现在为您转接人工。",
    Language.EN: "Sorry, something went wrong here. I am putting you through to a person.",
}
NOBODY_FREE = {
    Language.ZH: "对不起，现在没有空闲的客服，请您稍后再打来。再见。",
    Language.EN: "Sorry, nobody is free right now. Please call again later. Goodbye.",
}


def apologise(language: Language) -> Reply:
    """Give the sentence after a first failure."""
    prompt = Prompt(APOLOGY[language], language, recording="sorry_again")
    return Reply((prompt,), Listening(language), intent="engine_failed")


def to_a_person(language: Language) -> Prompt:
    """Give the sentence before a caller is put through because we broke."""
    return Prompt(TO_A_PERSON[language], language, may_interrupt=False, recording="to_a_person")


def nobody_free(language: Language) -> Prompt:
    """Give the sentence when not even a person can help."""
    return Prompt(NOBODY_FREE[language], language, may_interrupt=False, recording="nobody_free")


def farewell(prompt: Prompt) -> Reply:
    """End the call with one sentence."""
    return Reply((prompt,), Listening(prompt.language), Then.HANG_UP, intent="engine_failed")


def hand_over(queue: str, question: str) -> HandOver:
    """Tell the agent that the machine failed, not the caller."""
    brief = ("The hotline had a technical fault.", f"Topic so far: {question or 'unknown'}")
    return HandOver(queue, reason="engine_failed", brief=brief)


class Patience:
    """Counts failures in a row; a good turn forgives them all."""

    def __init__(self, allowed: int = 1) -> None:
        self._allowed, self._failures = allowed, 0

    def failed(self) -> bool:
        """Note a failure; gives whether one more apology is in order."""
        self._failures += 1
        return self._failures <= self._allowed

    def succeeded(self) -> None:
        """Note a good turn."""
        self._failures = 0
