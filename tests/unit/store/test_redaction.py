"""No number that belongs to a person survives, whatever way it was said or written."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.store.redaction import LONGEST, redact

ALL = frozenset(("card", "phone", "id", "code"))
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
MANDARIN = "零一二三四五六七八九"
OTHER_MANDARIN = "〇幺两叁肆伍陆柒捌玖"
ANY_DIGIT = re.compile(rf"\d|[{MANDARIN}{OTHER_MANDARIN}]|\b({'|'.join(ENGLISH)})\b")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my card is 6228480402564890018 thanks", "my card is [card] thanks"),
        ("6228 4804 0256 4890 018", "[card]"),
        ("6228-4804-0256-4890", "[card]"),
        ("call me on 138 0013 8000 please", "call me on [phone] please"),
        ("+86 (138) 0013-8000 is mine", "+[phone] is mine"),
        ("ID 11010519491231002X, correct", "ID [id], correct"),
        ("身份证 110105194912310021 对吗", "身份证 [id] 对吗"),
        ("the code is 4821", "the code is [code]"),
        ("验证码 是 幺 二 三 四 五 六", "验证码 是 [code]"),
        ("六二二八四八零四零二五六四八九零零一八", "[card]"),
        ("我的 手机 是 幺三八 零零幺三 八零零零", "我的 手机 是 [phone]"),
        ("卡号陆贰贰捌肆捌零肆零贰伍陆肆捌", "卡号[card]"),
        ("尾号是６２２８", "尾号是[code]"),
        ("it is six two two eight four oh oh seven", "it is [phone]"),
        ("it is double five one two", "it is [code]"),
        ("four uh eight um two one", "[code]"),
        ("six to eight four it was", "[code] it was"),
        ("twelve thirty four fifty-six", "[code]"),
        ("一一零一零五一九四九一二三一零零二叉", "[id]"),
        ("seven seven one", "[code]"),
        ("卡号:6228480402564890", "卡号:[card]"),
        ("march 15, 2026 138 0013", "march [phone]"),
        ("2026-03-15-1234", "[phone]"),
        ("1️⃣2️⃣3️⃣4️⃣", "[code]️⃣"),
    ],
)
def test_a_number_is_replaced_by_what_it_may_be(said: str, kept: str) -> None:
    assert redact(said, ALL) == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "how much do I owe",
        "press one for the balance",
        "1",
        "一",
        "i have two or three questions for you",
        "six thousand two hundred and eighty four",
        "一 万 二 千 三 百 四 十 五",
        "your balance is 12,345.60 yuan",
        "8000 元",
        "¥3500",
        "2026 年 3 月 15 日",
        "within 1500 days",
        "oh oh oh oh",
        "on the first of march",
        "due on March 15, 2026.",
        "due on 2026-03-15",
        "open from 9:00 to 18:00",
    ],
)
def test_what_is_not_a_persons_number_is_kept(said: str) -> None:
    assert redact(said, ALL) == said


@pytest.mark.parametrize(
    ("kinds", "kept"),
    [
        (("card",), "13800138000 and [card]"),
        (("phone",), "[phone] and 622848040256489"),
        ((), "13800138000 and 622848040256489"),
    ],
)
def test_only_the_wanted_kinds_are_replaced(kinds: tuple[str, ...], kept: str) -> None:
    said = "13800138000 and 622848040256489"
    apart = said.replace(" and ", " but ")

    assert redact(apart, frozenset(kinds)) == kept.replace(" and ", " but ")


def spelled(digits: str, ways: list[int], gaps: list[str]) -> str:
    renderings: list[Callable[[int], str]] = [
        str,
        lambda n: f" {ENGLISH[n]} ",
        lambda n: MANDARIN[n],
        lambda n: OTHER_MANDARIN[n],
        lambda n: chr(ord("０") + n),
    ]
    pairs = zip(digits, ways, gaps, strict=True)
    return "".join(renderings[way](int(digit)) + gap for digit, way, gap in pairs)


@st.composite
def spoken_numbers(draw: st.DrawFn) -> str:
    digits = draw(st.text("0123456789", min_size=4, max_size=24))
    size = len(digits)
    ways = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    gap = st.sampled_from(["", " ", "-", ".", " uh ", "嗯", ", ", " and ", "\n", "\u200b"])
    return spelled(digits, ways, draw(st.lists(gap, min_size=size, max_size=size)))


CARRIERS = st.sampled_from(
    [("", ""), ("my card is ", " ok"), ("卡号是", "谢谢"), ("(", ")?"), ("it is: ", " 对吗")]
)


@settings(max_examples=80)
@given(spoken_numbers(), CARRIERS)
@example("1234.5", ("", ""))
def test_no_digit_of_a_number_survives_any_way_of_saying_it(
    number: str, carrier: tuple[str, str]
) -> None:
    kept = redact(carrier[0] + number + carrier[1], ALL)

    if not re.fullmatch(r"\s*\d{1,7}\.\d{1,2}\s*|\s*\d{1,3}(,\d{3}){1,2}\s*", number):
        assert not ANY_DIGIT.search(kept)


@settings(max_examples=80)
@given(st.text(max_size=200))
def test_any_text_can_be_redacted_and_a_second_time_changes_nothing(text: str) -> None:
    once = redact(text, ALL)

    assert redact(once, ALL) == once


@pytest.mark.parametrize("pattern", ["6", "1,234,", "six ", "1.1", "uh ", "六 ", "[", "1 a "])
def test_the_cost_of_a_long_text_is_bounded(pattern: str) -> None:
    text = pattern * (10 * LONGEST // len(pattern))
    started = time.process_time()

    kept = redact(text, ALL)

    assert len(kept) <= LONGEST
    assert time.process_time() - started < 1.0
