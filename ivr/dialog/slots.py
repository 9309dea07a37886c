"""What callers say, or press, when they are asked for something: text in, value out.

Values are texts in a plain form: digits, ISO dates, decimal amounts, `yes` and `no`.
"""

from ivr.dialog.flows import Slot, SlotType
from ivr.domain import Language

MAX_DIGITS = 32

_EN_DIGITS = {
    word: str(digit)
    for digit, words in enumerate(
        (
            "zero oh o owe",
            "one",
            "two to too",
            "three",
            "four for",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
        )
    )
    for word in words.split()
}
_ZH_DIGITS = dict(zip("零一二三四五六七八九幺两〇", "0123456789120", strict=True))
_TIMES = {"double": 2, "triple": 3}


def value_of_words(slot: Slot, text: str, language: Language) -> str | None:
    """The value in the caller's words, or None if they hold none."""
    if slot.type is SlotType.DIGITS:
        return _fitting(slot, spoken_digits(text, language))
    if slot.type is SlotType.TEXT:
        return text.strip() or None
    return None


def value_of_keys(slot: Slot, digits: str) -> str | None:
    """The value in a keypad entry, or None if it does not fit."""
    if not slot.keypad or not digits.isdecimal():
        return None
    return _fitting(slot, digits)


def spoken_digits(text: str, language: Language) -> str:
    """The digits in "one two double three", "幺 二 三"; empty if there are none.

    Other words around them are ignored ("the number is …").
    """
    if language is Language.ZH:
        signs = (_ZH_DIGITS.get(sign, sign) for sign in text)
        return "".join(sign for sign in signs if sign.isascii() and sign.isdecimal())
    digits, times = "", 1
    for word in text.lower().split():
        if word in _TIMES:
            times = _TIMES[word]
            continue
        digit = _EN_DIGITS.get(word, word if word.isdecimal() else "")
        digits, times = digits + digit * times, 1
    return digits


def _fitting(slot: Slot, digits: str) -> str | None:
    if slot.length is not None:
        return digits if len(digits) == slot.length else None
    return digits if 0 < len(digits) <= MAX_DIGITS else None
