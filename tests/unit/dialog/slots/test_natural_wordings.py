"""Wordings that callers use and no grammar book lists: denials, counts, hyphens, weekdays."""

from datetime import date

import pytest

from ivr.dialog.slot_settings import Slot, SlotType, Tense
from ivr.dialog.slots import Given, values_in, yes_or_no
from ivr.domain import Language
from tests.unit.dialog.slots.asked import AMOUNT, COMING_DAY, FOUR, PAST_DAY, PROMPT

WEDNESDAY = date(2026, 11, 25)
ELEVEN = Slot(type=SlotType.DIGITS, prompt=PROMPT, length=11)


def language_of(text: str) -> Language:
    return Language.ZH if any("\u3400" <= letter <= "\u9fff" for letter in text) else Language.EN


def given(slot: Slot, text: str, today: date = WEDNESDAY) -> Given | None:
    return values_in({"it": slot}, text, language_of(text), today).get("it")


def value(slot: Slot, text: str) -> str | None:
    found = given(slot, text)
    return found.value if found is not None else None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("thirty-five hundred", "3500"),
        ("a grand and a half", "1500"),
        ("ten thousand twelve months", "10000"),
        ("ten thousand and twelve", "10012"),
        ("two hundred twelve days", None),
        ("thousand days", None),
        ("借 一万 十二 个 月", "10000"),
        ("借一万分十二个月", "10000"),
        ("两万块分二十四期", "20000"),
        ("六万，一年还清", "60000"),
        ("一千五半年", "1500"),
        ("一百二十天", None),
        ("三块五分", "3.05"),
        ("十二期", None),
    ],
)
def test_an_amount_beside_a_count_of_something_else(text: str, amount: str | None) -> None:
    assert value(AMOUNT, text) == amount


@pytest.mark.parametrize(
    "text", ["three fifty", "ninety nine ninety nine", "twelve oh five", "five", "三五", "五"]
)
def test_an_amount_that_may_be_another_is_not_clear(text: str) -> None:
    found = given(AMOUNT, text)

    assert found is not None
    assert not found.is_clear


@pytest.mark.parametrize(
    "text",
    [
        "three fifty yuan",
        "three five zero zero",
        "thirty five hundred",
        "fifty",
        "三千五",
        "五块",
        "三五零零",
    ],
)
def test_an_amount_that_can_hardly_be_another_is_clear(text: str) -> None:
    found = given(AMOUNT, text)

    assert found is not None
    assert found.is_clear


def test_which_of_two_amounts_is_denied_is_not_clear_in_mandarin() -> None:
    contrast = given(AMOUNT, "一千五不是一千二")

    assert contrast is not None
    assert (contrast.value, contrast.is_clear) == ("1200", False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("the twenty-third", "2026-12-23"),
        ("the first of the month", "2026-12-01"),
        ("the last day of the month", "2026-11-30"),
        ("the last day of december", "2026-12-31"),
        ("a week from tomorrow", "2026-12-03"),
        ("a week on friday", "2026-12-04"),
        ("friday week", "2026-12-04"),
        ("friday after next", "2026-12-11"),
        ("on christmas day", "2026-12-25"),
        ("new year's eve", "2026-12-31"),
        ("friday the twenty seventh", "2026-11-27"),
        ("the twenty seventh friday", "2026-11-27"),
        ("wednesday december second", "2026-12-02"),
        ("friday the twenty eighth", None),
        ("下个月最后一天", "2026-12-31"),
        ("元旦", "2027-01-01"),
        ("圣诞节", "2026-12-25"),
        ("星期五十二月四号", "2026-12-04"),
        ("十二月四号星期五", "2026-12-04"),
        ("周五二十七号", "2026-11-27"),
        ("周三十二月二号", "2026-12-02"),
        ("三十五号", None),
    ],
)
def test_days(text: str, day: str | None) -> None:
    assert value(COMING_DAY, text) == day


def test_last_night_is_yesterday() -> None:
    assert value(PAST_DAY, "last night") == value(PAST_DAY, "昨儿晚上") == "2026-11-24"


@pytest.mark.parametrize(
    ("text", "today", "is_clear"),
    [
        ("next wednesday", date(2026, 11, 23), False),  # Monday: in two days or in nine
        ("next wednesday", date(2026, 11, 29), False),  # Sunday: the week has begun for some
        ("next wednesday", date(2026, 11, 26), True),
        ("wednesday next week", date(2026, 11, 23), True),
        ("wednesday", WEDNESDAY, False),  # today or in a week
        ("friday", WEDNESDAY, True),
        ("this weekend", WEDNESDAY, False),
        ("in a couple of days", WEDNESDAY, False),
        ("the middle of december", WEDNESDAY, False),
        ("the end of december", WEDNESDAY, True),
        ("下周三", date(2026, 11, 24), False),
        ("下周三", date(2026, 11, 26), True),
        ("这周五", WEDNESDAY, True),
        ("周末", WEDNESDAY, False),
        ("过两天", WEDNESDAY, False),
        ("过三天", WEDNESDAY, True),
        ("月底", WEDNESDAY, True),
        ("下个月中", WEDNESDAY, False),
    ],
)
def test_a_day_is_clear_unless_people_differ_about_it(
    text: str, today: date, is_clear: bool
) -> None:
    found = given(COMING_DAY, text, today)

    assert found is not None
    assert found.is_clear is is_clear


@pytest.mark.parametrize(
    ("slot", "text", "digits"),
    [
        (FOUR, "sixty-six eighty-eight", "6688"),
        (FOUR, "三个五一个八", "5558"),
        (FOUR, "幺洞洞八", "1008"),
        (ELEVEN, "幺三八零零幺三八三个零", "13800138000"),
    ],
)
def test_digits(slot: Slot, text: str, digits: str) -> None:
    assert value(slot, text) == digits


YES = (
    "你说得对|完全正确|应该是|是这样的|妥妥的|没意见|不错|还行|不用谢，好的|不是不是，是的|"
    "sounds about right|you got that right|you're right|works for me|that would be great|"
    "let's do that|please|no no that's correct|uh-huh|mm-hmm|one hundred percent|"
    "yes i do want that|that's what i said|嗯就这样吧|好滴"
)
NO = (
    "暂时不需要|我不想要|不是我要的|这不是我想要的|没说对|你说错了|没必要|别|"
    "that isn't right|that was not right|it isn't correct|i don't think that's right|"
    "that's not what i said|you've got that wrong|you misheard|i'm afraid not|"
    "that won't be necessary|i'm good thanks|i didn't say that|not right now|不是这个数"
)


@pytest.mark.parametrize("text", YES.split("|"))
def test_yes(text: str) -> None:
    assert yes_or_no(text, language_of(text)) == "yes"


@pytest.mark.parametrize("text", NO.split("|"))
def test_no(text: str) -> None:
    assert yes_or_no(text, language_of(text)) == "no"


@pytest.mark.parametrize(
    "text", ["随便", "是不是啊", "我想查余额", "it depends", "what do you mean"]
)
def test_neither(text: str) -> None:
    assert yes_or_no(text, language_of(text)) is None


def test_a_past_day_is_said_with_its_weekday() -> None:
    slot = Slot(type=SlotType.DATE, prompt=PROMPT, when=Tense.PAST)

    assert value(slot, "monday the twenty third") == "2026-11-23"
