"""The dialog never believes that words were heard which were not."""

import pytest

from ivr.dialog.memory import Asked
from ivr.dialog.step import Found
from ivr.domain import Happening, Language, Opening, OpeningKind, Reach, Then
from tests.unit.dialog.talk import Talk, keys

KNOWN = Found({"customer": "paying"})
LOAN = Found({"balance": "12345.60", "due_amount": "100", "due_on": "2026-12-03"})
BEFORE_THE_QUESTION = Reach(unheard=1)
BEFORE_IT_ALL = Reach(unheard=2)
IN_THE_QUESTION = Reach(unheard=1, heard_s=1.0)


@pytest.mark.parametrize("language", list(Language))
def test_no_to_an_unheard_anything_else_is_no_goodbye(language: Language) -> None:
    talk = Talk(language)
    talk.say("opening_hours")

    decision = talk.say("no", reach=BEFORE_THE_QUESTION)

    assert decision.then is Then.LISTEN


def test_no_into_the_question_answers_it() -> None:
    talk = Talk()
    talk.say("opening_hours")

    assert talk.say("no", reach=IN_THE_QUESTION).then is Then.HANG_UP


def test_anything_else_is_asked_again_when_it_was_not_heard() -> None:
    talk = Talk()
    talk.say("opening_hours")

    decision = talk.say("fees", reach=BEFORE_THE_QUESTION)

    assert keys(decision) == ["flows.fees.answer", "wording.anything_else"]


def test_yes_before_an_offer_was_made_does_not_take_it() -> None:
    talk = Talk()
    talk.open(Opening(OpeningKind.OFFER, ("refund",)))

    assert talk.say("yes", reach=BEFORE_IT_ALL).question == ""


def test_a_wrong_answer_to_an_unheard_question_costs_no_try() -> None:
    talk = Talk()
    talk.say("refund")

    talk.press("1", reach=BEFORE_THE_QUESTION)

    assert talk.memory.asking is not None
    assert talk.memory.asking.tries == 0
    talk.press("1")
    assert talk.memory.asking.tries == 1


def test_a_number_said_before_it_was_asked_for_is_taken() -> None:
    talk = Talk(facts={"identify": KNOWN, "loan": LOAN})
    talk.say("balance")

    told = talk.press("6688", reach=BEFORE_IT_ALL)

    assert keys(told)[0] == "flows.balance.answer"


@pytest.mark.parametrize("language", list(Language))
def test_repeat_begins_with_the_sentence_that_was_cut(language: Language) -> None:
    talk = Talk(language)
    first = talk.say("opening_hours")
    skip = 5

    again = talk.say("repeat", reach=Reach(unheard=2, letters=skip, heard_s=1.5))

    assert talk.text_of(again) == talk.text_of(first)[skip:]


def test_repeat_of_a_cut_repeat_goes_on_further() -> None:
    talk = Talk()
    first = talk.say("opening_hours")
    talk.say("repeat", reach=Reach(unheard=2, letters=5))

    again = talk.say("repeat", reach=Reach(unheard=2, letters=4))

    assert talk.text_of(again) == talk.text_of(first)[9:]


def test_repeat_after_a_cut_anything_else_repeats_the_answer() -> None:
    talk = Talk()
    first = talk.say("opening_hours")

    assert talk.say("repeat", reach=IN_THE_QUESTION).says == first.says


def test_a_question_that_was_repeated_is_asked() -> None:
    talk = Talk()
    talk.say("opening_hours")
    talk.say("repeat", reach=BEFORE_IT_ALL)

    assert talk.say("no").then is Then.HANG_UP


def test_another_language_begins_the_answer_anew() -> None:
    talk = Talk(Language.ZH)
    talk.say("opening_hours")

    decision = talk.say("language", "说 英语", reach=Reach(unheard=2, letters=5))

    assert keys(decision)[0] == "wording.language_changed"
    assert all(say.skip == 0 for say in decision.says)


def test_silence_after_a_heard_reply_is_counted_as_before() -> None:
    talk = Talk()
    talk.say("refund")

    decision = talk.happen(Happening.SILENCE)

    assert keys(decision) == ["flows.refund.slots.order_number.prompt"]
    assert talk.memory.asking is not None
    assert talk.memory.asking.kind is Asked.SLOT
