"""Forms of an English word that count as one."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.unit.dialog.bot_files import bot_file


@pytest.fixture(scope="module")
def stems() -> Iterator[ModuleType]:
    with bot_file("stems") as module:
        yield module


@pytest.mark.parametrize(
    "forms",
    [
        "charge charged charges charging",
        "cancel cancelled cancelling cancels",
        "topped topping",
        "verify verified verifies",
        "address addresses",
        "pay paid paying payment payments",
        "send sent sending",
        "lose lost losing",
        "take takes took taken taking",
        "leave left leaving",
        "choose chose chosen choosing",
    ],
)
def test_forms_of_a_word_count_as_one(stems: ModuleType, forms: str) -> None:
    assert len({stems.stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("words", ["pay play", "card care", "close clothes", "loan loss"])
def test_other_words_stay_apart(stems: ModuleType, words: str) -> None:
    assert len({stems.stem(word) for word in words.split()}) == 2


@pytest.mark.parametrize("word", ["卡", "no", "yes", "atm", "été"])
def test_short_and_foreign_words_stay_as_they_are(stems: ModuleType, word: str) -> None:
    assert stems.stem(word) == word


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("i don't know", "i do not know"),
        ("it hasnt arrived", "it has not arrived"),
        ("i can't pay", "i can not pay"),
        ("i cannot pay", "i can not pay"),
        ("i won't pay", "i will not pay"),
        ("the tent is rented", "the tent is rented"),
        ("我 没有", "我 没有"),
    ],
)
def test_a_not_is_heard_however_it_is_shortened(stems: ModuleType, said: str, meant: str) -> None:
    assert stems.spelled_out(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("i wanna pay", "i want to pay"),
        ("lemme think i gotta go", "let me think i got to go"),
        ("the wannabe", "the wannabe"),
    ],
)
def test_words_run_together_in_speech_are_taken_apart(
    stems: ModuleType, said: str, meant: str
) -> None:
    assert stems.spelled_out(said) == meant


def test_somebody_and_someone_are_one_word(stems: ModuleType) -> None:
    words = ("someone", "somebody", "anyone", "anybody")

    assert len({stems.stem(word) for word in words}) == 1
