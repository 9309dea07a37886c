"""Values that may have been misheard or meant otherwise are read back, and only those."""

from datetime import date
from typing import Any

import pytest

from ivr.dialog.memory import Asked
from ivr.dialog.parts import Texts
from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.step import Found, Understood
from ivr.domain import Happening, Language, Reach, Then
from tests.unit.dialog.talk import Talk, keys, with_flow

MONDAY = date(2026, 11, 23)
AMOUNT, DAY = "flows.refund.slots.amount.prompt", "flows.refund.slots.day.prompt"
READ_BACK, TOLD = "wording.read_back", "flows.refund.otherwise.none"
THREE_FIFTY = {Language.EN: "three fifty", Language.ZH: "三 五"}
SURE = {Language.EN: "three thousand yuan", Language.ZH: "三 千 块"}
YES = {Language.EN: "yes that's right", Language.ZH: "对 的"}
NO = {Language.EN: "no that's wrong", Language.ZH: "不 对"}
NO_FIVE_THOUSAND = {Language.EN: "no five thousand", Language.ZH: "不 是 五 千"}
NEXT_WEDNESDAY = {Language.EN: "next wednesday", Language.ZH: "下 周三"}
FRIDAY = {Language.EN: "on friday", Language.ZH: "周五"}


def paying(language: Language, **amount: Any) -> Talk:
    """A conversation about a flow that needs an amount and a day, of which the first is asked."""
    slots = {
        "amount": Slot(type=SlotType.AMOUNT, prompt=Texts(zh="多少？", en="How much?"), **amount),
        "day": Slot(type=SlotType.DATE, prompt=Texts(zh="哪天？", en="When?")),
    }
    talk = Talk(language, {"refund": Found(outcome="none")}, with_flow("refund", slots=slots))
    talk.memory = talk.memory.model_copy(update={"today": MONDAY})
    assert keys(talk.say("refund")) == [AMOUNT]
    return talk


def said(talk: Talk, texts: dict[Language, str], *, doubtful: bool = False) -> list[str]:
    """Words that are no question of their own."""
    text = texts[talk.memory.language]
    return keys(talk.understood(Understood("nlu_fallback", 0.0, text, is_doubtful=doubtful)))


@pytest.fixture(params=list(Language))
def talk(request: pytest.FixtureRequest) -> Talk:
    return paying(request.param)


def test_a_clear_amount_heard_well_is_not_read_back(talk: Talk) -> None:
    assert said(talk, SURE) == [DAY]


def test_an_amount_that_the_ear_doubts_is_read_back(talk: Talk) -> None:
    assert said(talk, SURE, doubtful=True) == [READ_BACK]
    assert said(talk, YES) == [DAY]
    assert talk.memory.slots == {"amount": "3000"}


def test_an_amount_that_may_be_another_is_read_back(talk: Talk) -> None:
    assert said(talk, THREE_FIFTY) == [READ_BACK]


def test_a_day_that_may_be_another_is_read_back_with_its_weekday() -> None:
    talk = paying(Language.EN)
    said(talk, SURE)

    decision = talk.say("nlu_fallback", "next wednesday", 0.0)

    assert talk.text_of(decision) == "Let me check: Wednesday, December second. Is that right?"


def test_next_wednesday_is_clear_once_this_weeks_is_over(talk: Talk) -> None:
    talk.memory = talk.memory.model_copy(update={"today": date(2026, 11, 26)})
    said(talk, SURE)

    assert said(talk, NEXT_WEDNESDAY)[0] == TOLD


def test_no_asks_again(talk: Talk) -> None:
    said(talk, THREE_FIFTY)

    assert said(talk, NO) == [AMOUNT]
    assert talk.memory.slots == {}


def test_no_with_another_value_takes_that_one(talk: Talk) -> None:
    said(talk, THREE_FIFTY)

    assert said(talk, NO_FIVE_THOUSAND) == [DAY]
    assert talk.memory.slots == {"amount": "5000"}


def test_the_same_value_said_again_is_a_yes(talk: Talk) -> None:
    said(talk, SURE, doubtful=True)

    assert said(talk, SURE, doubtful=True) == [DAY]


def test_two_unsure_values_are_read_back_together() -> None:
    talk = paying(Language.EN)

    decision = talk.say("nlu_fallback", "three fifty next wednesday", 0.0)

    expected = "Let me check: three hundred fifty yuan, Wednesday, December second. Is that right?"
    assert talk.text_of(decision) == expected
    assert said(talk, YES)[0] == TOLD


def test_what_a_correction_leaves_unsure_is_read_back_alone() -> None:
    talk = paying(Language.EN)
    said(talk, {Language.EN: "three fifty next wednesday"})

    decision = talk.say("nlu_fallback", "no five thousand", 0.0)

    assert talk.text_of(decision) == "Let me check: Wednesday, December second. Is that right?"


def test_one_is_yes_and_two_is_no(talk: Talk) -> None:
    said(talk, THREE_FIFTY)
    assert keys(talk.press("2")) == [AMOUNT]
    said(talk, THREE_FIFTY)
    assert keys(talk.press("1")) == [DAY]


def test_another_key_is_no_value(talk: Talk) -> None:
    said(talk, THREE_FIFTY)

    assert keys(talk.press("3")) == ["wording.wrong_key"]
    assert said(talk, YES) == [DAY]
    assert talk.memory.slots["amount"] != "3"


def test_keys_are_never_read_back(talk: Talk) -> None:
    assert keys(talk.press("350")) == [DAY]


def test_an_ear_that_stays_in_doubt_leads_to_a_person_in_the_end(talk: Talk) -> None:
    amounts = ("three", "four", "five", "six", "seven"), ("三", "四", "五", "六", "七")
    last = None
    for english, mandarin in zip(*amounts, strict=True):
        text = f"{english} thousand" if talk.memory.language is Language.EN else f"{mandarin} 千"
        last = talk.understood(Understood("nlu_fallback", 0.0, text, is_doubtful=True))
        if last.then is Then.HAND_OVER:
            break

    assert last is not None
    assert last.then is Then.HAND_OVER


def test_silence_and_noise_ask_it_again(talk: Talk) -> None:
    said(talk, THREE_FIFTY)

    assert keys(talk.happen(Happening.SILENCE)) == [READ_BACK]
    assert keys(talk.happen(Happening.UNHEARD)) == ["wording.not_understood", READ_BACK]


def test_another_question_in_between_does_not_lose_it(talk: Talk) -> None:
    said(talk, THREE_FIFTY)

    told = keys(talk.say("opening_hours"))

    assert told == ["flows.opening_hours.answer", READ_BACK]
    assert said(talk, YES) == [DAY]


def test_back_leads_to_the_question_itself(talk: Talk) -> None:
    said(talk, THREE_FIFTY)

    assert keys(talk.say("back")) == ["wording.go_back", AMOUNT]


def test_the_language_can_change_meanwhile(talk: Talk) -> None:
    said(talk, THREE_FIFTY)

    assert keys(talk.press("*")) == ["wording.language_changed", READ_BACK]
    assert said(talk, YES) == [DAY]


def test_a_yes_before_it_was_asked_is_no_answer(talk: Talk) -> None:
    said(talk, THREE_FIFTY)
    yes = YES[talk.memory.language]

    again = talk.say("yes", yes, reach=Reach(unheard=1))

    assert keys(again) == [READ_BACK]


def test_values_in_the_first_sentence_are_read_back_before_they_are_used(talk: Talk) -> None:
    fresh = paying(talk.memory.language)
    fresh.memory = fresh.memory.model_copy(update={"asking": None, "question": ""})
    text = {Language.EN: "a refund of three thousand yuan", Language.ZH: "退款 三 千 块"}

    words, ranking = text[fresh.memory.language], (("refund", 0.99),)
    decision = fresh.understood(Understood("refund", 0.99, words, ranking, is_doubtful=True))
    assert keys(decision) == ["wording.confirm"]  # the ear's doubt is about the question, too

    assert keys(fresh.say("yes")) == [READ_BACK]
    assert said(fresh, YES) == [DAY]


def test_a_slot_may_always_be_read_back(talk: Talk) -> None:
    always = paying(talk.memory.language, confirm="always")

    assert said(always, SURE) == [READ_BACK]


def test_a_slot_may_never_be_read_back(talk: Talk) -> None:
    never = paying(talk.memory.language, confirm="never")

    assert said(never, THREE_FIFTY, doubtful=True) == [DAY]


def test_free_words_and_yes_or_no_are_never_read_back() -> None:
    with pytest.raises(ValueError, match="never read back"):
        Slot(type=SlotType.TEXT, prompt=Texts(zh="？", en="?"), confirm="always")  # type: ignore[arg-type]  # as YAML gives it


def test_the_numbers_that_prove_who_calls_are_never_read_back(talk: Talk) -> None:
    talk.facts["identify"] = Found(outcome="pin")
    talk.say("balance")
    tail = {Language.EN: "six six eight eight", Language.ZH: "六 六 八 八"}

    assert said(talk, tail, doubtful=True) == ["identity.pin.prompt"]
    assert talk.memory.asking is not None
    assert talk.memory.asking.kind is Asked.SLOT
