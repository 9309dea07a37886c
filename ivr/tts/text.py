"""From a prompt's text to sentences an engine can speak. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from ivr.domain import Language
from ivr.tts.reading import read_aloud

_LONGEST_SENTENCE: Final = 180
"""Characters; longer ones are cut at a comma or blank, so that calls take fair turns."""
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), 0xFF0E, 0xFF05)}
"""Full-width digits, point and percent sign, as Mandarin keyboards write them."""
_MARKUP: Final = dict.fromkeys(map(ord, "[]{}<>|\\^~_`"), " ")
"""Signs that mean something to an engine ("[[" opens phonemes) and nothing to a caller."""
_SENTENCE_END: Final = re.compile(r"(?<=[。！？!?；;])|(?<=\.)\s+|\n+")
_SPEAKABLE: Final = re.compile(r"[^\W_]")


def sentences(text: str, language: Language) -> tuple[str, ...]:
    """Give the text as sentences of at most 180 characters, numbers written out.

    Empty when nothing in it can be spoken (only blanks, signs, emoji).
    """
    spoken = read_aloud(clean(text), language)
    parts = (part.strip() for part in _SENTENCE_END.split(spoken))
    return tuple(piece for part in parts for piece in _shortened(part) if _SPEAKABLE.search(piece))


def clean(text: str) -> str:
    """Drop what has no sound: control characters, emoji, halves of characters, markup."""
    narrow = text.translate(_FULL_WIDTH).translate(_MARKUP)
    kept = "".join(_kept(character) for character in narrow)
    return re.sub(r"[^\S\n]+", " ", kept).strip()


def _kept(character: str) -> str:
    if character == "\n":
        return character
    category = unicodedata.category(character)
    if category[0] in "LNP" or category in {"Sc", "Sm"}:
        return character
    is_accent = category == "Mn" and not 0xFE00 <= ord(character) <= 0xFE0F
    return character if is_accent else " "


def _shortened(sentence: str) -> Iterator[str]:
    while len(sentence) > _LONGEST_SENTENCE:
        cut = _best_cut(sentence)
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    yield sentence


def _best_cut(sentence: str) -> int:
    head = sentence[:_LONGEST_SENTENCE]
    for signs in ("，,、：:", " "):
        last = max(head.rfind(sign) for sign in signs)
        if last > _LONGEST_SENTENCE // 3:
            return last + 1
    return _LONGEST_SENTENCE
