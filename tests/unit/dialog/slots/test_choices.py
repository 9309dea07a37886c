"""One of several options, by its words, its place or its key."""

import pytest
from pydantic import ValidationError

from ivr.dialog.slot_settings import Option, Slot, SlotType
from ivr.dialog.slots import value_of_keys, values_in
from ivr.domain import Expect, Language
from tests.unit.dialog.slots.asked import CHOICE, PROMPT, SATURDAY, heard_as

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("the credit card", EN, "card"),
        ("loan please", EN, "loan"),
        ("the second one", EN, "loan"),
        ("option two", EN, "loan"),
        ("one", EN, "card"),
        ("the last one", EN, "loan"),
        ("card no loan", EN, "loan"),
        ("not the card the loan", EN, "loan"),
        ("信用卡", ZH, "card"),
        ("贷 款", ZH, "loan"),
        ("第二个", ZH, "loan"),
        ("一", ZH, "card"),
        ("最后一个", ZH, "loan"),
        ("不要 卡 要 贷款", ZH, "loan"),
        ("不是 信用卡 是 贷款", ZH, "loan"),
    ],
)
def test_an_option_is_chosen(text: str, language: Language, wanted: str) -> None:
    assert heard_as(CHOICE, text, language) == wanted


@pytest.mark.parametrize(
    ("text", "language"),
    [("card or loan", EN), ("cardboard", EN), ("the ninth", EN), ("卡 还是 贷款", ZH), ("", ZH)],
)
def test_no_option_is_chosen(text: str, language: Language) -> None:
    assert heard_as(CHOICE, text, language) is None


def test_options_without_keys_count_from_one() -> None:
    assert value_of_keys(CHOICE, "2", SATURDAY) == "loan"
    assert value_of_keys(CHOICE, "3", SATURDAY) is None


def test_the_ear_listens_for_the_words_of_the_options() -> None:
    assert CHOICE.type.expect is Expect.MENU
    assert CHOICE.words(EN) == ("credit card", "card", "loan", "the loan")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"type": "choice"}, "two to 9 options"),
        ({"type": "amount", "length": 4}, "length is for slots of type digits"),
        ({"type": "digits", "when": "past"}, "when is for slots of type date"),
        (
            {
                "type": "choice",
                "options": {
                    "a": {"zh": ["甲"], "en": ["a"], "key": "1"},
                    "b": {"zh": ["乙"], "en": ["b"], "key": "1"},
                },
            },
            "same key",
        ),
    ],
)
def test_settings_that_do_not_fit_the_type_are_refused(
    settings: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        Slot.model_validate({"prompt": PROMPT, **settings})


MONTHS = Slot(
    type=SlotType.CHOICE,
    prompt=PROMPT,
    options={
        "6": Option(zh=("六个月", "六", "半年"), en=("six months", "six")),
        "12": Option(zh=("十二个月", "十二", "一年"), en=("twelve months", "twelve")),
        "24": Option(zh=("二十四个月", "二十四"), en=("twenty four months", "twenty four")),
    },
)


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("12", EN, "12"),
        ("24 months please", EN, "24"),
        ("6", ZH, "6"),
        ("分12个月", ZH, "12"),
        ("112", EN, None),
        ("120", ZH, None),
        ("1200", ZH, None),
        ("2.4", EN, None),
    ],
)
def test_an_option_that_is_a_number_is_also_chosen_in_figures(
    text: str, language: Language, wanted: str | None
) -> None:
    assert heard_as(MONTHS, text, language) == wanted


@pytest.mark.parametrize("language", [ZH, EN])
def test_figures_are_the_option_that_was_asked_for_and_not_an_amount(language: Language) -> None:
    amount = Slot(type=SlotType.AMOUNT, prompt=PROMPT)

    given = values_in({"months": MONTHS, "amount": amount}, "12", language, SATURDAY)

    assert {name: each.value for name, each in given.items()} == {"months": "12"}
