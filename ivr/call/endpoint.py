"""How long a silence ends what the caller says: by what was asked and what was heard, pure.

One pause for all is wrong twice: it makes a caller who said "yes" wait, and cuts off one who
thinks in the middle of a number. So the ear's words so far are judged. A complete answer to a
closed question ends almost at once. What plainly goes on ("it's about my", 我想, half a number)
may go on after a long pause. Everything else, free speech above all, ends after the pause of the
settings. The words come late and change: the judgement is made anew whenever they do, and a
pause that is already longer than the new judgement allows ends at once.

Callers do not always answer what was asked. Who says a sentence to a question for a number, or
behind a "no", speaks freely: the pause for a number would keep them waiting, that for a "yes"
would cut them off, so it ends as free speech does (`heard_as`).
"""

import re
from dataclasses import replace
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from ivr.asr.grammars import CHOICES, YES_NO
from ivr.asr.number_grammars import DIGITS
from ivr.call.completeness import SoundsUnfinished, never
from ivr.domain import Expect, Language, Listening

COMPLETE_S: Final = 0.25
"""Above the gaps inside a short answer (79 shipped callers' lines: 95 % below 0.18 s in English,
0.08 s in Mandarin; November 2026), and cheap where it is wrong, since a caller who talks on is
still heard and the answer in preparation dropped."""
UNFINISHED_S: Final = 1.8
"""Pause to think behind words that something must follow. Pauses of spontaneous speech have a mode
of their own above 1 s (E. Campione, J. Véronis, 2002, as cited in `tempo.py`), and nobody ends in
the middle of a phrase: waiting too long costs only who was heard wrongly. At 1.2 s, pauses of
1.2 s were cut off (3 of 4, bench of conversations, November 2026)."""
MAYBE_UNFINISHED_S: Final = 1.2
"""The same behind words that only sound unfinished: one whole sentence in fifty does."""


class Judgement(Enum):
    """What the words so far are, as an answer."""

    COMPLETE = auto()
    UNFINISHED = auto()
    MAYBE_UNFINISHED = auto()
    OPEN = auto()  # may be either


_GOES_ON: Final = {
    Language.ZH: (
        "的|和|跟|还有|以及|因为|所以|但是|可是|然后|如果|要是|关于|或者|那个|就是|我想|我要|我的|"
        "想问|想查|能不能|可不可以|是不是|有没有|嗯|呃|请问|帮我|给我"
    ),
    Language.EN: (
        "and|or|but|because|if|the|a|an|my|your|our|this|to|of|for|with|about|from|um|uh|er|"
        "i|i'm|it's|i want|i need|i would like|i'd like|can you|could you|can i|could i|"
        "when is|where is|what is|what's|how do|how much is"
    ),
}
"""Words that something follows, at the end of what was said."""
_ENDS: Final = {
    Language.ZH: "好的|是的|对的|行的|有的|要的|可以的|没问题的|不是的|没有的|告诉我",
    Language.EN: "what for|who is this|stop this|what about|thought about",
}
"""Ends that only look as if they went on."""
_OPENER_ZH: Final = re.compile(
    r"(?:你好|您好|请问|喂|我|想|要|问|查|办|一下|帮|给|那个|就是|嗯|呃|这个|你们|的)+"
)
"""Mandarin that has said nothing yet: 我想查一下, 那个就是."""
_GREETING_ZH: Final = re.compile(r"(?:你好|您好|喂)+")
_NOT_ALONE: Final = {"不", "没", "就是", "嗯", "要", "有", "我要", "我需要"}
"""Answers to a yes/no question that are as often the beginning of a longer one."""
_AFTER: Final[dict[tuple[Expect, Language], str]] = {
    (Expect.AMOUNT, Language.ZH): "点|零|负|第",
    (Expect.AMOUNT, Language.EN): "point|a half|minus|about|only",
    (Expect.DATE, Language.ZH): (
        "月|年|下|下下|上|下个|上个|这个|这|本|星期|礼拜|周|大|过|[一二三四五六七八九十两半]个|第"
    ),
    (Expect.DATE, Language.EN): (
        "january|february|march|april|may|june|july|august|september|october|november|december|"
        "next|last|on|in|end|day after|from|before"
    ),
}
"""Words of an amount or a day that something follows: half a number is no answer."""
_WHOLE: Final[dict[tuple[Expect, Language], re.Pattern[str]]] = {
    (Expect.AMOUNT, Language.ZH): re.compile(r".*[零一二三四五六七八九十百千万亿](?:块钱|元钱)"),
    (Expect.AMOUNT, Language.EN): re.compile(r".* cents"),
    (Expect.DATE, Language.ZH): re.compile(
        r".*月[一二三四五六七八九十]{1,3}[号日]|.*(?:星期|礼拜|周)[一二三四五六日天]|"
        r"(?:今|明|大后|昨)天|(?:下个)?月底|年底|.*天(?:以后|之后)"
    ),
    (Expect.DATE, Language.EN): re.compile(
        r"today|tomorrow|yesterday|the day after tomorrow|.* (?:ago|from now|from today)|"
        r"(?:this|next|last) [a-z]+day"
    ),
}
"""Amounts and days that nothing can be added to, as callers end them."""
_TIMES: Final = {"double": 2, "triple": 3}
_SENTENCE_WORDS: Final = 3
"""Words beyond the answer from which on it is a sentence: one or two are as often misheard."""


def pause_s(
    listening: Listening,
    partial: str,
    usual_s: float,
    sounds_unfinished: SoundsUnfinished = never,
) -> float:
    """Give the seconds of silence that end an utterance of these words so far."""
    match judge(listening, partial, sounds_unfinished):
        case Judgement.COMPLETE:
            return min(COMPLETE_S, usual_s)
        case Judgement.UNFINISHED:
            return max(UNFINISHED_S, usual_s)
        case Judgement.MAYBE_UNFINISHED:
            return max(MAYBE_UNFINISHED_S, usual_s)
        case Judgement.OPEN:
            return usual_s


def judge(
    listening: Listening, partial: str, sounds_unfinished: SoundsUnfinished = never
) -> Judgement:
    """Judge the ear's words so far as an answer to what was asked.

    `sounds_unfinished` is asked about free speech that the rules find nothing unfinished in.
    """
    text = _written(partial, listening.language)
    if not text:
        return Judgement.OPEN
    if listening.expect is Expect.DIGITS:
        return _judge_number(text.split(), listening)
    if _is_complete(text, listening):
        return Judgement.COMPLETE
    if _goes_on(text, listening):
        return Judgement.UNFINISHED
    is_free = listening.expect is Expect.FREE
    if is_free and sounds_unfinished(partial.replace("[unk]", ""), listening.language):
        return Judgement.MAYBE_UNFINISHED
    return Judgement.OPEN


def heard_as(listening: Listening, partial: str) -> Listening:
    """Give what the words so far have to be judged as: free speech where they answer nothing.

    A pause that a flow has set goes with its question, so it does not hold for free speech.
    """
    words = [word for word in partial.lower().split() if word != "[unk]"]
    if _answers(words, listening):
        return listening
    return replace(listening, expect=Expect.FREE, pause_s=None)


def _answers(words: list[str], listening: Listening) -> bool:
    match listening.expect:
        case Expect.DIGITS:
            known = DIGITS[listening.language].split()
            has_digit = any(word in known or set(word) <= set(known) for word in words)
            return has_digit or len(words) < _SENTENCE_WORDS
        case Expect.YES_NO | Expect.MENU:
            return len(words) - _answer_words(words, listening) < _SENTENCE_WORDS
        case _:
            return True


def _answer_words(words: list[str], listening: Listening) -> int:
    """Give how many words at the beginning are an answer to the closed question."""
    choices, language = _choices(listening), listening.language
    begun = [_written(" ".join(words[:count]), language) for count in range(len(words) + 1)]
    return max(count for count, text in enumerate(begun) if not count or text in choices)


@lru_cache(maxsize=64)
def _choices(listening: Listening) -> frozenset[str]:
    language = listening.language
    fixed = f"{YES_NO[language]}|{CHOICES[language]}".split("|")
    return frozenset(_written(phrase, language) for phrase in (*fixed, *listening.phrases))


def _judge_number(words: list[str], listening: Listening) -> Judgement:
    known = DIGITS[listening.language].split()
    if not all(word in known for word in words):
        return Judgement.OPEN
    if words[-1] in _TIMES:
        return Judgement.UNFINISHED
    wanted, count = listening.max_digits, 0
    for before, word in zip(["", *words], words, strict=False):
        count += 0 if word in _TIMES else _TIMES.get(before, 1)
    if wanted is None or count > wanted:
        return Judgement.OPEN
    return Judgement.COMPLETE if count == wanted else Judgement.UNFINISHED


def _is_complete(text: str, listening: Listening) -> bool:
    match listening.expect:
        case Expect.YES_NO:
            return text in YES_NO[listening.language].split("|") and text not in _NOT_ALONE
        case Expect.MENU:
            choices = {_written(phrase, listening.language) for phrase in listening.phrases}
            if any(choice != text and choice.startswith(text) for choice in choices):
                return False
            return text in choices or text in CHOICES[listening.language].split("|")
        case _:
            whole = _WHOLE.get((listening.expect, listening.language))
            return whole is not None and whole.fullmatch(text) is not None


def _goes_on(text: str, listening: Listening) -> bool:
    language = listening.language
    after = _AFTER.get((listening.expect, language))
    goes_on = f"{_GOES_ON[language]}|{after}" if after else _GOES_ON[language]
    if _has_end(text, _ENDS[language], language):
        return False
    if language is Language.ZH and _OPENER_ZH.fullmatch(text):
        return _GREETING_ZH.fullmatch(text) is None
    return _has_end(text, goes_on, language)


def _has_end(text: str, ends: str, language: Language) -> bool:
    start = "" if language is Language.ZH else r"(?:^|.*\s)"
    return re.search(rf"{start}(?:{ends})$", text) is not None


def _written(text: str, language: Language) -> str:
    """Mandarin without the ear's blanks, except that a number stays apart: 一 三 八."""
    words = [word for word in text.lower().split() if word != "[unk]"]
    if language is Language.EN:
        return " ".join(words)
    joined = "".join(words)
    is_number = all(sign in DIGITS[language] for sign in joined)
    return " ".join(joined) if is_number and len(joined) > 1 else joined
