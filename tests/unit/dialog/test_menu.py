"""What the keypad menu makes of words while nobody understands sentences."""

import pytest

from ivr.dialog.memory import Memory
from ivr.dialog.menu import NOT_UNDERSTOOD, understand
from ivr.dialog.step import Input, Pressed, Understood
from ivr.domain import Language, Utterance
from tests.unit.dialog.talk import starter_flows


def understood(text: str, language: Language) -> Input:
    said = Utterance(text, language, 1.0)
    return understand(starter_flows(), Memory(language=language), said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i want to move to another town for a year", Language.EN),
        ("oh what a day", Language.EN),
        ("i want to pay", Language.EN),
        ("我 想 问 一下", Language.ZH),
        ("一下", Language.ZH),
        ("我 有 三 张 卡 要 换", Language.ZH),
    ],
)
def test_a_sentence_with_something_like_a_digit_presses_no_key(
    text: str, language: Language
) -> None:
    assert understood(text, language) == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("text", "language"),
    [("two", Language.EN), ("press two please", Language.EN), ("按 二", Language.ZH)],
)
def test_a_key_may_be_said_aloud(text: str, language: Language) -> None:
    second = starter_flows().hotline.menu[1]

    assert understood(text, language) == Understood(second, 1.0, "", ((second, 1.0),))


def test_zero_may_be_said_aloud() -> None:
    assert understood("zero", Language.EN) == Pressed("0")
