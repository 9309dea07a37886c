"""Several values in one sentence."""

import pytest

from ivr.dialog.slots import values_in
from ivr.domain import Language
from tests.unit.dialog.slots.asked import (
    AMOUNT,
    CHOICE,
    DAY,
    FOUR,
    NUMBER,
    SATURDAY,
    TEXT,
    YES_NO,
)
from tests.unit.dialog.talk import starter_flows

ZH, EN = Language.ZH, Language.EN
PAYMENT = {"amount": AMOUNT, "day": DAY, "card": FOUR, "note": TEXT, "sure": YES_NO}


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        (
            "pay five hundred yuan from card six six eight eight on friday",
            EN,
            {"amount": "500", "card": "6688", "day": "2026-11-27"},
        ),
        (
            "下 周三 用 尾号 六六八八 还 三千五",
            ZH,
            {"amount": "3500", "card": "6688", "day": "2026-11-25"},
        ),
        ("card 6688 pay 3500", EN, {"amount": "3500", "card": "6688"}),
        ("二十三号 还 五千", ZH, {"amount": "5000", "day": "2026-11-23"}),
        ("on the twenty third", EN, {"day": "2026-11-23"}),
        ("five hundred no six hundred tomorrow", EN, {"amount": "600", "day": "2026-11-22"}),
        ("hello", EN, {}),
        ("", ZH, {}),
    ],
)
def test_each_slot_takes_its_own(text: str, language: Language, wanted: dict[str, str]) -> None:
    found = values_in(PAYMENT, text, language, SATURDAY)

    assert {name: given.value for name, given in found.items()} == wanted


def test_the_places_are_those_of_the_sentence_as_it_came() -> None:
    text = "下 周三 用 尾号 六六 八八 还 三 千 五"

    found = values_in(PAYMENT, text, ZH, SATURDAY)

    words = {name: text[given.start : given.end] for name, given in found.items()}
    assert words == {"day": "下 周三", "card": "六六 八八", "amount": "三 千 五"}


def test_slots_of_one_kind_take_values_in_their_order() -> None:
    slots = {"from": AMOUNT, "to": AMOUNT}

    found = values_in(slots, "五百 然后 六百", ZH, SATURDAY)

    assert [found["from"].value, found["to"].value] == ["500", "600"]


def test_a_slot_alone_is_asked_for_and_takes_what_it_can() -> None:
    assert values_in({"amount": AMOUNT}, "five", EN, SATURDAY)["amount"].value == "5"
    assert values_in({"sure": YES_NO}, "not really", EN, SATURDAY)["sure"].value == "no"


def test_a_choice_and_a_number_share_no_words() -> None:
    found = values_in(
        {"which": CHOICE, "number": NUMBER}, "option two and number five five", EN, SATURDAY
    )

    assert found["which"].value == "loan"
    assert found["number"].value == "55"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("twelve thousand", {"amount": "12000"}),
        ("twelve thousand over twelve months", {"amount": "12000", "months": "12"}),
        ("twelve", {"months": "12"}),
    ],
)
def test_a_part_of_a_longer_number_is_no_choice(text: str, wanted: dict[str, str]) -> None:
    months = starter_flows().flows["instalment_quote"].slots["months"]

    found = values_in({"amount": AMOUNT, "months": months}, text, EN, SATURDAY)

    assert {name: given.value for name, given in found.items()} == wanted
