"""What of some prompts has not been heard yet: pure, from their lengths and the time heard.

A voice that was stopped for nothing goes on from the start of the sentence that was cut: half a
sentence is hard to follow, and hearing a few words twice costs less than missing one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ivr.domain import Language, Prompt

BREATH_S: Final = 0.24
"""Silence between two prompts: voices end in 60 ms, and sentences would run together."""
_ECHO_S: Final = 1.2
"""How long a word of ours may take to come back as a word of the ear: the line's delay (0.25 s on
the longest) and the ear's, which knows a word only some tenths of a second after its end."""
_LAST_SOUND_S: Final = 0.1
_CHARACTERS_A_SECOND: Final = {Language.ZH: 5.0, Language.EN: 15.0}
_SENTENCE_END: Final = re.compile(r"(?:[。！？；!?;]|\.(?=\s))[。！？；!?;.\s]*")


@dataclass(slots=True)
class Spoken:
    """A prompt that has been handed to the line, so far `length_s` of it."""

    prompt: Prompt
    length_s: float = 0.0
    is_whole: bool = False

    @property
    def breath_s(self) -> float:
        """The silence behind it."""
        return BREATH_S if self.length_s else 0.0

    def share_at(self, heard_s: float) -> float:
        """Which share of the text, 0 to 1, has been heard after so many seconds of it."""
        length_s = self.length_s
        if not self.is_whole:
            text_s = len(self.prompt.text) / _CHARACTERS_A_SECOND[self.prompt.language]
            length_s = max(length_s, text_s / self.prompt.speed)
        return min(1.0, max(0.0, heard_s / length_s)) if length_s else 0.0


def unheard(
    prompts: Sequence[Prompt], spoken: Sequence[Spoken], heard_s: float
) -> tuple[Prompt, ...]:
    """Give what is left of prompts said in a row after `heard_s` seconds of them."""
    number, into_s = cut_at(spoken, heard_s)
    if number == len(spoken):
        return tuple(prompts[number:])
    cut = spoken[number]
    return (_from_the_sentence_at(cut.prompt, cut.share_at(into_s)), *prompts[number + 1 :])


def cut_at(spoken: Sequence[Spoken], heard_s: float) -> tuple[int, float]:
    """Give the number of the first prompt not heard to its end, and the seconds of it heard."""
    start_s = 0.0
    for number, one in enumerate(spoken):
        end_s = start_s + one.length_s
        if not one.is_whole or heard_s < end_s - _LAST_SOUND_S:
            return number, max(0.0, heard_s - start_s)
        start_s = end_s + one.breath_s
    return len(spoken), 0.0


def said_lately(spoken: Sequence[Spoken], heard_s: float, sound_s: float) -> str:
    """Give the words of ours that may be, as an echo, in a sound of the caller's of that length."""
    start_s, texts = 0.0, list[str]()
    for one in spoken:
        since = one.share_at(heard_s - sound_s - _ECHO_S - start_s)
        until = one.share_at(heard_s - start_s)
        texts.append(_whole_words(one.prompt.text, since, until))
        start_s += one.length_s + one.breath_s
    return " ".join(texts).strip()


def _whole_words(text: str, since: float, until: float) -> str:
    if since >= until:
        return ""
    first, last = int(since * len(text)), round(until * len(text))
    while first > 0 and text[first - 1].isascii() and text[first - 1].isalnum():
        first -= 1
    while last < len(text) and text[last].isascii() and text[last].isalnum():
        last += 1
    return text[first:last]


def _from_the_sentence_at(prompt: Prompt, share: float) -> Prompt:
    """A recording cannot be cut by its text, so it begins anew.

    It was cut, so its protected beginning has been heard and need not be protected again.
    """
    prompt = replace(prompt, interruptible_after_s=0.0)
    if prompt.recording:
        return prompt
    cut = share * len(prompt.text)
    starts = [found.end() for found in _SENTENCE_END.finditer(prompt.text)]
    start = max((at for at in starts if at <= min(cut, len(prompt.text) - 1)), default=0)
    return replace(prompt, text=prompt.text[start:])
