"""Numbers as English says them: thirty five hundred, twelve thousand and fifty, five k."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

MAX_WORDS: Final = 24
_ONES: Final = "zero one two three four five six seven eight nine"
_TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES: Final = {word: at for at, word in enumerate(_ONES.split())}
TEENS: Final = {word: at for at, word in enumerate(_TEENS.split(), start=10)}
TENS: Final = {word: at * 10 for at, word in enumerate(_TENS.split(), start=2)}
SCALES: Final = {
    "quadrillion": 10**15,
    "trillion": 10**12,
    "billion": 10**9,
    "million": 10**6,
    "thousand": 1000,
    "grand": 1000,
    "k": 1000,
    "hundred": 100,
}
# The greatest first: of "two hundred thousand" the thousands are split off first.
_BY_SIZE: Final = (
    ("quadrillion",),
    ("trillion",),
    ("billion",),
    ("million",),
    ("thousand", "grand", "k"),
    ("hundred",),
)
_ZEROS: Final = ("oh", "o")
_FIGURES: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_HALF: Final = ("and", "a", "half")

Words = Sequence[str]


def is_numeral(word: str) -> bool:
    """Whether a word is part of numbers and of little else."""
    known = word in ONES or word in TEENS or word in TENS or word in SCALES
    return known or _FIGURES.fullmatch(word) is not None


def run_at(words: Words, at: int) -> int:
    """Where the stretch of number words ends that begins at `at`; `at` if none does."""
    if not _begins(words, at):
        return at
    end = at + 1
    while end < len(words):
        step = _step(words, end)
        if not step:
            break
        end += step
    return end


def _begins(words: Words, at: int) -> bool:
    if words[at] == "a":
        return at + 1 < len(words) and words[at + 1] in SCALES
    if words[at] == "half":
        return tuple(words[at + 1 : at + 2]) == ("a",) and _begins(words, at + 1)
    return is_numeral(words[at]) and words[at] != "k"


def _step(words: Words, at: int) -> int:
    """How many words more belong to the number, 0 for none."""
    word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
    if is_numeral(word) or word in _ZEROS or tuple(words[at - 1 : at + 1]) == ("half", "a"):
        return 1
    if tuple(words[at : at + 3]) == _HALF:
        return 3
    if word == "and" and following and is_numeral(following) and words[at - 1] in SCALES:
        return 1
    if word == "point" and (following in ONES or following in _ZEROS):
        return 1
    return 0


def number(words: Words) -> Decimal | None:
    """The number that a stretch of words stands for; None for "five six hundred" and the like."""
    if not words or len(words) > MAX_WORDS:
        return None
    half = len(words) // 2
    if words[:half] == words[half:] and any(word in SCALES for word in words):
        words = words[:half]  # said twice
    return _number(words)


def beside_a_count(words: Words) -> int:
    """How many of the words are a number before another that counts something; 0 for none.

    Of "ten thousand twelve months" the first two; "two hundred twelve days" are one number.
    """
    at = next((at for at in range(len(words) - 1, -1, -1) if words[at] in SCALES), -1) + 1
    is_one = at in (0, len(words)) or words[at - 1] == "hundred" or words[at] == "and"
    return 0 if is_one or number(words[:at]) is None else at


def is_clear(words: Words) -> bool:
    """Whether a number can hardly be another: "three fifty" is 350, and 3.50 in a shop."""
    if any(word in SCALES for word in words) or "point" in words:
        return True
    groups = small_groups(words) or []
    is_one_by_one = all(len(group) == 1 for group in groups)
    return len(groups) == 1 or (is_one_by_one and len(groups) > 2)


def _number(words: Words) -> Decimal | None:
    for names in _BY_SIZE:
        at = next((at for at, word in enumerate(words) if word in names), None)
        if at is not None:
            return _with_scale(words[:at], words[at + 1 :], Decimal(SCALES[words[at]]))
    if tuple(words[-3:]) == _HALF:
        whole = _number(words[:-3])
        return None if whole is None else whole + Decimal("0.5")
    if "point" in words:
        return _with_point(words)
    groups = small_groups(words)
    if not groups or (len(groups) > 1 and any("." in group for group in groups)):
        return None
    return Decimal("".join(groups))


def _with_scale(high: Words, low: Words, scale: Decimal) -> Decimal | None:
    count, rest = _count(high, scale), _rest(low, scale)
    return None if count is None or rest is None else count * scale + rest


def _count(high: Words, scale: Decimal) -> Decimal | None:
    if tuple(high) in (("a",), ("half", "a")):
        return Decimal(1) if len(high) == 1 else Decimal("0.5")
    if len(high) > 1 and all(word in ONES for word in high):
        return None  # five six hundred: five or six
    count = _number(high) if high else None
    return count if count is not None and 0 < count < (100 if scale == 100 else 1000) else None


def _rest(low: Words, scale: Decimal) -> Decimal | None:
    if tuple(low) == _HALF:
        return scale / 2
    low = low[1:] if low and low[0] == "and" else low
    rest = _number(low) if low else Decimal(0)
    if len(small_groups(low) or ()) > 1:
        return None  # two hundred five six
    return rest if rest is not None and rest < scale else None


def _with_point(words: Words) -> Decimal | None:
    at = words.index("point")
    whole = small_groups(words[:at]) if at else ["0"]
    decimals = small_groups(words[at + 1 :])
    if not whole or not decimals or "." in "".join([*whole, *decimals]):
        return None
    return Decimal(f"{''.join(whole)}.{''.join(decimals)}")


def small_groups(words: Words) -> list[str] | None:
    """The numbers below a hundred in a stretch, as digits: "twelve oh five" is 12, 0, 5.

    None where there is another word. Figures are a group as they stand.
    """
    groups: list[str] = []
    for at, word in enumerate(words):
        if word in ONES:
            follows_tens = at > 0 and words[at - 1] in TENS and word != "zero"
            if follows_tens:
                groups[-1] = str(TENS[words[at - 1]] + ONES[word])
            else:
                groups.append(str(ONES[word]))
        elif word in _ZEROS:
            groups.append("0")
        elif word in TEENS or word in TENS:
            groups.append(str(TEENS.get(word) or TENS[word]))
        elif _FIGURES.fullmatch(word):
            groups.append(word)
        else:
            return None
    return groups
