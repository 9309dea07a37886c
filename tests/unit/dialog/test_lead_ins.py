"""What callers say before they come to the point."""

import pytest

from tests.unit.dialog.bot_files import bot_file


@pytest.mark.parametrize(
    ("said", "point"),
    [
        ("你好我想问一下怎么还款", "怎么还款"),
        ("我 想 问 一下 我 的 余额", "我的余额"),
        ("喂，您好，请问一下 app 怎么登录", "app 怎么登录"),
        ("我想咨询一下你们利息怎么算", "利息怎么算"),
        ("hello i would like to ask you about my refund", "my refund"),
        ("Good morning, I have a question about the late fee", "the late fee"),
        ("hi there just a quick question when is it due", "when is it due"),
        ("um there was a coupon", "there was a coupon"),
    ],
)
def test_a_question_is_what_follows_the_lead_in(said: str, point: str) -> None:
    with bot_file("lead_ins") as module:
        assert module.without_lead_in(said) == point


@pytest.mark.parametrize(
    "said",
    [
        "我想问一下", "你好", "喂喂喂", "我有个问题",
        "hello", "hi there", "good morning", "i have a question", "hello anybody", "",
        "我想还款", "问题解决了", "那些钱什么时候到账", "hide my number", "history",
    ],
)  # fmt: skip
def test_words_without_a_lead_in_or_without_a_point_stay_as_they_are(said: str) -> None:
    with bot_file("lead_ins") as module:
        assert module.without_lead_in(said) == said
