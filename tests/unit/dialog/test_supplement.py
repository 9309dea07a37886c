"""Only what is missing is asked for; several slots in one sentence; corrections."""

from datetime import date
from typing import Any

import pytest

from ivr.dialog.flows import Flow
from ivr.dialog.parts import Texts
from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.step import Found
from ivr.domain import Language
from tests.unit.dialog.talk import Talk, keys, with_flow

TODAY = date(2026, 11, 23)  # a Monday
AMOUNT = "flows.refund.slots.amount.prompt"
DAY = "flows.refund.slots.day.prompt"
TOLD = "flows.refund.otherwise.none"
THREE_THOUSAND = {Language.EN: "three thousand yuan", Language.ZH: "三 千 块"}
NO_FIVE_THOUSAND = {Language.EN: "no five thousand yuan", Language.ZH: "不 对 五 千 块"}
FRIDAY = {Language.EN: "on friday", Language.ZH: "周五"}
NO_SATURDAY = {Language.EN: "no i mean saturday", Language.ZH: "不 是 周六"}
BOTH = {
    Language.EN: "three thousand yuan on friday",
    Language.ZH: "周五 还 三 千 块",
}


def paying(language: Language) -> Talk:
    """A conversation about a flow that needs an amount and a day."""
    slots: dict[str, Any] = {
        "amount": Slot(type=SlotType.AMOUNT, prompt=Texts(zh="多少？", en="How much?")),
        "day": Slot(type=SlotType.DATE, prompt=Texts(zh="哪天？", en="When?")),
    }
    talk = Talk(language, {"refund": Found(outcome="none")}, with_flow("refund", slots=slots))
    talk.memory = talk.memory.model_copy(update={"today": TODAY})
    return talk


def unclear(talk: Talk, texts: dict[Language, str]) -> list[str]:
    """Words that are no question of their own."""
    return keys(talk.say("nlu_fallback", texts[talk.memory.language], 0.0))


def told(talk: Talk) -> dict[str, str]:
    assert talk.memory.told is not None
    return talk.memory.told.slots


@pytest.fixture(params=list(Language))
def talk(request: pytest.FixtureRequest) -> Talk:
    return paying(request.param)


def test_what_is_missing_is_asked_for_one_by_one(talk: Talk) -> None:
    assert keys(talk.say("refund")) == [AMOUNT]
    assert unclear(talk, THREE_THOUSAND) == [DAY]
    assert unclear(talk, FRIDAY)[0] == TOLD
    assert told(talk) == {"amount": "3000", "day": "2026-11-27"}


def test_the_first_sentence_may_hold_it_all(talk: Talk) -> None:
    decision = talk.say("refund", BOTH[talk.memory.language])

    assert keys(decision)[0] == TOLD
    assert told(talk) == {"amount": "3000", "day": "2026-11-27"}


def test_the_first_sentence_may_hold_a_part(talk: Talk) -> None:
    assert keys(talk.say("refund", FRIDAY[talk.memory.language])) == [AMOUNT]
    assert unclear(talk, THREE_THOUSAND)[0] == TOLD


def test_one_answer_may_fill_two_slots(talk: Talk) -> None:
    talk.say("refund")

    assert unclear(talk, BOTH)[0] == TOLD


def test_an_answer_to_another_slot_is_taken_and_costs_no_try(talk: Talk) -> None:
    talk.say("refund")

    assert unclear(talk, FRIDAY) == [AMOUNT]
    assert talk.memory.asking is not None
    assert talk.memory.asking.tries == 0
    assert unclear(talk, THREE_THOUSAND)[0] == TOLD


def test_a_correction_changes_a_slot_given_earlier_in_the_form(talk: Talk) -> None:
    talk.say("refund")
    unclear(talk, THREE_THOUSAND)

    assert unclear(talk, NO_FIVE_THOUSAND) == [DAY]
    assert unclear(talk, FRIDAY)[0] == TOLD
    assert told(talk)["amount"] == "5000"


def test_a_correction_after_the_answer_gets_the_answer_anew(talk: Talk) -> None:
    talk.say("refund", BOTH[talk.memory.language])

    again = talk.say("no", NO_FIVE_THOUSAND[talk.memory.language])

    assert keys(again)[0] == TOLD
    assert told(talk) == {"amount": "5000", "day": "2026-11-27"}


def test_another_day_after_the_answer_needs_no_word_of_correction(talk: Talk) -> None:
    talk.say("refund", BOTH[talk.memory.language])

    unclear(talk, {Language.EN: "and saturday", Language.ZH: "那 周六 呢"})

    assert told(talk) == {"amount": "3000", "day": "2026-11-28"}


def test_corrections_follow_each_other(talk: Talk) -> None:
    talk.say("refund", BOTH[talk.memory.language])

    talk.say("no", NO_FIVE_THOUSAND[talk.memory.language])
    talk.say("no", NO_SATURDAY[talk.memory.language])

    assert told(talk) == {"amount": "5000", "day": "2026-11-28"}


def test_a_plain_no_after_the_answer_is_no_correction(talk: Talk) -> None:
    talk.say("refund", BOTH[talk.memory.language])

    assert keys(talk.say("no", "no")) == ["wording.goodbye"]


def test_another_question_is_no_correction_whatever_numbers_it_holds(talk: Talk) -> None:
    talk.say("refund", BOTH[talk.memory.language])

    decision = talk.say("fees", THREE_THOUSAND[talk.memory.language])

    assert decision.question == "fees"


def test_the_same_question_without_values_begins_anew(talk: Talk) -> None:
    talk.say("refund", BOTH[talk.memory.language])

    assert keys(talk.say("refund")) == [AMOUNT]


def test_back_in_the_form_takes_the_last_answer_back(talk: Talk) -> None:
    talk.say("refund")
    unclear(talk, THREE_THOUSAND)

    assert keys(talk.press("*3"))[-1] == AMOUNT
    assert unclear(talk, {Language.EN: "two hundred yuan", Language.ZH: "两 百 块"}) == [DAY]


def test_a_number_in_passing_fills_no_slot() -> None:
    talk = Talk()

    decision = talk.say("refund", "one moment i want a refund for two items")

    assert keys(decision) == ["flows.refund.slots.order_number.prompt"]


def test_account_facts_need_no_second_check_for_a_correction() -> None:
    flow = Flow.model_validate(
        {**dict(paying(Language.EN).flows.flows["refund"]), "may_hear": "verified"}
    )
    talk = paying(Language.EN)
    talk.flows = talk.flows.model_copy(update={"flows": {**talk.flows.flows, "refund": flow}})
    talk.facts["identify"] = Found({"customer": "paying"})
    talk.say("refund", "three thousand yuan on friday")
    talk.press("6688")

    again = talk.say("no", "no five thousand yuan")

    assert keys(again)[0] == TOLD


def test_digits_that_sound_like_a_choice_are_digits() -> None:
    talk = Talk(facts={"refund": Found(outcome="none")})
    talk.say("refund", "refund for order two zero two six double eight")

    again = talk.say("second", "and two zero two six nine nine")

    assert keys(again)[0] == TOLD
    assert told(talk) == {"order_number": "202699"}
