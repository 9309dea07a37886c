"""Callers who ask us to wait while they look for what was asked: no wrong answer, and no question.

Only a sentence that says nothing else counts; "wait, two zero two …" is an answer.
"""

import re
from typing import Final

from ivr.domain import Language

_BEFORE_EN: Final = r"(?:(?:uh|um|oh|ok|okay|yes|yeah|sorry|well|please|can you|could you|just) )*"
_WAIT_EN: Final = (
    r"(?:wait|hold on|hang on|bear with me|(?:one|a|just a) (?:moment|second|sec|minute)|"
    r"(?:give me|i need) (?:a|one|some) (?:moment|second|sec|minute|time)|"
    r"(?:let me|i have to|i need to|i'll|i'm going to) "
    r"(?:look|see|check|think|search|find|get|fetch)(?: (?:for|at|it|that|this|up|about|out|first|"
    r"(?:my|the) [a-z]+(?: [a-z]+)?))*)"
)
_AFTER_EN: Final = r"(?: (?:a|one|moment|second|sec|minute|bit|please|thanks|there|for|me))*"
_BEFORE_ZH: Final = "(?:嗯|呃|哦|啊|好的?|行|那个?|你|您|请|麻烦|先|让我)*"
_WAIT_ZH: Final = (
    "(?:(?:稍|等)+我?一?(?:等|下|会儿?|片刻)?|别挂|不要挂|"
    "(?:让?我)?[先去]?(?:(?:找|看|想|查|翻|拿)(?:一?[找看想查翻下]下?)+))+"
)
_AFTER_ZH: Final = "(?:啊|吧|哈|呀|哦|呢|好吗|谢谢|可以吗)*"
_PATTERN: Final = {
    Language.ZH: re.compile(_BEFORE_ZH + _WAIT_ZH + _AFTER_ZH),
    Language.EN: re.compile(f"{_BEFORE_EN}{_WAIT_EN}(?: {_WAIT_EN})*{_AFTER_EN}"),
}
_SIGNS: Final = re.compile(r"[^\w']+")
_LONGEST: Final = 60
"""Letters; whoever says more says something else, too."""


def asks_to_wait(text: str, language: Language) -> bool:
    """Whether the caller asks for time and says nothing else."""
    words = _SIGNS.sub(" ", text.lower()).split()
    plain = ("" if language is Language.ZH else " ").join(words)
    return len(plain) <= _LONGEST and _PATTERN[language].fullmatch(plain) is not None
