"""Whatever is said, nothing raises, nothing hangs, and a value is in its plain form."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ivr.dialog.slot_settings import SlotType
from ivr.dialog.slots import value_of_keys, values_in
from ivr.dialog.slots.heard import MAX_SIGNS, heard
from ivr.domain import Language
from tests.unit.dialog.slots.asked import CHOICE, EVERY_SLOT, SATURDAY, TEXT, heard_as

_WORDS = (
    "one two oh five twenty thirty hundred thousand k million a and half point yuan cents "
    "double triple zeros the third of december next last week wednesday in days ago no not or "
    "to for minus end month 3 3.5 1,000 rd - / yes ok card first "
    "一 二 两 幺 零 三 十 百 千 万 亿 点 块 元 角 毛 分 半 多 个 号 月 年 日 周 星期 天 后 前 下 "
    "上 底 初 不 对 是 没 有 过 第 尾号 负 信用卡 还是 到 "
)
WORDS = _WORDS.split()
FORMS = {
    SlotType.DIGITS: r"[0-9]{1,32}",
    SlotType.AMOUNT: r"[0-9]{1,12}(\.[0-9]{2})?",
    SlotType.DATE: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    SlotType.YES_NO: "yes|no",
    SlotType.CHOICE: "|".join(CHOICE.options),
    SlotType.TEXT: r"(?s).+",
}


@settings(max_examples=400)
@given(
    some.one_of(some.text(max_size=60), some.lists(some.sampled_from(WORDS)).map(" ".join)),
    some.sampled_from(Language),
    some.dates(),
)
def test_a_value_is_none_or_in_its_plain_form(text: str, language: Language, today: date) -> None:
    for slot in EVERY_SLOT:
        value = heard_as(slot, text, language, today)

        assert value is None or re.fullmatch(FORMS[slot.type], value), value


@settings(max_examples=300)
@given(some.lists(some.sampled_from(WORDS)).map(" ".join), some.sampled_from(Language))
def test_no_word_fills_two_slots(text: str, language: Language) -> None:
    slots = {str(at): slot for at, slot in enumerate(EVERY_SLOT)}

    found = sorted(values_in(slots, text, language, SATURDAY).values(), key=lambda g: g.start)

    assert all(first.end <= second.start for first, second in pairwise(found))
    assert all(0 <= given.start < given.end <= len(text) for given in found)


@given(some.text(max_size=40))
def test_nonsense_from_the_keypad_is_none_or_a_value(keys: str) -> None:
    for slot in EVERY_SLOT:
        value = value_of_keys(slot, keys, SATURDAY)

        assert value is None or re.fullmatch(FORMS[slot.type], value)


@pytest.mark.parametrize(
    "piece",
    [
        "一",
        "零",
        "十",
        "一万",
        "9",
        "9,",
        "one ",
        "a ",
        "and ",
        "the ",
        "twenty ",
        "no ",
        "第一个",
        "还是",
        "'",
        "x'",
    ],
)
def test_repetition_does_not_blow_up(piece: str) -> None:
    for length in (MAX_SIGNS, 100_000):
        text = (piece * length)[:length]
        for slot in EVERY_SLOT:
            for language in Language:
                heard_as(slot, text, language)


def test_a_story_is_no_answer() -> None:
    story = "five hundred " * 200

    assert heard(story, Language.EN).words == ()


@given(some.text(max_size=200), some.sampled_from(Language))
def test_every_word_can_be_found_again_in_the_sentence(text: str, language: Language) -> None:
    sentence = heard(text, language)

    for at in range(len(sentence.words)):
        start, end = sentence.span(*sentence.place(at, at + 1))
        assert 0 <= start < end <= len(text)


def test_a_text_holds_no_control_characters() -> None:
    text = " 我 想\x00 查\x1b[2J\u200b 余额\r\n"

    assert heard_as(TEXT, text, Language.ZH) == "我 想 查 [2J 余额"
    assert heard_as(TEXT, "\x00\x07", Language.EN) is None


def test_an_amount_is_a_decimal_number() -> None:
    value = heard_as(EVERY_SLOT[0], "三千五", Language.ZH)

    assert value is not None
    assert Decimal(value) == 3500
