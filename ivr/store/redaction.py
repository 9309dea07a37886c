"""Numbers of cards, phones, ids and verification codes never reach the disk.

A text is cut into tokens, once, from left to right; digits that follow each other form a run,
whether they are written (6228, ６２２８), spoken in English ("six two two eight", "double two",
"oh", "twenty one") or in Mandarin (六二二八, 幺, 〇, 陆). Blanks, dashes, brackets and a few
hesitations do not end a run, any other word does. What a run may be is decided by its length
alone: check digits are no help, because one misheard digit breaks them and the rest would leak.

What is kept on purpose: amounts and dates that are marked as such ("8,000.50", "3500 元",
"2026 年", "March 15, 2026"), times (9:30), numbers with hundreds and thousands ("two hundred",
三千五百), and runs under four digits unless they are all that was said. When in doubt a number is
taken out: a transcript without a year is a smaller loss than a leaked card. The cost is linear
in the text, which is cut at LONGEST characters.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

LONGEST: Final = 20_000
"""Characters of one text that are kept; the longest utterance (30 s) has about 500."""

_SHORTEST_RUN: Final = 4  # a verification code has four digits or more
_SHORTEST_UTTERANCE: Final = 3  # an answer of nothing but digits may be part of a longer number
_LONGEST_HESITATION: Final = 3  # tokens between two digits that do not end a run

_MANDARIN: Final = frozenset("零〇一二两三四五六七八九幺洞拐勾壹贰叁肆伍陆柒捌玖")
_SEPARATORS: Final = frozenset("-‐‑‒–—−.·•_/\\,，、。;；()（）[]【】+＋#*'\"|~～")

_TOKEN: Final = re.compile(r"[A-Za-z]+|然后|那个|就是|横杠|空格|.", re.DOTALL)
_UNIT_AFTER: Final = re.compile(
    r"\s*(?:[元块年月日天期万%％]|(?:percent|yuan|dollars?|rmb|cny|usd|days?|months?|years?)\b)",
    re.IGNORECASE,
)
_CURRENCY_BEFORE: Final = re.compile(r"[¥￥$€£]\s?$")
# 8,000 · 12,345.60 · 1234.5, standing alone: no digit on either side.
_AMOUNT: Final = re.compile(
    r"(?<!\d)(?<!\d[\s,.\-])(?:\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,2})?|\d{1,7}\.\d{1,2})"
    r"(?![\s,.\-]{0,3}[\d零〇一二三四五六七八九幺])",
    re.ASCII,
)
# March 15, 2026 · 2026-03-15, standing alone as well.
_DATE: Final = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? "
    r"(?:19|20)\d{2}(?!\d)|(?<![\d-])(?:19|20)\d{2}-[01]\d-[0-3]\d(?![\d-])",
    re.ASCII | re.IGNORECASE,
)


class _Role(Enum):
    DIGIT = auto()
    INSIDE = auto()  # belongs to a run only between two of its digits
    SEPARATOR = auto()
    EX = auto()  # the last place of a citizen's id
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Sound:
    """What a word adds to a run of digits."""

    role: _Role
    digits: int = 0
    is_certain: bool = True  # "oh" and "double" alone are no number
    is_tens: bool = False
    is_written: bool = False  # a numeral, not a word


_OTHER: Final = _Sound(_Role.OTHER)
_SEPARATOR: Final = _Sound(_Role.SEPARATOR)
_ONE_DIGIT: Final = _Sound(_Role.DIGIT, 1)
_NUMERAL: Final = _Sound(_Role.DIGIT, 1, is_written=True)


def _all(words: str, sound: _Sound) -> dict[str, _Sound]:
    return dict.fromkeys(words.split(), sound)


_WORDS: Final = (
    _all("zero nought one two three four five six seven eight nine niner", _ONE_DIGIT)
    | _all("ones twos threes fours fives sixes sevens eights nines", _ONE_DIGIT)
    | _all("ten eleven twelve thirteen fourteen fifteen", _Sound(_Role.DIGIT, 2))
    | _all("sixteen seventeen eighteen nineteen", _Sound(_Role.DIGIT, 2))
    | _all("twenty thirty forty fifty", _Sound(_Role.DIGIT, 2, is_tens=True))
    | _all("sixty seventy eighty ninety", _Sound(_Role.DIGIT, 2, is_tens=True))
    | _all("oh o double", _Sound(_Role.DIGIT, 1, is_certain=False))
    | _all("triple treble", _Sound(_Role.DIGIT, 2, is_certain=False))
    # What an ear writes for two, four, eight, one and zero in the middle of a number.
    | _all("to too for ate won owe", _Sound(_Role.INSIDE, 1))
    | _all("uh um er erm and then dash hyphen space dot", _Sound(_Role.INSIDE))
    | _all("嗯 呃 啊 哦 额 然后 那个 就是 杠 横杠 空格", _Sound(_Role.INSIDE))
    | _all("x ex 叉", _Sound(_Role.EX))
    | dict.fromkeys(_MANDARIN, _ONE_DIGIT)
    | dict.fromkeys(_SEPARATORS, _SEPARATOR)
)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    sound: _Sound


@dataclass(slots=True)
class _Run:
    start: int
    end: int = 0
    digits: int = 0
    is_certain: bool = False
    ends_in_ex: bool = False
    _after_tens: bool = False
    _after_numeral: bool = False
    _waiting: int = 0
    _waiting_digits: int = 0

    def take(self, token: _Token) -> None:
        """Add a digit, and what stood between it and the one before."""
        sound = token.sound
        is_twenty_one = self._after_tens and sound.digits == 1
        self.digits += self._waiting_digits + (0 if is_twenty_one else sound.digits)
        self.end, self._after_tens = token.end, sound.is_tens
        self._after_numeral = sound.is_written
        self.is_certain |= sound.is_certain
        self._waiting = self._waiting_digits = 0

    def may_wait(self, token: _Token) -> bool:
        """Hold a hesitation back until it is clear that the run goes on.

        "six to eight" is likely 628, "6 to 8" is not: nobody misheard numerals.
        """
        if token.sound.digits and self._after_numeral:
            return False
        self._waiting += 1
        self._waiting_digits += token.sound.digits
        return self._waiting <= _LONGEST_HESITATION


def redact(text: str, kinds: frozenset[str]) -> str:
    """Replace numbers by `[card]`, `[phone]`, `[id]` or `[code]`, for the kinds given.

    A run that may be of several kinds is named by the first that is wanted; a run of no wanted
    kind stays.
    """
    if len(text) > LONGEST:
        text = text[:LONGEST]
    tokens = list(_tokens(text))
    kept = [match.span() for rule in (_AMOUNT, _DATE) for match in rule.finditer(text)]
    shortest = _SHORTEST_UTTERANCE if _is_only_digits(tokens) else _SHORTEST_RUN
    parts, done = [], 0
    for run in _runs(tokens):
        label = _label(run, kinds, shortest)
        if label and not _is_amount_or_date(run, text, kept):
            parts += [text[done : run.start], f"[{label}]"]
            done = run.end
    return "".join([*parts, text[done:]])


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(*match.span(), _sound_of(match.group().lower()))


def _sound_of(word: str) -> _Sound:
    known = _WORDS.get(word)
    if known or len(word) != 1:
        return known or _OTHER
    if unicodedata.digit(word, None) is not None:
        return _NUMERAL
    is_invisible = unicodedata.category(word) in ("Mn", "Me", "Cf", "Cc")
    return _SEPARATOR if word.isspace() or is_invisible else _OTHER


def _runs(tokens: list[_Token]) -> Iterator[_Run]:
    run: _Run | None = None
    for token in tokens:
        role = token.sound.role
        if role is _Role.DIGIT:
            run = run or _Run(token.start)
            run.take(token)
        elif run is None or role is _Role.SEPARATOR:
            continue
        elif role is not _Role.INSIDE or not run.may_wait(token):
            if role is _Role.EX and run.digits == 17:
                run.end, run.ends_in_ex = token.end, True
            yield run
            run = None
    if run:
        yield run


def _label(run: _Run, kinds: frozenset[str], shortest: int) -> str:
    """Name the run by its number of digits, "" when it is to be kept."""
    if not run.is_certain or run.digits < shortest:
        return ""
    count = run.digits
    possible = (
        ("id", count in (15, 18) or run.ends_in_ex),
        ("phone", 7 <= count <= 13),
        ("card", count >= 12),
        ("code", count <= 8),
    )
    return next((kind for kind, fits in possible if fits and kind in kinds), "")


def _is_amount_or_date(run: _Run, text: str, kept: list[tuple[int, int]]) -> bool:
    if run.digits > 9:
        return False
    if any(start <= run.start and run.end <= end for start, end in kept):
        return True
    before = text[max(0, run.start - 2) : run.start]
    return bool(_CURRENCY_BEFORE.search(before) or _UNIT_AFTER.match(text, run.end))


def _is_only_digits(tokens: list[_Token]) -> bool:
    return all(token.sound.role is not _Role.OTHER for token in tokens)
