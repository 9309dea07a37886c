"""Numbers as Mandarin says them: 三千五 is 3500, 两万零五百 is 20500, 三五零零 is 3500 too."""

import re
from decimal import Decimal
from typing import Final

MAX_SIGNS: Final = 40
DIGITS: Final = "零一二三四五六七八九"
DIGIT: Final = {**{sign: at for at, sign in enumerate(DIGITS)}, "两": 2, "幺": 1}
UNITS: Final = {"亿": 10**8, "万": 10**4, "千": 1000, "百": 100, "十": 10}

RUN: Final = (
    r"[零一二三四五六七八九两十百千万亿0-9]+(?:[点.][零一二三四五六七八九0-9]+[百千万亿]?)?"
)
"""A stretch of numerals, for regular expressions; whether it is a number `number` says."""

_FIGURES: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")


def number(run: str) -> Decimal | None:
    """The number that a stretch of numerals stands for; None for 三五千 and other guesses."""
    if not run or len(run) > MAX_SIGNS:
        return None
    half, rest = run[: len(run) // 2], run[len(run) // 2 :]
    if half == rest and not UNITS.keys().isdisjoint(half):
        run = half  # said twice
    return _number(run)


def beside_a_count(run: str) -> str:
    """The number before another one that counts something: 一万 in 一万十二个月, 六万 in 六万一年.

    Empty where all of it is one number, as in 一百二十天: there every place follows the one before.
    """
    at = max(run.rfind(unit) for unit in "百千万亿") + 1
    head, rest = run[:at], run[at:]
    is_one = rest.startswith("零") or (head.endswith("百") and "十" in rest)
    if not rest or is_one or number(rest) is None:
        return ""
    return head if number(head) is not None else ""


def is_clear(run: str) -> bool:
    """Whether a number can hardly be another: 三五 is 35, and thirty-five hundred in a hurry."""
    return len(run) != 2 or _positional(run) is None or _FIGURES.fullmatch(run) is not None


def _number(run: str) -> Decimal | None:
    if _FIGURES.fullmatch(run):
        return Decimal(run)
    for unit, size in UNITS.items():
        if unit in run:
            return _with_unit(run, unit, Decimal(size))
    whole, point, decimals = run.partition("点")
    digits, behind = _positional(whole), _positional(decimals)
    if digits is None or (point and behind is None):
        return None
    return Decimal(f"{digits}.{behind}" if point else digits)


def _with_unit(run: str, unit: str, size: Decimal) -> Decimal | None:
    # Of 一百二十万 the ten thousands come first; of 三千万亿 nothing can be made anyway.
    high, _, low = run.partition(unit)
    count = _count(high, size)
    rest = _rest(low, size)
    return None if count is None or rest is None else count * size + rest


def _count(high: str, size: Decimal) -> Decimal | None:
    """How many of a unit: one digit before 十, 百 and 千, a number before 万 and 亿."""
    if not high:
        return Decimal(1) if size == 10 else None
    if len(high) > 1 and _positional(high) is not None and not _FIGURES.fullmatch(high):
        return None  # 三五千: three to five thousand
    count = _number(high)
    if count is None or count == 0:
        return None
    if "点" in high or "." in high:
        return count
    limit = 10**4 if size >= 10**4 else 10
    return count if count < limit or _FIGURES.fullmatch(high) else None


def _rest(low: str, size: Decimal) -> Decimal | None:
    """What follows a unit; a lone digit counts tenths of it, as in 三千五."""
    if not low:
        return Decimal(0)
    if low.startswith("零"):
        low = low[1:]
        rest = _number(low) if low else None
    elif len(low) == 1 and size > 10:
        digit = _number(low)
        return None if digit is None else digit * size / 10
    elif len(low) > 1 and _positional(low) is not None and not _FIGURES.fullmatch(low):
        return None  # 三千五六: thirty-five or thirty-six hundred
    else:
        rest = _number(low)
    return rest if rest is not None and rest < size else None


def _positional(digits: str) -> str | None:
    """三五零零 as 3500, sign by sign."""
    signs = [str(DIGIT[sign]) if sign in DIGIT else sign for sign in digits]
    text = "".join(signs)
    return text if text.isascii() and text.isdecimal() else None
