"""Days as callers say them, on a Saturday, the 21st of November 2026."""

from datetime import date

import pytest

from ivr.dialog.slot_settings import Slot
from ivr.domain import Language
from tests.unit.dialog.slots.asked import COMING_DAY, DAY, PAST_DAY, heard_as


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("今天", "2026-11-21"),
        ("后天", "2026-11-23"),
        ("大后天", "2026-11-24"),
        ("昨天", "2026-11-20"),
        ("周三", "2026-11-25"),
        ("下周三", "2026-11-25"),
        ("下 个 星期 三", "2026-11-25"),
        ("下下周一", "2026-11-30"),
        ("上周五", "2026-11-13"),
        ("礼拜天", "2026-11-22"),
        ("周末", "2026-11-28"),
        ("二十三号", "2026-11-23"),
        ("二十三", "2026-11-23"),
        ("二十号", "2026-12-20"),
        ("三十一号", "2026-12-31"),
        ("十二月三号", "2026-12-03"),
        ("一月二十", "2027-01-20"),
        ("明年三月五号", "2027-03-05"),
        ("二零二七年三月五号", "2027-03-05"),
        ("2026年12月3日", "2026-12-03"),
        ("2026-12-03", "2026-12-03"),
        ("三天后", "2026-11-24"),
        ("再过三天", "2026-11-24"),
        ("两周以后", "2026-12-05"),
        ("半个月后", "2026-12-06"),
        ("三个月后", "2027-02-21"),
        ("下个月五号", "2026-12-05"),
        ("月底", "2026-11-30"),
        ("下个月底", "2026-12-31"),
        ("月初", "2026-12-01"),
        ("年底", "2026-12-31"),
        ("我 想 下周三 还", "2026-11-25"),
    ],
)
def test_mandarin_days(text: str, wanted: str) -> None:
    assert heard_as(DAY, text, Language.ZH) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tomorrow", "2026-11-22"),
        ("the day after tomorrow", "2026-11-23"),
        ("wednesday", "2026-11-25"),
        ("next wednesday", "2026-11-25"),
        ("friday next week", "2026-11-27"),
        ("next week on friday", "2026-11-27"),
        ("last friday", "2026-11-20"),
        ("the twenty third", "2026-11-23"),
        ("twenty three", "2026-11-23"),
        ("the twentieth", "2026-12-20"),
        ("the thirty first", "2026-12-31"),
        ("december third", "2026-12-03"),
        ("december 3rd", "2026-12-03"),
        ("the third of december", "2026-12-03"),
        ("may twenty second", "2027-05-22"),
        ("december third twenty twenty seven", "2027-12-03"),
        ("in three days", "2026-11-24"),
        ("three days ago", "2026-11-18"),
        ("a week from today", "2026-11-28"),
        ("in a month", "2026-12-21"),
        ("the fifth of next month", "2026-12-05"),
        ("end of the month", "2026-11-30"),
        ("month end", "2026-11-30"),
        ("end of december", "2026-12-31"),
        ("may i pay on the fifth", "2026-12-05"),
        ("2026-12-03", "2026-12-03"),
    ],
)
def test_english_days(text: str, wanted: str) -> None:
    assert heard_as(DAY, text, Language.EN) == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("后天 不对 大后天", Language.ZH, "2026-11-24"),
        ("不是 二十三号 是 二十五号", Language.ZH, "2026-11-25"),
        ("monday no tuesday", Language.EN, "2026-11-24"),
        ("周一 还是 周二", Language.ZH, None),
        ("monday or tuesday", Language.EN, None),
    ],
)
def test_the_day_said_last_counts_and_of_two_neither(
    text: str, language: Language, wanted: str | None
) -> None:
    assert heard_as(DAY, text, language) == wanted


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("二月三十号", Language.ZH),
        ("三十二号", Language.ZH),
        ("二零二七年二月二十九号", Language.ZH),
        ("三天", Language.ZH),
        ("五千块", Language.ZH),
        ("february thirtieth", Language.EN),
        ("three days", Language.EN),
        ("one second", Language.EN),
        ("five thousand", Language.EN),
    ],
)
def test_a_day_that_cannot_be_is_no_answer(text: str, language: Language) -> None:
    assert heard_as(DAY, text, language) is None


@pytest.mark.parametrize(
    ("slot", "text", "wanted"),
    [
        (PAST_DAY, "the twenty third", "2026-10-23"),
        (PAST_DAY, "wednesday", "2026-11-18"),
        (PAST_DAY, "december third", "2025-12-03"),
        (PAST_DAY, "end of the month", "2026-10-31"),
        (PAST_DAY, "tomorrow", None),
        (COMING_DAY, "the twentieth", "2026-12-20"),
        (COMING_DAY, "yesterday", None),
        (COMING_DAY, "today", "2026-11-21"),
        (DAY, "yesterday", "2026-11-20"),
    ],
)
def test_the_slot_says_whether_a_day_lies_behind_or_ahead(
    slot: Slot, text: str, wanted: str | None
) -> None:
    assert heard_as(slot, text, Language.EN) == wanted


def test_the_29th_of_february_is_in_the_next_leap_year() -> None:
    assert heard_as(DAY, "february twenty ninth", Language.EN) == "2028-02-29"


def test_the_calendar_ends_without_an_error() -> None:
    for today in (date.min, date.max):
        for text in ("三天后", "三百天前", "下周三", "月底", "上个月五号", "二十三号", "年底"):
            heard_as(DAY, text, Language.ZH, today)
