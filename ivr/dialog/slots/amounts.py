"""Amounts of money in a sentence, in both languages; the currency is the hotline's own.

A currency may be missing ("three thousand five"), and is then guessed from what stands around:
三个月 and "three months" are no money.
"""

import re
from decimal import Decimal
from typing import Final

from ivr.dialog.slots import numbers_en, numbers_zh
from ivr.dialog.slots.heard import Heard, listed
from ivr.dialog.slots.match import Match
from ivr.domain import Language

GREATEST: Final = Decimal("999999999999.99")
"""What twelve digits before the point hold; more is a number misheard."""


def amounts_in(heard: Heard) -> list[Match]:
    """All amounts of a sentence, in their order; unclear ones have no value."""
    return _mandarin(heard) if heard.language is Language.ZH else _english(heard)


def plain_amount(value: Decimal) -> str:
    """An amount as digits: whole yuan without, others with two decimals; empty if impossible."""
    if not 0 <= value <= GREATEST or value != round(value, 2):
        return ""
    return str(int(value)) if value == int(value) else f"{value:.2f}"


def is_money(heard: Heard, match: Match) -> bool:
    """Whether an amount's own words tell it from other numbers: a currency, 百, "thousand"."""
    text = heard.text[match.start : match.end]
    if heard.language is Language.ZH:
        return _MONEY_ZH.search(text) is not None
    return not _MONEY_EN.isdisjoint(text.split())


# --- Mandarin ----------------------------------------------------------------------------

_D: Final = "零一二三四五六七八九两0-9"
_AMOUNT_ZH: Final = re.compile(
    rf"(?P<minus>负|第)?(?P<run>{numbers_zh.RUN})(?P<letter>[kw](?![a-z]))?(?P<vague>多|几|来(?=块|元))?"
    rf"(?:(?P<unit>块|元|圆|人民币)钱?整?(?:零?(?P<jiao>[{_D}半])(?:[角毛]|(?![{_D}十百千万号日月天年个期次分]))"
    rf"(?:(?P<fen>[{_D}])分?)?|零?(?P<cents>[{_D}])分(?!钟|期))?"
    rf"|(?P<dimes>[角毛])(?:(?P<pence>[{_D}])分?)?钱?|(?P<penny>分)(?!钟|期|之|成|几|多|开|[{_D}十])钱?)?"
)
_NOT_BEFORE_ZH: Final = (
    "星期",
    "礼拜",
    "周",
    "尾号",
    "前",
    "后",
    "上",
    "下",
    "每",
    "统",
    "另",
    "万",
)
_NOT_AFTER_ZH: Final = re.compile(
    "[个次下起样些点天号日月年期笔位张种楼岁周遍会定直共般切度倍折步刻秒%]|分钟|分期|分之|星期|礼拜|小时"
)
_SHORT_ZH: Final = re.compile("[百千万亿][一二三四五六七八九]?$")
"""三千五 and 两万 before 分期 are 3500 and 20000 in instalments, not so many instalments."""

_MONEY_ZH: Final = re.compile("[块元圆角毛分百千万亿]|人民币")


def _mandarin(heard: Heard) -> list[Match]:
    found = (_mandarin_amount(heard.text, match) for match in _AMOUNT_ZH.finditer(heard.text))
    return [match for match in found if match is not None]


def _mandarin_amount(text: str, match: re.Match[str]) -> Match | None:
    part = match.groupdict()
    has_unit = any(part[name] for name in ("unit", "dimes", "penny"))
    counted = _NOT_AFTER_ZH.match(text, match.end())
    if counted and counted.group() == "分期" and _SHORT_ZH.search(part["run"]):
        counted = None
    if not has_unit and not part["letter"] and counted:
        return _before_a_count(match)
    if part["minus"] == "第":
        return None
    is_plain = has_unit or len(part["run"]) > 1
    if not is_plain and text[: match.start()].endswith(_NOT_BEFORE_ZH):
        return None
    value = None if part["minus"] or part["vague"] else _yuan(part)
    is_clear = is_plain and (has_unit or numbers_zh.is_clear(part["run"]))
    text = plain_amount(value) if value is not None else ""
    return Match(text, *match.span(), is_plain, is_clear)


def _before_a_count(match: re.Match[str]) -> Match | None:
    """The amount in 一万十二个月, whose end counts the months."""
    head = numbers_zh.beside_a_count(match["run"])
    value = numbers_zh.number(head)
    if value is None or match["minus"]:
        return None
    start = match.start("run")
    return Match(plain_amount(value), start, start + len(head))


def _yuan(part: dict[str, str | None]) -> Decimal | None:
    whole = numbers_zh.number(part["run"] or "")
    if whole is None:
        return None
    if part["dimes"]:
        return whole / 10 + _digit(part["pence"]) / 100
    if part["penny"]:
        return whole / 100
    whole *= {"k": 1000, "w": 10**4}.get(part["letter"] or "", 1)
    return whole + _digit(part["jiao"]) / 10 + (_digit(part["fen"]) + _digit(part["cents"])) / 100


def _digit(sign: str | None) -> Decimal:
    if sign is None:
        return Decimal(0)
    return Decimal(5) if sign == "半" else Decimal(numbers_zh.DIGIT.get(sign, sign))


# --- English -----------------------------------------------------------------------------

_YUAN: Final = frozenset(
    listed("yuan rmb renminbi kuai dollar dollars buck bucks pound pounds quid euro euros")
)
_SMALL: Final = {
    **dict.fromkeys(listed("cent cents fen penny pence"), Decimal("0.01")),
    **dict.fromkeys(listed("jiao mao"), Decimal("0.1")),
}
_MONEY_EN: Final = _YUAN | _SMALL.keys() | numbers_en.SCALES.keys()
_NOT_BEFORE_EN: Final = frozenset(
    listed(
        "this that the another which any every some number option minus negative "
        "january february march april may june july august september october november december"
    )
)
_NOT_AFTER_EN: Final = frozenset(
    listed(
        "day days week weeks month months year years hour hours minute minutes time times percent "
        "installments installment o'clock am pm st nd rd th of more thing question digit digits "
        "january february march april may june july august september october november december "
        "first second third fourth fifth sixth seventh eighth ninth"
    )
)
_MINUS_EN: Final = ("minus", "negative")


def _english(heard: Heard) -> list[Match]:
    matches, at = [], 0
    while at < len(heard.words):
        end = numbers_en.run_at(heard.words, at)
        if end == at:
            at += 1
            continue
        value, behind, has_unit = _with_money(heard.words, at, end)
        match = _english_amount(heard, at, behind, value, has_unit)
        matches += [match] if match is not None else []
        at = behind
    return matches


def _english_amount(
    heard: Heard, first: int, behind: int, value: Decimal | None, has_unit: bool
) -> Match | None:
    words = heard.words
    before = words[first - 1] if first else ""
    if not has_unit and behind < len(words) and words[behind] in _NOT_AFTER_EN:
        count = numbers_en.beside_a_count(words[first:behind])
        value = numbers_en.number(words[first : first + count])
        place = heard.place(first, first + count) if count else (0, 0)
        return Match(plain_amount(value), *place) if value is not None else None
    is_plain = has_unit or behind - first > 1 or words[first] not in numbers_en.ONES
    is_pronoun = before == "no" and words[first] == "one"
    if not is_plain and (is_pronoun or before in _NOT_BEFORE_EN):
        return None
    if before == "not":
        return None
    if before in _MINUS_EN:
        value = None
    text = plain_amount(value) if value is not None else ""
    is_clear = is_plain and (has_unit or numbers_en.is_clear(words[first:behind]))
    return Match(text, *heard.place(first, behind), is_plain, is_clear)


def _with_money(
    words: tuple[str, ...], first: int, behind: int
) -> tuple[Decimal | None, int, bool]:
    """The value of a number and the money words behind it, where they end, and if there are any."""
    value = numbers_en.number(words[first:behind])
    unit = words[behind] if behind < len(words) else ""
    if unit in _SMALL:
        return (None if value is None else value * _SMALL[unit]), behind + 1, True
    if unit not in _YUAN:
        return value, behind, False
    at = behind + 1
    while value is not None:
        more, end = _small_money(words, at)
        if end == at:
            break
        value, at = (None if more is None else value + more), end
    return value, at, True


def _small_money(words: tuple[str, ...], at: int) -> tuple[Decimal | None, int]:
    """What follows "twenty yuan": "and five cents", "fifty", "and a half"."""
    if words[at : at + 3] == ("and", "a", "half"):
        return Decimal("0.5"), at + 3
    first = at + 1 if words[at : at + 1] == ("and",) else at
    end = numbers_en.run_at(words, first) if first < len(words) else first
    if end == first:
        return None, at
    value, unit = numbers_en.number(words[first:end]), words[end] if end < len(words) else ""
    if unit in _SMALL:
        fits = value is not None and value * _SMALL[unit] < 1
        return (value * _SMALL[unit] if fits and value is not None else None), end + 1
    if unit in _YUAN or unit in _NOT_AFTER_EN or value is None or not 10 <= value < 100:
        return None, at
    return value / 100, end
