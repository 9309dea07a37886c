"""What the hotline does about what callers say, press and do not say."""

import pytest

from ivr.dialog.step import Failed, Found
from ivr.domain import Expect, Happening, Language, Opening, OpeningKind, Then
from tests.unit.dialog.talk import Talk, keys

LOAN = Found({"balance": "12345.60", "due_amount": "100", "due_on": "2026-12-03"})
KNOWN = Found({"customer": "paying"})


def test_a_plain_question_is_answered_at_once() -> None:
    talk = Talk()

    decision = talk.say("opening_hours")

    assert keys(decision) == ["flows.opening_hours.answer", "wording.anything_else"]
    assert decision.question == "opening_hours"
    assert decision.then is Then.LISTEN


def test_anything_else_is_asked_only_once_a_call() -> None:
    talk = Talk()
    talk.say("opening_hours")

    decision = talk.say("fees")

    assert keys(decision) == ["flows.fees.answer"]


def test_account_facts_need_the_card_first() -> None:
    talk = Talk(facts={"identify": KNOWN, "loan": LOAN})

    asked = talk.say("balance")
    told = talk.press("6688")

    assert keys(asked) == ["wording.verify_first", "identity.card_tail.prompt"]
    assert (asked.expect, asked.max_digits) == (Expect.DIGITS, 4)
    assert keys(told)[0] == "flows.balance.answer"
    assert "twelve thousand three hundred forty five yuan and sixty cents" in talk.text_of(told)


def test_a_verified_caller_is_not_asked_again() -> None:
    talk = Talk(facts={"identify": KNOWN, "loan": LOAN})
    talk.say("balance")
    talk.press("6688")

    decision = talk.say("repayment_date")

    assert keys(decision)[0] == "flows.repayment_date.answer"


def test_the_card_is_forgotten_once_it_was_checked() -> None:
    talk = Talk(facts={"identify": KNOWN, "loan": LOAN})
    talk.say("balance")
    talk.press("6688")

    assert "6688" not in talk.memory.model_dump_json()


def test_an_unknown_number_is_asked_for_the_code_too() -> None:
    talk = Talk(facts={"identify": Found(outcome="pin"), "loan": LOAN})
    talk.say("balance")

    code = talk.press("6688")
    talk.facts["identify"] = KNOWN
    told = talk.press("246810")

    assert keys(code) == ["identity.pin.prompt"]
    assert code.max_digits == 6
    assert keys(told)[0] == "flows.balance.answer"


def test_three_wrong_cards_lead_to_a_person() -> None:
    talk = Talk(facts={"identify": Found(outcome="wrong")})
    talk.say("balance")

    first, second, third = talk.press("1111"), talk.press("2222"), talk.press("3333")

    assert keys(first) == ["wording.identity_wrong", "identity.card_tail.again"]
    assert second.then is Then.LISTEN
    assert third.then is Then.HAND_OVER
    assert keys(third) == ["wording.person_after_failed_check"]


def test_digits_are_taken_from_speech() -> None:
    talk = Talk(facts={"refund": Found({"amount": "299", "expected_on": "2026-01-07"})})
    talk.say("refund")

    decision = talk.say("nlu_fallback", "two zero two six double eight", 0.1)

    assert keys(decision)[0] == "flows.refund.answer"


def test_another_question_does_not_lose_the_one_in_progress() -> None:
    talk = Talk(facts={"refund": Found(outcome="none")})
    talk.say("refund")

    aside = talk.say("opening_hours")
    told = talk.press("202688")

    assert keys(aside) == ["flows.opening_hours.answer", "flows.refund.slots.order_number.prompt"]
    assert aside.max_digits == 6
    assert keys(told)[0] == "flows.refund.otherwise.none"
    assert told.question == "refund"


def test_an_unsure_understanding_does_not_interrupt_a_question() -> None:
    talk = Talk()
    talk.say("refund")

    decision = talk.say("opening_hours", confidence=0.3)

    assert keys(decision) == ["flows.refund.slots.order_number.again"]


def test_a_second_refund_is_asked_for_again() -> None:
    talk = Talk(facts={"refund": Found(outcome="none")})
    talk.say("refund")
    talk.press("202688")

    decision = talk.say("refund")

    assert keys(decision) == ["flows.refund.slots.order_number.prompt"]


def test_after_a_failed_lookup_the_number_can_be_given_again() -> None:
    talk = Talk(facts={"refund": Failed()})
    talk.say("refund")
    talk.press("202688")

    decision = talk.say("refund")

    assert keys(decision) == ["flows.refund.slots.order_number.prompt"]


def test_a_failed_lookup_is_said_and_the_call_goes_on() -> None:
    talk = Talk(facts={"refund": Failed()})
    talk.say("refund")

    decision = talk.press("202688")

    assert keys(decision)[0] == "wording.lookup_failed"
    assert decision.then is Then.LISTEN


def test_a_lost_card_goes_to_a_person_who_knows_why() -> None:
    talk = Talk()

    decision = talk.say("card_lost")

    assert decision.then is Then.HAND_OVER
    assert decision.reason == "card lost or stolen"
    assert decision.brief == (
        "About: a lost card",
        "Caller: not verified",
        "Language: en",
        "Why: high priority",
    )


@pytest.mark.parametrize(("said", "question"), [("yes", "refund"), ("no", "")])
def test_an_offer_is_taken_or_declined(said: str, question: str) -> None:
    talk = Talk()
    offer = talk.open(Opening(OpeningKind.OFFER, ("refund",)))

    decision = talk.say(said)

    assert offer.expect is Expect.YES_NO
    assert decision.question == question


def test_an_offer_is_answered_with_another_question_in_one_turn() -> None:
    talk = Talk()
    talk.open(Opening(OpeningKind.OFFER, ("refund",)))

    own = talk.say("no", "no my opening hours question", 0.5, opening_hours=0.3)

    assert own.question == "opening_hours"


def test_an_offer_may_be_answered_by_key() -> None:
    talk = Talk()
    talk.open(Opening(OpeningKind.OFFER, ("opening_hours",)))

    assert talk.press("1").question == "opening_hours"


def test_account_facts_are_never_said_unasked() -> None:
    talk = Talk()

    decision = talk.open(Opening(OpeningKind.ANSWER, ("balance",)))

    assert keys(decision) == ["wording.offer_greeting", "flows.balance.offer"]


def test_what_anyone_may_hear_is_answered_before_asked() -> None:
    talk = Talk()

    decision = talk.open(Opening(OpeningKind.ANSWER, ("opening_hours",)))

    assert keys(decision)[:2] == ["wording.offer_greeting", "flows.opening_hours.answer"]


def test_two_guesses_are_offered_by_their_titles() -> None:
    talk = Talk()

    decision = talk.open(Opening(OpeningKind.OFFER_TWO, ("refund", "fees")))

    assert "a refund, or interest and fees" in talk.text_of(decision)
    assert talk.say("fees").question == "fees"


def test_a_guess_without_an_offer_is_not_made() -> None:
    talk = Talk()

    decision = talk.open(Opening(OpeningKind.OFFER, ("complaint",)))

    assert keys(decision) == ["wording.greeting"]


def test_no_after_an_answer_is_goodbye() -> None:
    talk = Talk()
    talk.say("opening_hours")

    assert talk.say("no").then is Then.HANG_UP


def test_repeat_and_slower_say_the_same() -> None:
    talk = Talk()
    first = talk.say("opening_hours")

    again, slower = talk.say("repeat"), talk.say("slower")

    assert again.says == slower.says == first.says
    assert (again.speed, slower.speed) == (1.0, 0.8)
    assert talk.say("fees").speed == 0.8


def test_repeat_in_a_form_asks_the_same_again() -> None:
    talk = Talk()
    asked = talk.say("refund")

    again = talk.say("repeat")

    assert again == asked
    assert talk.memory.asking is not None


def test_the_language_changes_in_a_form_without_losing_it() -> None:
    talk = Talk()
    talk.say("refund")

    decision = talk.press("*")

    assert decision.language is Language.ZH
    assert keys(decision)[-1] == "flows.refund.slots.order_number.prompt"
    assert decision.max_digits == 6


@pytest.mark.parametrize(
    ("text", "start", "wanted"),
    [
        ("请 说 普通话", Language.ZH, Language.ZH),
        ("说 英语", Language.ZH, Language.EN),
        ("mandarin please", Language.EN, Language.ZH),
        ("english please", Language.EN, Language.EN),
    ],
)
def test_the_wanted_language_is_spoken(text: str, start: Language, wanted: Language) -> None:
    talk = Talk(start)

    assert talk.say("language", text).language is wanted


def test_silence_asks_again_then_offers_a_person_then_ends() -> None:
    talk = Talk()
    talk.open()

    once, twice, thrice = (talk.happen(Happening.SILENCE) for _ in range(3))

    assert keys(once) == ["wording.silence"]
    assert keys(twice) == ["wording.offer_person"]
    assert thrice.then is Then.HANG_UP


def test_a_word_between_silences_starts_the_count_again() -> None:
    talk = Talk()
    talk.happen(Happening.SILENCE)
    talk.say("opening_hours")

    assert keys(talk.happen(Happening.SILENCE)) == ["wording.silence"]


def test_yes_to_a_person_is_a_hand_over() -> None:
    talk = Talk()
    talk.happen(Happening.SILENCE)
    talk.happen(Happening.SILENCE)

    assert talk.say("yes").then is Then.HAND_OVER


def test_two_misunderstandings_lead_to_a_person_but_not_one_and_one() -> None:
    talk = Talk()
    talk.say("nlu_fallback", "mumble", 0.1)
    talk.say("opening_hours")
    once = talk.happen(Happening.UNHEARD)

    twice = talk.say("nlu_fallback", "mumble", 0.1)

    assert once.then is Then.LISTEN
    assert twice.then is Then.HAND_OVER


def test_nobody_free_offers_a_call_back() -> None:
    talk = Talk()
    talk.say("person")

    offer = talk.happen(Happening.AGENT_UNAVAILABLE)
    accepted = talk.say("yes")

    assert offer.expect is Expect.YES_NO
    assert keys(accepted) == ["wording.call_back"]


def test_two_hundred_keys_are_a_wrong_answer_and_no_more() -> None:
    talk = Talk()
    talk.say("refund")

    decision = talk.press("7" * 200)

    assert keys(decision) == ["flows.refund.slots.order_number.again"]


def test_a_key_without_a_meaning_says_so() -> None:
    talk = Talk()

    assert keys(talk.press("7")) == ["wording.wrong_key"]


def test_zero_is_a_person_in_the_middle_of_a_form() -> None:
    talk = Talk()
    talk.say("refund")

    assert talk.press("0").then is Then.HAND_OVER


def test_start_over_forgets_the_question() -> None:
    talk = Talk()
    talk.say("refund")

    decision = talk.say("start_over")

    assert decision.question == ""
    assert talk.memory.asking is None
