"""Kept calls as conversations that can be held again with any version of the flows.

Numbers are kept of no call: of keys only how many they were, of spoken numbers only what they
seemed to be. Those of a customer of the example lender stand for them, so that a caller who proved
who they are is believed again and the rest of the call is heard as well. What is shown is always
the text that was kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.dialog.conversations import CallerTurn, Conversation, ConversationTest
from ivr.domain import Happening, Language, Opening
from ivr.errors import Place

MOST_TURNS: Final = 60
"""Caller's turns of one kept call that are looked at."""
_NUMBER: Final = "7001"
_CARD: Final = "6688"
_CODE: Final = "246810"
"""Who pays in time, in `facts_demo`."""
_PHONE: Final = "13800138000"

_KEYS: Final = re.compile(r"\[(?:(\d{1,2}) keys|([0-9*#]))\]")
_SPOKEN: Final = re.compile(r"\[(card|phone|id|code)\]")
"""What stands in a kept text for a number, see `ivr.store.redaction`."""
_HAPPENED: Final = {f"[{happening.value}]": happening for happening in Happening}
_DIGITS: Final = {
    Language.EN: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    Language.ZH: list("零一二三四五六七八九"),
}


@dataclass(frozen=True)
class Transcript:
    """A kept call: the conversation, and each turn of its caller as it is kept."""

    call_id: str
    test: ConversationTest
    said: tuple[str, ...]
    numbers: tuple[int, ...]
    """The number that each of these turns has in the call's record."""


def transcript(
    call_id: str,
    language: Language,
    said: Iterable[tuple[int, str]],
    opening: Opening | None = None,
    *,
    is_known: bool = False,
) -> Transcript | None:
    """Give a kept call as a conversation that demands nothing; None where no words are kept.

    `said` are the numbers and texts of the caller's turns, `opening` how the call was greeted,
    `is_known` whether its number was known.
    """
    kept = [(number, text) for number, text in said if text.strip()][:MOST_TURNS]
    secrets = _Secrets(language, is_known=is_known)
    turns = tuple(secrets.turn(text) for _, text in kept)
    if not any(turn.caller for turn in turns):
        return None
    opening = opening or Opening()
    place = Place(Path(call_id))
    conversation = Conversation(
        name=f"call {call_id}",
        language=language,
        from_number=_NUMBER if is_known else "",
        opening=opening.kind,
        offered=opening.questions,
        turns=turns,
    )
    test = ConversationTest(conversation, language, place, (place,) * len(turns))
    numbers = tuple(number for number, _ in kept)
    return Transcript(call_id, test, tuple(text for _, text in kept), numbers)


class _Secrets:
    """Puts numbers where a call's record has none."""

    def __init__(self, language: Language, *, is_known: bool) -> None:
        self._language = language
        # Whoever calls from an unknown number says the card first, and then the code.
        self._asked = [_CARD] if is_known else [_CARD, _CODE]

    def turn(self, text: str) -> CallerTurn:
        """Give what the caller did, by the text that the journal kept of it."""
        if text in _HAPPENED:
            return CallerTurn(happens=_HAPPENED[text])
        if keys := _KEYS.fullmatch(text):
            return CallerTurn(presses=keys[2] or self._pressed(max(1, min(int(keys[1]), 40))))
        return CallerTurn(caller=_SPOKEN.sub(self._spoken, text))

    def _pressed(self, count: int) -> str:
        return next((each for each in (_CARD, _CODE) if len(each) == count), "1" * count)

    def _spoken(self, found: re.Match[str]) -> str:
        digits = _PHONE
        if found[1] == "code":
            digits = self._asked[0]
            self._asked = self._asked[1:] or self._asked
        return " ".join(_DIGITS[self._language][int(digit)] for digit in digits)
