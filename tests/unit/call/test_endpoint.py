"""How long a silence ends an answer."""

import pytest

from ivr.call.endpoint import COMPLETE_S, UNFINISHED_S, Judgement, heard_as, judge, pause_s
from ivr.domain import Expect, Language, Listening

EN, ZH = Language.EN, Language.ZH
FREE, YES_NO, MENU, DIGITS = Expect.FREE, Expect.YES_NO, Expect.MENU, Expect.DIGITS
COMPLETE, UNFINISHED, OPEN = Judgement.COMPLETE, Judgement.UNFINISHED, Judgement.OPEN


@pytest.mark.parametrize(
    ("language", "expect", "partial", "expected"),
    [
        (EN, FREE, "", OPEN),
        (EN, FREE, "yes", OPEN),
        (EN, FREE, "it's about my", UNFINISHED),
        (EN, FREE, "i want to", UNFINISHED),
        (EN, FREE, "my balance and", UNFINISHED),
        (EN, FREE, "what is my balance", OPEN),
        (EN, FREE, "my brand", OPEN),
        (EN, FREE, "what for", OPEN),
        (EN, YES_NO, "yes", COMPLETE),
        (EN, YES_NO, "no thank you", COMPLETE),
        (EN, YES_NO, "yes but", UNFINISHED),
        (EN, YES_NO, "perhaps", OPEN),
        (EN, MENU, "two", COMPLETE),
        (EN, Expect.DATE, "december", UNFINISHED),
        (EN, Expect.AMOUNT, "twelve point", UNFINISHED),
        (ZH, FREE, "余额", OPEN),
        (ZH, FREE, "我 想", UNFINISHED),
        (ZH, FREE, "我 想 查 一下", UNFINISHED),
        (ZH, FREE, "我 的", UNFINISHED),
        (ZH, FREE, "好 的", OPEN),
        (ZH, FREE, "你好", OPEN),
        (ZH, YES_NO, "是 的", COMPLETE),
        (ZH, YES_NO, "不", OPEN),
        (ZH, YES_NO, "不用 了", COMPLETE),
        (ZH, MENU, "二", COMPLETE),
        (ZH, Expect.DATE, "十二 月", UNFINISHED),
        (ZH, Expect.DATE, "下 周", UNFINISHED),
        (ZH, Expect.DATE, "下 周 三", COMPLETE),
        (ZH, Expect.DATE, "十二 月 三 号", COMPLETE),
        (ZH, Expect.DATE, "三 号", OPEN),
        (ZH, Expect.DATE, "两 个", UNFINISHED),
        (ZH, Expect.AMOUNT, "一 千 零", UNFINISHED),
        (ZH, Expect.AMOUNT, "三 千", OPEN),
        (ZH, Expect.AMOUNT, "三 千 块", OPEN),
        (ZH, Expect.AMOUNT, "三 千 块 钱", COMPLETE),
        (EN, Expect.DATE, "next", UNFINISHED),
        (EN, Expect.DATE, "next wednesday", COMPLETE),
        (EN, Expect.DATE, "the twenty third", OPEN),
        (EN, Expect.DATE, "in three", OPEN),
        (EN, Expect.DATE, "tomorrow", COMPLETE),
        (EN, Expect.AMOUNT, "two hundred and", UNFINISHED),
        (EN, Expect.AMOUNT, "two hundred", OPEN),
        (EN, Expect.AMOUNT, "ten yuan and five cents", COMPLETE),
    ],
)
def test_words_are_judged_by_what_was_asked(
    language: Language, expect: Expect, partial: str, expected: Judgement
) -> None:
    assert judge(Listening(language, expect), partial) is expected


@pytest.mark.parametrize(
    ("language", "partial", "expected"),
    [
        (EN, "four seven one", UNFINISHED),
        (EN, "four seven one one", COMPLETE),
        (EN, "four seven double one", COMPLETE),
        (EN, "four seven double", UNFINISHED),
        (EN, "triple four", UNFINISHED),
        (EN, "four seven one one one", OPEN),
        (EN, "forty seven", OPEN),
        (EN, "operator", OPEN),
        (ZH, "四 七 一 幺", COMPLETE),
        (ZH, "四七幺", UNFINISHED),
    ],
)
def test_a_number_is_complete_with_as_many_digits_as_were_asked_for(
    language: Language, partial: str, expected: Judgement
) -> None:
    assert judge(Listening(language, DIGITS, max_digits=4), partial) is expected


def test_a_number_of_unknown_length_is_never_complete() -> None:
    assert judge(Listening(EN, DIGITS), "four seven one one") is OPEN


def test_a_choice_that_may_go_on_to_another_choice_is_not_complete() -> None:
    listening = Listening(EN, MENU, phrases=("loan", "loan repayment", "card"))

    assert judge(listening, "loan") is OPEN
    assert judge(listening, "card") is COMPLETE


@pytest.mark.parametrize(
    ("partial", "usual_s", "expected"),
    [
        ("yes", 0.6, COMPLETE_S),
        ("yes", 0.2, 0.2),
        ("yes and", 0.6, UNFINISHED_S),
        ("yes and", 2.0, 2.0),
        ("well", 0.6, 0.6),
    ],
)
def test_a_judgement_shortens_or_lengthens_the_usual_pause(
    partial: str, usual_s: float, expected: float
) -> None:
    assert pause_s(Listening(EN, YES_NO), partial, usual_s) == expected


@pytest.mark.parametrize(
    ("language", "expect", "partial", "expected"),
    [
        (EN, DIGITS, "four seven", DIGITS),
        (EN, DIGITS, "forty seven eleven twelve four", DIGITS),
        (EN, DIGITS, "operator please", DIGITS),
        (EN, DIGITS, "i want to ask about my", FREE),
        (ZH, DIGITS, "四七 幺三 就是 这个", DIGITS),
        (ZH, DIGITS, "我 想 问 一下", FREE),
        (EN, YES_NO, "yes that's right", YES_NO),
        (EN, YES_NO, "yes please do", YES_NO),
        (EN, YES_NO, "no i want to", FREE),
        (EN, YES_NO, "i have a question about", FREE),
        (ZH, YES_NO, "对 的", YES_NO),
        (ZH, YES_NO, "不是 我 想 问", FREE),
        (EN, MENU, "number one please", MENU),
        (EN, Expect.AMOUNT, "i do not know", Expect.AMOUNT),
        (EN, FREE, "yes", FREE),
    ],
)
def test_what_answers_nothing_is_free_speech(
    language: Language, expect: Expect, partial: str, expected: Expect
) -> None:
    assert heard_as(Listening(language, expect), partial).expect is expected


def test_words_among_the_choices_of_a_flow_are_an_answer() -> None:
    listening = Listening(EN, MENU, phrases=("early repayment of the loan",), pause_s=0.3)

    assert heard_as(listening, "early repayment of the loan").expect is MENU
    assert heard_as(listening, "what does it cost").pause_s is None
