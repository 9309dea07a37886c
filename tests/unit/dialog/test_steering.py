"""Steering a conversation: every act in both languages, by voice and by key."""

import pytest

from ivr.dialog.memory import Decision
from ivr.dialog.parts import Texts
from ivr.dialog.slot_settings import Slot, SlotType
from ivr.dialog.step import Found
from ivr.domain import Expect, Happening, Language, Reach, Then
from tests.unit.dialog.talk import Talk, keys, with_flow

KNOWN = Found({"customer": "paying"})
LOAN = Found({"balance": "12345.60", "due_amount": "100", "due_on": "2026-12-03"})
BY_VOICE_AND_KEY = [
    ("repeat", "#"),
    ("slower", "*2"),
    ("back", "*3"),
    ("start_over", "*4"),
    ("help", "*1"),
    ("goodbye", "*9"),
    ("person", "0"),
    ("language", "*"),
]
IN_THE_ANSWER = Reach(unheard=2, heard_s=1.0)


def a_form_of_two(language: Language = Language.EN) -> Talk:
    """The starter's refund, which asks for a card behind the order."""
    flow = Talk().flows.flows["refund"]
    card = Slot(type=SlotType.DIGITS, length=4, prompt=Texts(zh="卡号", en="Card"))
    flows = with_flow("refund", slots={**flow.slots, "card": card})
    return Talk(language, {"refund": Found(outcome="none")}, flows)


def spoken(talk: Talk, decision: Decision) -> str:
    return talk.text_of(decision)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("intent", "key"), BY_VOICE_AND_KEY)
@pytest.mark.parametrize("is_form", [False, True])
def test_an_act_is_the_same_by_voice_and_by_key(
    language: Language, intent: str, key: str, is_form: bool
) -> None:
    voice, keypad = Talk(language), Talk(language)
    for talk in (voice, keypad):
        talk.say("refund" if is_form else "opening_hours")

    by_voice, by_key = voice.say(intent, "?"), keypad.press(key)

    assert by_voice == by_key
    assert spoken(voice, by_voice)


@pytest.mark.parametrize(
    "intent", ["repeat", "slower", "help", "thanks", "got_it", "language", "vague"]
)
@pytest.mark.parametrize("language", list(Language))
def test_steering_does_not_lose_a_form(intent: str, language: Language) -> None:
    talk = Talk(language, {"refund": Found(outcome="none")})
    talk.say("refund")

    steered = talk.say(intent)
    told = talk.press("202688")

    assert keys(steered)[-1] == "flows.refund.slots.order_number.prompt"
    assert steered.max_digits == 6
    assert keys(told)[0] == "flows.refund.otherwise.none"


@pytest.mark.parametrize("language", list(Language))
def test_back_in_a_form_asks_the_question_before(language: Language) -> None:
    talk = a_form_of_two(language)
    talk.say("refund")
    talk.press("202688")

    back = talk.say("back")

    assert keys(back) == ["wording.go_back", "flows.refund.slots.order_number.prompt"]
    assert "order_number" not in talk.memory.slots
    assert keys(talk.press("202699")) == ["flows.refund.slots.card.prompt"]


def test_a_wrong_answer_is_no_place_to_go_back_to() -> None:
    talk = a_form_of_two()
    talk.say("refund")
    talk.press("202688")
    talk.press("1")
    talk.happen(Happening.SILENCE)

    assert keys(talk.say("back"))[-1] == "flows.refund.slots.order_number.prompt"


def test_back_from_the_first_question_of_a_form_leads_to_the_answer_before() -> None:
    talk = Talk()
    talk.say("opening_hours")
    talk.say("refund")

    back = talk.say("back")

    assert keys(back)[:2] == ["wording.go_back", "flows.opening_hours.answer"]
    assert talk.memory.asking is not None
    assert back.question == "opening_hours"


def test_back_from_an_answer_allows_another_value() -> None:
    talk = Talk(facts={"refund": Found(outcome="none")})
    talk.say("refund")
    talk.press("202688")

    talk.say("back")

    assert talk.press("202699").question == "refund"


def test_back_does_not_ask_again_who_calls() -> None:
    talk = Talk(facts={"identify": KNOWN, "loan": LOAN})
    talk.open()
    talk.say("balance")
    talk.press("6688")

    back = talk.say("back")

    assert keys(back) == ["wording.go_back", "wording.greeting"]
    assert "6688" not in talk.memory.model_dump_json()


def test_back_at_the_very_beginning_asks_what_it_is_about() -> None:
    talk = Talk()
    talk.open()

    assert keys(talk.say("back")) == ["wording.go_back", "wording.offer_declined"]


def test_back_twice_goes_back_twice() -> None:
    talk = Talk()
    for question in ("opening_hours", "fees", "contract"):
        talk.say(question)

    once, twice = talk.say("back"), talk.say("back")

    assert keys(once)[1] == "flows.fees.answer"
    assert keys(twice)[1] == "flows.opening_hours.answer"


@pytest.mark.parametrize("language", list(Language))
def test_goodbye_in_the_middle_of_an_answer_ends_the_call(language: Language) -> None:
    talk = Talk(language)
    talk.say("opening_hours")

    decision = talk.say("goodbye", reach=IN_THE_ANSWER)

    assert (keys(decision), decision.then) == (["wording.goodbye"], Then.HANG_UP)


def test_got_it_in_the_middle_of_an_answer_asks_what_else_once() -> None:
    talk = Talk()
    talk.say("opening_hours")

    first = talk.say("got_it", reach=IN_THE_ANSWER)
    second = talk.say("got_it")

    assert keys(first) == ["wording.anything_else"]
    assert second.then is Then.HANG_UP


def test_thanks_is_not_answered_with_the_same_question_again() -> None:
    talk = Talk()
    talk.say("opening_hours")

    assert keys(talk.say("thanks")) == ["wording.welcome"]


def test_slower_twice_is_slower_still() -> None:
    talk = Talk()
    talk.say("opening_hours")

    assert [talk.say("slower").speed for _ in range(3)] == [0.8, 0.65, 0.65]


@pytest.mark.parametrize("language", list(Language))
def test_whoever_does_not_have_the_number_gets_a_person(language: Language) -> None:
    talk = Talk(language)
    talk.say("refund")

    decision = talk.say("cannot")

    assert decision.then is Then.HAND_OVER
    assert decision.reason == "has no order_number"


def test_no_leaves_a_form_and_back_returns_to_it() -> None:
    talk = Talk()
    talk.say("refund")

    left, back = talk.say("no"), talk.say("back")

    assert keys(left) == ["wording.offer_declined"]
    assert keys(back)[-1] == "flows.refund.slots.order_number.prompt"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], ["wording.guide", "wording.help"]),
        (["opening_hours"], ["wording.guide", "wording.help"]),
        (
            ["refund"],
            [
                "wording.help_digits",
                "wording.help_keys",
                "flows.refund.slots.order_number.prompt",
            ],
        ),
    ],
)
@pytest.mark.parametrize("language", list(Language))
def test_what_can_i_say_fits_the_state(
    before: list[str], expected: list[str], language: Language
) -> None:
    talk = Talk(language)
    for question in before:
        talk.say(question)

    assert keys(talk.say("help")) == expected


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (SlotType.AMOUNT, "wording.help_amount"),
        (SlotType.DATE, "wording.help_date"),
        (SlotType.YES_NO, "wording.help_yes_no"),
        (SlotType.TEXT, "wording.help_text"),
    ],
)
def test_help_in_a_form_explains_what_kind_of_answer_is_asked_for(
    type_: SlotType, expected: str
) -> None:
    slot = Slot(type=type_, prompt=Texts(zh="请说", en="Say"))
    talk = Talk(flows=with_flow("refund", slots={"it": slot}))
    talk.say("refund")

    assert keys(talk.press("*1"))[0] == expected


def test_a_slot_may_have_help_of_its_own() -> None:
    slot = Slot(
        type=SlotType.DIGITS,
        prompt=Texts(zh="请按", en="Press"),
        help=Texts(zh="在订单里", en="It is in your order."),
    )
    talk = Talk(flows=with_flow("refund", slots={"it": slot}))
    talk.say("refund")

    assert "It is in your order." in spoken(talk, talk.say("help"))


def test_help_about_digits_names_their_number() -> None:
    talk = Talk()
    talk.say("refund")

    assert "I need six digits" in spoken(talk, talk.say("help"))


def test_a_person_offered_after_silence_does_not_lose_the_form() -> None:
    talk = Talk(facts={"refund": Found(outcome="none")})
    talk.say("refund")
    once, twice = talk.happen(Happening.SILENCE), talk.happen(Happening.SILENCE)

    declined = talk.say("no")

    assert keys(once) == ["flows.refund.slots.order_number.prompt"]
    assert keys(twice) == ["wording.offer_person"]
    assert keys(declined) == ["wording.go_on", "flows.refund.slots.order_number.prompt"]


@pytest.mark.parametrize("is_spoken", [True, False])
def test_the_number_instead_of_yes_or_no_is_taken(is_spoken: bool) -> None:
    talk = Talk(facts={"refund": Found(outcome="none")})
    talk.say("refund")
    talk.happen(Happening.SILENCE)
    talk.happen(Happening.SILENCE)

    words = "two zero two six double eight"
    told = talk.say("nlu_fallback", words, 0.1) if is_spoken else talk.press("202688")

    assert keys(told)[0] == "flows.refund.otherwise.none"


def test_another_language_says_the_answer_again_in_it() -> None:
    talk = Talk(Language.ZH)
    talk.say("opening_hours")

    decision = talk.say("language", "english please", reach=IN_THE_ANSWER)

    assert keys(decision)[:2] == ["wording.language_changed", "flows.opening_hours.answer"]
    assert decision.language is Language.EN
    assert "营业" not in spoken(talk, decision)


def test_hello_is_answered_with_examples_of_what_to_say() -> None:
    talk = Talk()
    talk.open()

    decision = talk.say("vague", "hello")

    assert keys(decision) == ["wording.go_ahead", "wording.guide"]
    assert decision.expect is Expect.FREE


def test_the_language_changed_twice_is_announced_once_each_time() -> None:
    talk = Talk()
    talk.say("opening_hours")
    talk.press("*")

    decision = talk.press("*")

    assert keys(decision).count("wording.language_changed") == 1
    assert keys(decision)[1] == "flows.opening_hours.answer"


def test_the_language_that_is_spoken_already_repeats_no_answer() -> None:
    talk = Talk()
    talk.say("opening_hours")

    decision = talk.say("language", "english please")

    assert keys(decision) == ["wording.language_changed", "wording.go_ahead"]


def test_back_to_an_answer_with_an_offer_says_both_again() -> None:
    talk = Talk()
    answer = talk.say("fees")
    talk.say("contract")

    back = talk.say("back")

    assert keys(back) == ["wording.go_back", *keys(answer)]
