"""Which word may follow which in digit strings, amounts and dates.

Saying only "these words in any order" makes the ear worse than no grammar at all (Mandarin amounts:
16 of 50 right against 42), because everything that sounds alike may follow everything. So the
words are put into classes, and a class names the classes that may follow it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ivr.domain import Expect, Language


@dataclass(frozen=True)
class WordOrder:
    """Classes of words, and for each class those that may follow; `alone` are whole answers."""

    classes: Mapping[str, str]
    follows: Mapping[str, str]
    alone: str = ""


_ONES_EN: Final = "one two three four five six seven eight nine"
_TEENS_EN: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS_EN: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_LOW_ORDINALS_EN: Final = "first second third fourth fifth sixth seventh eighth ninth"
_HIGH_ORDINALS_EN: Final = (
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth"
)
_DIGITS_ZH: Final = "一 二 三 四 五 六 七 八 九"

DIGITS: Final = {
    Language.EN: "zero one two three four five six seven eight nine oh double triple",
    Language.ZH: f"零 {_DIGITS_ZH} 幺 两",
}
"""Any digit may follow any: no order tells more."""


def _any_order(words: str) -> WordOrder:
    return WordOrder({"digit": words}, {"digit": "digit"}, alone=words.replace(" ", "|"))


_AMOUNT_EN: Final = WordOrder(
    classes={
        "ones": _ONES_EN,
        "teens": _TEENS_EN,
        "tens": _TENS_EN,
        "hundred": "hundred",
        "thousand": "thousand million",
        "and": "and",
        "money": "dollars dollar pounds pound euros euro yuan",
        "cents": "cents cent",
        "a": "a",
        "half": "half",
        "zero": "zero",
    },
    follows={
        "ones": "hundred thousand money cents teens tens and",
        "teens": "hundred thousand money cents tens",
        "tens": "ones thousand money cents",
        "hundred": "and ones teens tens thousand money",
        "thousand": "and ones teens tens money",
        "and": "ones teens tens a",
        "money": "and ones teens tens",
        "a": "hundred thousand half",
        "half": "thousand",
        "zero": "money",
    },
    alone="all|all of it|everything|the minimum|minimum|half|zero",
)

_AMOUNT_ZH: Final = WordOrder(
    classes={
        "digit": f"{_DIGITS_ZH} 两",
        "ten": "十",
        "hundred": "百 千",
        "myriad": "万 亿",
        "zero": "零",
        "money": "元 块",
        "small": "角 毛 分",
        "qian": "钱",
        "half": "半",
        "more": "多",
    },
    follows={
        "digit": "ten hundred myriad money small",
        "ten": "digit myriad money more",
        "hundred": "digit zero myriad money more",
        "zero": "digit",
        "myriad": "digit zero money more",
        "money": "digit qian half zero",
        "small": "digit qian",
        "half": "qian",
        "more": "money",
    },
    alone="一半|最低|十|零",
)

_DATE_EN: Final = WordOrder(
    classes={
        "ones": _ONES_EN,
        "teens": _TEENS_EN,
        "tens": _TENS_EN,
        "ordinal": f"{_LOW_ORDINALS_EN} {_HIGH_ORDINALS_EN}",
        "low": _LOW_ORDINALS_EN,
        "twenty": "twenty thirty",
        "month": (
            "january february march april may june july august september october november december"
        ),
        "weekday": "monday tuesday wednesday thursday friday saturday sunday",
        "the": "the",
        "of": "of",
        "on": "on",
        "next": "next last this",
        "span": "week month year",
        "in": "in",
        "a": "a",
        "spans": "days weeks months",
        "ago": "ago",
        "from": "from",
        "now": "now today",
        "thousand": "thousand",
        "end": "end",
    },
    follows={
        "month": "the ordinal twenty ones teens tens",
        "the": "ordinal twenty end",
        "twenty": "low ones tens teens",
        "ordinal": "of month twenty teens ones",
        "of": "month next the",
        "on": "weekday the month",
        "next": "weekday span",
        "weekday": "next the month",
        "in": "ones teens a month",
        "a": "span",
        "ones": "spans thousand month",
        "teens": "spans tens teens month",
        "tens": "ones",
        "thousand": "teens tens ones",
        "span": "ago from",
        "spans": "ago from",
        "from": "now",
        "end": "of",
    },
    alone=(
        "today|tomorrow|yesterday|the day after tomorrow|this weekend|next weekend|month end|"
        "end of the month|the end of the month"
    ),
)

_DATE_ZH: Final = WordOrder(
    classes={
        "digit": _DIGITS_ZH,
        "two": "两",
        "half": "半",
        "ten": "十",
        "zero": "零",
        "year": "年",
        "month": "月",
        "day": "号 日",
        "named": "今年 明年 去年",
        "which": "下 上 这 本",
        "ge": "个",
        "week": "星期 礼拜 周",
        "tian": "天",
        "after": "以后 以前 后",
        "early": "初",
    },
    follows={
        "digit": "digit zero ten year month day week tian ge",
        "two": "tian ge week",
        "half": "ge",
        "zero": "digit zero",
        "ten": "digit month day tian ge",
        "year": "digit ten early",
        "month": "digit ten early after",
        "early": "digit",
        "named": "digit ten",
        "which": "which ge week month",
        "ge": "month week",
        "week": "digit tian after",
        "tian": "after",
    },
    alone="今天|明天|后天|昨天|前天|月底|年底|周末|下个月底|下周末|大后天",
)

ORDERS: Final = {
    (Expect.DIGITS, Language.EN): _any_order(DIGITS[Language.EN]),
    (Expect.DIGITS, Language.ZH): _any_order(DIGITS[Language.ZH]),
    (Expect.AMOUNT, Language.EN): _AMOUNT_EN,
    (Expect.AMOUNT, Language.ZH): _AMOUNT_ZH,
    (Expect.DATE, Language.EN): _DATE_EN,
    (Expect.DATE, Language.ZH): _DATE_ZH,
}


def pairs(order: WordOrder) -> dict[str, tuple[str, ...]]:
    """Give for each word the words that may follow it."""
    following: dict[str, dict[str, None]] = {}
    for name, words in order.classes.items():
        after = [
            word
            for other in order.follows.get(name, "").split()
            for word in order.classes[other].split()
        ]
        for word in words.split():
            following.setdefault(word, {}).update(dict.fromkeys(after))
    return {word: tuple(after) for word, after in following.items()}
