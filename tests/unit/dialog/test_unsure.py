"""Answer, confirm, choose or guide: what is done about words that were not understood for sure."""

import pytest

from ivr.dialog.memory import Decision
from ivr.dialog.step import Found, Understood
from ivr.dialog.wording import reply_of
from ivr.domain import Expect, Happening, Language, Opening, OpeningKind, Then
from tests.unit.dialog.talk import Talk, keys, with_flow

FALLBACK = "nlu_fallback"


def said(talk: Talk, text: str = "mumble", **ranking: float) -> Decision:
    """An utterance with its likeliest questions; without any, the model has refused it."""
    first, confidence = next(iter(ranking.items()), (FALLBACK, 0.0))
    return talk.understood(Understood(first, confidence, text, tuple(ranking.items())))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        ({"fees": 0.9}, ["flows.fees.answer", "wording.anything_else"]),
        ({"fees": 0.5, "refund": 0.1}, ["wording.confirm"]),
        ({"fees": 0.35, "refund": 0.3}, ["wording.offer_or"]),
        ({"fees": 0.2, "refund": 0.05}, ["wording.not_understood", "wording.guide"]),
        ({}, ["wording.not_understood", "wording.guide"]),
    ],
)
def test_the_act_fits_the_ranking(
    language: Language, ranking: dict[str, float], expected: list[str]
) -> None:
    talk = Talk(language)
    talk.open()

    assert keys(said(talk, **ranking)) == expected


def test_what_is_out_of_scope_is_refused_and_not_guessed() -> None:
    talk = Talk()

    decision = talk.understood(Understood(FALLBACK, 0.0, "the weather", (("fees", 0.9),)))

    assert keys(decision) == ["wording.not_understood", "wording.guide"]


def test_ops_may_move_the_thresholds() -> None:
    talk = Talk()
    thresholds = talk.flows.hotline.thresholds.model_copy(update={"answer": 0.3})
    hotline = talk.flows.hotline.model_copy(update={"thresholds": thresholds})
    talk.flows = talk.flows.model_copy(update={"hotline": hotline})

    assert keys(talk.say("fees", confidence=0.4))[0] == "flows.fees.answer"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("by_key", [False, True])
def test_a_confirmed_question_is_answered_and_a_declined_one_not_asked_again(
    language: Language, by_key: bool
) -> None:
    confirmed, declined = Talk(language), Talk(language)
    for talk in (confirmed, declined):
        asked = said(talk, fees=0.5)
        assert asked.expect is Expect.YES_NO

    yes = confirmed.press("1") if by_key else confirmed.say("yes")
    no = declined.press("2") if by_key else declined.say("no")

    assert keys(yes)[0] == "flows.fees.answer"
    assert keys(no) == ["wording.offer_declined"]
    assert keys(said(declined, fees=0.5, refund=0.45)) == ["wording.confirm"]
    assert declined.memory.asking is not None
    assert declined.memory.asking.flow == "refund"


def test_the_question_itself_is_as_good_as_a_yes() -> None:
    talk = Talk()
    said(talk, fees=0.5)

    assert keys(talk.say("fees", confidence=0.5))[0] == "flows.fees.answer"


def test_another_question_instead_of_yes_is_answered() -> None:
    talk = Talk()
    said(talk, fees=0.5)

    assert keys(talk.say("opening_hours"))[0] == "flows.opening_hours.answer"


def test_being_asked_back_twice_in_a_row_leads_to_a_person() -> None:
    talk = Talk()
    said(talk, fees=0.5)
    again = said(talk, refund=0.5)

    third = said(talk, contract=0.5)

    assert keys(again) == ["wording.confirm"]
    assert third.then is Then.HAND_OVER


def test_unclear_words_after_asking_back_ask_the_same_once_more() -> None:
    talk = Talk()
    said(talk, fees=0.5)

    again = said(talk)

    assert keys(again) == ["wording.not_understood", "wording.confirm"]
    assert said(talk).then is Then.HAND_OVER


def test_what_was_said_before_a_confirmation_is_not_asked_after_it() -> None:
    talk = Talk(facts={"refund": Found(outcome="none")})
    said(talk, "refund two zero two six double eight", refund=0.5)

    assert keys(talk.say("yes"))[0] == "flows.refund.otherwise.none"


@pytest.mark.parametrize(
    ("answer", "flow"),
    [("first", "fees"), ("second", "refund"), ("refund", "refund"), ("1", "fees"), ("2", "refund")],
)
@pytest.mark.parametrize("language", list(Language))
def test_one_of_two_is_chosen_by_voice_and_by_key(
    answer: str, flow: str, language: Language
) -> None:
    talk = Talk(language)
    asked = said(talk, fees=0.35, refund=0.3)

    decision = talk.press(answer) if answer.isdecimal() else talk.say(answer)

    assert (asked.expect, asked.max_digits) == (Expect.MENU, 1)
    assert decision.question == flow


def test_few_words_are_enough_to_choose() -> None:
    talk = Talk()
    said(talk, fees=0.35, refund=0.3)

    assert said(talk, opening_hours=0.3, refund=0.2, fees=0.1).question == "refund"


def test_the_ear_prefers_what_callers_say_about_the_two() -> None:
    talk = Talk()

    phrases = reply_of(talk.flows, said(talk, fees=0.35, refund=0.3)).listening.phrases

    assert "i want a refund" in phrases
    assert "the second one" in phrases


def test_yes_to_one_or_the_other_asks_which() -> None:
    talk = Talk()
    said(talk, fees=0.35, refund=0.3)

    assert keys(talk.say("yes")) == ["wording.choose_one", "wording.offer_or"]


def test_neither_is_declined() -> None:
    talk = Talk()
    said(talk, fees=0.35, refund=0.3)

    assert keys(talk.say("no", "no")) == ["wording.offer_declined"]
    assert talk.memory.declined == ("fees", "refund")


@pytest.mark.parametrize(
    ("confirm", "confidence", "key"),
    [
        ("never", 0.5, "flows.fees.answer"),
        ("when_unsure", 0.5, "wording.confirm"),
        ("when_unsure", 0.9, "flows.fees.answer"),
        ("always", 0.9, "wording.confirm"),
    ],
)
def test_a_flow_says_when_it_is_confirmed(confirm: str, confidence: float, key: str) -> None:
    talk = Talk(flows=with_flow("fees", confirm=confirm))

    assert keys(talk.say("fees", confidence=confidence))[0] == key


def test_words_that_the_ear_doubts_are_confirmed() -> None:
    talk = Talk()

    decision = talk.understood(Understood("fees", 0.9, "fees", (("fees", 0.9),), is_doubtful=True))

    assert keys(decision) == ["wording.confirm"]


def test_an_offer_that_is_taken_is_not_confirmed() -> None:
    talk = Talk(flows=with_flow("refund", confirm="always"))
    talk.open(Opening(OpeningKind.OFFER, ("refund",)))

    assert keys(talk.say("yes"))[0] == "flows.refund.slots.order_number.prompt"


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        ({"person": 0.5}, ["wording.offer_person"]),
        ({"goodbye": 0.5}, ["wording.anything_else"]),
        ({"slower": 0.5}, ["wording.greeting"]),
    ],
)
def test_an_unsure_wish_is_followed_only_where_it_does_no_harm(
    ranking: dict[str, float], expected: list[str]
) -> None:
    talk = Talk()
    talk.open()

    assert keys(said(talk, **ranking)) == expected


def test_examples_fit_the_caller() -> None:
    talk = Talk()
    talk.open(Opening(likely=("contract", "password", "fees")))
    flows = talk.flows.flows

    guided = talk.text_of(said(talk))

    assert flows["contract"].examples.en[0] in guided
    assert flows["password"].examples.en[0] in guided


def test_examples_are_not_what_was_answered_or_declined() -> None:
    talk = Talk()
    talk.open(Opening(OpeningKind.OFFER, ("refund",), likely=("refund", "fees", "contract")))
    talk.say("no")
    talk.say("fees")
    flows = talk.flows.flows

    guided = talk.text_of(talk.say("help"))

    assert flows["contract"].examples.en[0] in guided
    assert flows["refund"].examples.en[0] not in guided
    assert flows["fees"].examples.en[0] not in guided


def test_mandarin_examples_are_spoken_without_the_ears_blanks() -> None:
    talk = Talk(Language.ZH)

    guide, _ = reply_of(talk.flows, talk.say("help")).prompts

    assert " " not in guide.text


def test_an_unclear_word_in_a_yes_no_question_asks_it_again() -> None:
    talk = Talk()
    talk.open(Opening(OpeningKind.OFFER, ("refund",)))

    assert keys(talk.happen(Happening.UNHEARD)) == ["wording.not_understood", "flows.refund.offer"]


def test_other_examples_are_given_the_second_time() -> None:
    talk = Talk()

    first, second = talk.say("vague"), talk.say("vague")

    assert first.says[-1].key == second.says[-1].key == "wording.guide"
    assert not set(first.says[-1].facts.values()) & set(second.says[-1].facts.values())
