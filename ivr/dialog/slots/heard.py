"""A caller's sentence in a plain form, and a way back from it to the sentence as it came.

Ears write in their own ways: blanks between Mandarin words or none, figures or words, capitals,
punctuation, wide or formal numerals. The parsers read one form: lower case, no punctuation,
Mandarin without blanks, English with one blank between words.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

from ivr.domain import Language

MAX_SIGNS: Final = 1000
"""Longer texts hold no value: two minutes of speech are a story, not an answer."""

# One sign for one sign: the way back needs every place to stay what it was.
_PLAIN: Final = str.maketrans(
    "０１２３４５６７８９〇○壹贰叁肆伍陆柒捌玖拾佰仟萬億兩點塊號週後來個分¥￥’",
    "0123456789零零一二三四五六七八九十百千万亿两点块号周后来个分¥¥'",
)
_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_HYPHEN: Final = re.compile(r"(?<=[a-z])-(?=[a-z])")
"""Between words: thirty-five is thirty five; between figures it may be part of a day."""
# Every alternative begins with another kind of sign, so nothing is tried twice.
_TOKEN: Final = re.compile(
    r"[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?|[a-z]+(?:'[a-z]+)*|[^\W\d_]|[-¥$%/]"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence as the parsers read it.

    `words` are English words, Mandarin signs or figures; `text` joins them, `language` deciding
    how; `span` leads from places in `text` to places in the sentence as it came.
    """

    language: Language
    words: tuple[str, ...] = field(repr=False)
    text: str = field(repr=False)
    _begins: tuple[int, ...] = field(repr=False)
    _places: tuple[tuple[int, int], ...] = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the sentence as it came; it must not be empty."""
        first = bisect_right(self._begins, start) - 1
        last = bisect_right(self._begins, end - 1) - 1
        return self._places[first][0], self._places[last][1]

    def place(self, first: int, behind: int) -> tuple[int, int]:
        """Where the words from `first` to before `behind` stand in `text`."""
        return self._begins[first], self._begins[behind - 1] + len(self.words[behind - 1])


def heard(text: str, language: Language) -> Heard:
    """Read a sentence; one that is too long holds no words."""
    if len(text) > MAX_SIGNS:
        text = ""
    plain = _HYPHEN.sub(" ", text.translate(_LOWER).translate(_PLAIN))
    found = list(_TOKEN.finditer(plain))
    words = tuple(match.group().replace(",", "") for match in found)
    begins: list[int] = []
    text = ""
    for before, word in zip(("", *words), words, strict=False):
        text += _gap(before, word, language)
        begins.append(len(text))
        text += word
    return Heard(language, words, text, tuple(begins), tuple(match.span() for match in found))


def _gap(before: str, word: str, language: Language) -> str:
    """A blank between words; in Mandarin only between figures: 500 600 is not 500600."""
    if not before:
        return ""
    if language is Language.EN:
        return " "
    are_figures = before[-1].isdigit() and word[0].isdigit()
    return " " if are_figures and len(before) + len(word) > 2 else ""


def listed(words: str) -> tuple[str, ...]:
    """The words of a list as it can be proofread: with bars between phrases, or with blanks."""
    return tuple(words.split("|" if "|" in words else None))
