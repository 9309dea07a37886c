"""Digit strings in a sentence: 幺三八, "double one two oh", "twenty three", 三个八, "two hundred".

Callers group as they like; what counts is the figures that come out in a row. Words around them
("the number is …", 尾号是 …) and short ones between them are passed over.
"""

import re
from collections.abc import Sequence
from typing import Final

from ivr.dialog.slots import numbers_en, numbers_zh
from ivr.dialog.slots.heard import Heard, heard, listed
from ivr.dialog.slots.match import Match, after_correction
from ivr.domain import Language

MAX_DIGITS: Final = 32
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_PLURALS: Final = {
    **{f"{word}s": str(at) for word, at in numbers_en.ONES.items()},
    "zeroes": "0",
    "ohs": "0",
    "sixes": "6",
}
_HOMOPHONES: Final = {"to": "2", "too": "2", "for": "4", "ate": "8", "won": "1", "owe": "0"}
"""Heard for digits; they are digits only next to one, for "for" is a word of many sentences."""
_ZEROS: Final = ("oh", "o")
_BETWEEN: Final = {
    Language.EN: frozenset(listed("uh um er mm and then dash hyphen space again - /")),
    Language.ZH: frozenset(listed("嗯 呃 啊 额 那 然后 再 杠 空格 - /")),
}
"""What stands between the digits of one number without ending it."""


def digits_in(sentence: Heard) -> list[Match]:
    """All digit strings of a sentence, in their order."""
    pieces = _mandarin(sentence) if sentence.language is Language.ZH else _english(sentence)
    joined: list[Match] = []
    for piece in pieces:
        between = sentence.text[joined[-1].end : piece.start].strip() if joined else ""
        # Two words of padding at most: more is a sentence, and another number behind it.
        if joined and (not between or _is_padding(between, sentence.language)):
            last = joined.pop()
            joined.append(Match(last.value + piece.value, last.start, piece.end))
        else:
            joined.append(piece)
    return [match for match in joined if len(match.value) <= MAX_DIGITS]


def _is_padding(between: str, language: Language) -> bool:
    known = _BETWEEN[language]
    return between in known or (language is Language.EN and set(between.split()) <= known)


def digit_string(sentence: Heard, length: int | None) -> Match | None:
    """The digit string that counts: of the wanted length, the last one; else the longest.

    Digits that only fit together, in pieces with other words between, count together.
    """
    matches = after_correction(sentence, digits_in(sentence))
    if not matches:
        return None
    if length is None:
        return max(matches, key=lambda match: (len(match.value), match.start))
    fitting = [match for match in matches if len(match.value) == length]
    return fitting[-1] if fitting else _together(matches, length)


def spoken_digits(text: str, language: Language) -> str:
    """All digits of a sentence, one behind the other; empty if there are none."""
    return "".join(match.value for match in digits_in(heard(text, language)))


def _together(matches: Sequence[Match], length: int) -> Match | None:
    value = "".join(match.value for match in matches)
    return Match(value, matches[0].start, matches[-1].end) if len(value) == length else None


# --- Mandarin ----------------------------------------------------------------------------

_PIECE_ZH: Final = re.compile(
    r"(?P<count>[一两二三四五六])个(?P<of>[零一二三四五六七八九])"
    r"|(?P<run>(?:[零一二三四五六七八九幺两洞拐勾十百千万0-9](?!个[零一二三四五六七八九]))+)"
    r"(?P<point>\.[0-9]+)?"
)
_RADIO: Final = {"洞": "0", "拐": "7", "勾": "9"}
"""As soldiers, drivers and many others say digits on the telephone; 幺 everybody says."""
_HAS_UNIT: Final = re.compile("[十百千万]")


def _mandarin(sentence: Heard) -> list[Match]:
    pieces = []
    for match in _PIECE_ZH.finditer(sentence.text):
        value = _figures(match["run"]) if match["run"] else _repeated(match)
        if value and not match["point"]:
            pieces.append(Match(value, *match.span()))
    return pieces


def _repeated(match: re.Match[str]) -> str:
    return str(numbers_zh.DIGIT[match["of"]]) * numbers_zh.DIGIT[match["count"]]


def _figures(run: str) -> str:
    if _HAS_UNIT.search(run):
        value = numbers_zh.number(run)
        return str(int(value)) if value is not None else ""
    return "".join(_RADIO.get(sign) or str(numbers_zh.DIGIT.get(sign, sign)) for sign in run)


# --- English -----------------------------------------------------------------------------


def _english(sentence: Heard) -> list[Match]:
    pieces: list[Match] = []
    at = 0
    while at < len(sentence.words):
        is_running = bool(pieces) and pieces[-1].end + 1 == sentence.place(at, at + 1)[0]
        value, behind = _piece(sentence.words, at, is_running)
        if value:
            pieces.append(Match(value, *sentence.place(at, behind)))
        at = max(behind, at + 1)
    return pieces


def _piece(words: Sequence[str], at: int, is_running: bool) -> tuple[str, int]:
    """The digits that begin at a word, and where they end; empty if none do."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in _TIMES:
        digits, behind = _piece(words, at + 1, is_running=True) if following else ("", at)
        times = _TIMES[word] if len(digits) == 1 else 1
        return digits * times, behind if digits else at
    if word in numbers_en.ONES and following in _PLURALS:
        return _PLURALS[following] * numbers_en.ONES[word], at + 2
    if word in _HOMOPHONES:
        return (_HOMOPHONES[word], at + 1) if is_running else ("", at)
    if word in _ZEROS:
        return "0", at + 1
    return _number_at(words, at)


def _number_at(words: Sequence[str], at: int) -> tuple[str, int]:
    if words[at].isdecimal():
        return words[at], at + 1
    is_small = words[at] in numbers_en.ONES or words[at] in numbers_en.TEENS
    if not (is_small or words[at] in numbers_en.TENS):
        return "", at
    end = numbers_en.run_at(words, at)
    if any(word in numbers_en.SCALES for word in words[at:end]):
        value = numbers_en.number(words[at:end])
        if value is not None and value == int(value):
            return str(int(value)), end
    behind = at + 1
    has_ones = words[at] in numbers_en.TENS and behind < len(words)
    if has_ones and numbers_en.ONES.get(words[behind], 0) > 0:
        behind += 1
    groups = numbers_en.small_groups(words[at:behind]) or [""]
    return groups[0], behind
