"""Answers by group of callers, follow-ups, hand-over rules and the green channel."""

from typing import Any

import pytest
from pydantic import ValidationError

from ivr.dialog.follow_ups import next_offer
from ivr.dialog.groups import groups_of, variant
from ivr.dialog.memory import Asked, Memory
from ivr.dialog.parts import Bounds, Group
from ivr.dialog.questions import identified, recognised
from ivr.dialog.step import Failed, Found
from ivr.dialog.transfers import sounds_upset
from ivr.domain import Language, Opening, Then
from tests.unit.dialog.talk import Talk, keys, starter_flows, with_flow

EN, ZH = Language.EN, Language.ZH
LATE = Found({"customer": "late", "tags": "", "days_overdue": "5", "days_customer": "700"})


def talk_with(flow: str = "fees", language: Language = EN, **change: Any) -> Talk:
    """A conversation in which one flow is changed."""
    return Talk(language, flows=with_flow(flow, **change))


def texts(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def remember(talk: Talk, **what: Any) -> None:
    talk.memory = talk.memory.model_copy(update=what)


# --- groups ------------------------------------------------------------------------------


def test_an_answer_has_a_variant_for_a_group() -> None:
    answer = {**texts("usual"), "by_group": {"vip": texts("for you")}}
    talk = talk_with(answer=answer)
    remember(talk, tags=("vip",), number_known=True)

    decision = talk.say("fees")

    assert keys(decision)[0] == "flows.fees.answer.by_group.vip"
    assert "for you" in talk.text_of(decision)


def test_whoever_is_in_no_group_hears_the_usual_answer() -> None:
    talk = talk_with(answer={**texts("usual"), "by_group": {"vip": texts("for you")}})

    assert keys(talk.say("fees"))[0] == "flows.fees.answer"


def test_the_first_variant_that_fits_is_said() -> None:
    by_group = {"overdue": texts("late"), "vip": texts("for you")}
    talk = talk_with(answer={**texts("usual"), "by_group": by_group})
    remember(talk, tags=("vip",), verified=True, account={"days_overdue": "5"})

    assert keys(talk.say("fees"))[0].endswith("by_group.overdue")


def test_the_account_puts_nobody_into_a_group_who_has_not_proved_who_they_are() -> None:
    flows, account = starter_flows(), {"days_overdue": "5"}

    stranger = Memory(language=EN, account=account, number_known=True)
    caller = stranger.model_copy(update={"verified": True})

    assert "overdue" not in groups_of(flows, stranger)
    assert "overdue" in groups_of(flows, caller)


def test_past_calls_put_only_a_verified_caller_into_a_group() -> None:
    flows = starter_flows()
    stranger = Memory(language=EN, calls_lately=3)

    assert "calls_again" not in groups_of(flows, stranger)
    assert "calls_again" in groups_of(flows, stranger.model_copy(update={"verified": True}))


def test_who_calls_again_about_a_payment_on_its_way_hears_that_we_are_sorry() -> None:
    flows = starter_flows()
    answer = flows.flows["payment_not_booked"].otherwise["pending"]
    caller = Memory(language=EN, verified=True, calls_lately=2)

    assert variant(flows, caller, answer) == "calls_again"
    assert variant(flows, caller.model_copy(update={"calls_lately": 1}), answer) == ""


def test_every_group_of_the_starter_set_hears_something_of_its_own() -> None:
    flows = starter_flows()
    answers = [a for f in flows.flows.values() for a in (f.answer, *f.otherwise.values())]
    rules = [rule for f in flows.flows.values() for rule in (*f.offers, *f.transfers)]

    used = {group for answer in answers for group in answer.by_group}
    used |= {group for rule in rules for group in rule.groups}

    assert used == set(flows.hotline.groups)


def test_a_known_number_brings_tags_but_no_facts_of_the_account() -> None:
    memory = recognised(Memory(language=EN), Found({**LATE.facts, "tags": "vip staff"}))

    assert memory.tags == ("vip", "staff")
    assert memory.number_known
    assert not memory.verified
    assert memory.account == {}


@pytest.mark.parametrize("found", [Failed(), Found(outcome="none")])
def test_an_unknown_number_changes_nothing(found: Found | Failed) -> None:
    assert recognised(Memory(language=EN), found) == Memory(language=EN)


def test_a_caller_who_was_verified_brings_the_account() -> None:
    memory = identified(Memory(language=EN), LATE)

    assert memory.verified
    assert memory.account == {"days_overdue": "5", "days_customer": "700"}


@pytest.mark.parametrize(
    "group",
    [
        {},
        {"number_known": False, "tags": ["vip"]},
        {"verified": False, "account": {"days_overdue": {"at_least": 1}}},
        {"account": {"days_overdue": {"at_least": 5, "below": 5}}},
        {"account": {"days_overdue": {}}},
    ],
)
def test_a_group_that_holds_everybody_or_nobody_is_refused(group: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Group.model_validate(group)


def test_bounds_hold_from_the_lower_to_below_the_upper() -> None:
    bounds = Bounds(at_least=1, below=30)

    assert [bounds.hold(days) for days in (0, 1, 29.9, 30)] == [False, True, True, False]


# --- follow-ups --------------------------------------------------------------------------


def test_a_related_question_is_offered_after_the_answer_and_told_on_yes() -> None:
    talk = talk_with(follow_ups=["early_repayment"])

    offered = talk.say("fees")
    told = talk.say("yes")

    assert keys(offered) == ["flows.fees.answer", "wording.follow_up"]
    assert "Shall I also tell you about early repayment?" in talk.text_of(offered)
    assert keys(told)[0] == "flows.early_repayment.answer"


@pytest.mark.parametrize(
    ("key", "heard"), [("1", "early_repayment.answer"), ("2", "anything_else")]
)
def test_a_follow_up_is_answered_by_key(key: str, heard: str) -> None:
    talk = talk_with(follow_ups=["early_repayment"])
    talk.say("fees")

    assert keys(talk.press(key))[0].endswith(heard)


def test_a_declined_follow_up_ends_all_offers() -> None:
    talk = talk_with(follow_ups=["early_repayment"])
    talk.say("fees")

    more = talk.say("no")
    again = talk.say("fees")

    assert keys(more) == ["wording.anything_else"]
    assert keys(again) == ["flows.fees.answer"]


def test_a_follow_up_is_offered_once_a_call() -> None:
    talk = talk_with(follow_ups=["early_repayment"])
    talk.say("fees")

    assert "wording.follow_up" not in keys(talk.say("fees"))


def test_what_the_caller_has_asked_is_not_offered() -> None:
    talk = talk_with(follow_ups=["early_repayment", "opening_hours"])
    talk.say("early_repayment")

    talk.say("fees")

    assert talk.memory.asking is not None
    assert talk.memory.asking.flow == "opening_hours"


def test_what_the_caller_may_not_hear_is_not_offered() -> None:
    talk = talk_with(follow_ups=["balance"])

    stranger = keys(talk.say("fees"))
    remember(talk, verified=True, offered_more=False)
    known = keys(talk.say("fees"))

    assert stranger == ["flows.fees.answer", "wording.anything_else"]
    assert known == ["flows.fees.answer", "wording.follow_up"]


def test_a_follow_up_may_have_words_of_its_own_and_its_own_outcomes_and_groups() -> None:
    offer = {"question": "early_repayment", "offer": texts("really?"), "groups": ["vip"]}
    talk = talk_with(follow_ups=[{**offer, "outcomes": ["ok"]}])
    flow = talk.flows.flows["fees"]
    vip = Memory(language=EN, tags=("vip",))

    assert next_offer(talk.flows, Memory(language=EN), flow, "ok") is None
    assert next_offer(talk.flows, vip, flow, "none") is None
    remember(talk, tags=("vip",))
    assert "really?" in talk.text_of(talk.say("fees"))


# --- hand-overs --------------------------------------------------------------------------


def test_a_person_may_come_instead_of_the_answer() -> None:
    rule = {"reason": "wants fees", "when": "instead_of_answer", "tags": ["vip"]}
    talk = talk_with(hand_over=rule)

    usual = talk.say("fees")
    remember(talk, tags=("vip",))
    decision = talk.say("fees")

    assert usual.then is Then.LISTEN
    assert keys(decision) == ["wording.person"]
    assert (decision.then, decision.reason) == (Then.HAND_OVER, "wants fees")
    assert "Why: caller tag vip" in decision.brief


def test_an_outcome_may_bring_a_person_after_its_answer_or_instead() -> None:
    rules = [
        {"reason": "late", "outcomes": ["none"], "say": texts("wait"), "when": "instead_of_answer"},
        {"reason": "told", "outcomes": ["ok"]},
    ]
    talk = talk_with("balance", hand_over=rules)
    remember(talk, verified=True)

    talk.facts = {"loan": Found({"balance": "1", "due_amount": "1", "due_on": "2026-01-01"})}
    after = talk.say("balance")
    talk.facts = {"loan": Found(outcome="none")}
    instead = talk.say("balance")

    assert keys(after) == ["flows.balance.answer"]
    assert after.reason == "told"
    assert keys(instead) == ["flows.balance.transfers.0.say"]
    assert instead.reason == "late"


def test_the_first_rule_that_holds_decides() -> None:
    rules = [{"reason": "for vip", "tags": ["vip"]}, {"reason": "for all"}]
    talk = talk_with(hand_over=rules)

    everybody = talk.say("fees").reason
    remember(talk, tags=("vip",))

    assert (everybody, talk.say("fees").reason) == ("for all", "for vip")


# --- green channel -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "well this is ridiculous i have been waiting for an hour"),
        (EN, "This is RIDICULOUS!"),
        (ZH, "你们 太 过分 了 我 要 投诉 你们"),
    ],
)
def test_upset_words_bring_a_person_at_once_and_first(language: Language, text: str) -> None:
    talk = Talk(language)

    decision = talk.say("balance", text)

    assert keys(decision) == ["wording.person_for_upset"]
    assert decision.then is Then.HAND_OVER
    assert decision.priority == "high"
    assert "Why: upset wording, high priority" in decision.brief


def test_upset_words_count_in_the_middle_of_a_form() -> None:
    talk = Talk(EN)
    talk.say("balance")
    assert talk.memory.asking is not None
    assert talk.memory.asking.kind is Asked.SLOT

    decision = talk.say("nlu_fallback", "i am fed up with this")

    assert decision.then is Then.HAND_OVER
    assert "About: the balance of your loan" in decision.brief


def test_a_question_that_ends_with_a_person_says_its_own_words_to_the_upset() -> None:
    talk = Talk(EN)

    decision = talk.say("complaint", "i want to complain this is ridiculous")

    assert keys(decision) == ["flows.complaint.answer"]
    assert decision.priority == "high"


def test_a_rule_for_the_upset_leads_elsewhere() -> None:
    talk = talk_with(hand_over={"reason": "angry about fees", "upset": True, "queue": "service"})

    calm = talk.say("fees", "what are the fees")
    upset = talk.say("fees", "these fees are a rip off")

    assert calm.then is Then.LISTEN
    assert upset.reason == "angry about fees"


def test_usual_words_are_not_upset() -> None:
    flows = starter_flows()

    assert not sounds_upset(flows, "i want to repay my loan", EN)
    assert not sounds_upset(flows, "scampi", EN)
    assert not sounds_upset(flows, "我 想 还款", ZH)


def test_a_tag_of_the_green_channel_brings_a_person_with_the_greeting() -> None:
    talk = Talk(EN)
    remember(talk, tags=("needs_person",), number_known=True)

    decision = talk.open(Opening())

    assert keys(decision) == ["wording.person_for_tag"]
    assert decision.then is Then.HAND_OVER
    assert decision.priority == "high"
    assert "Why: caller tag needs_person, high priority" in decision.brief


def test_the_brief_names_the_groups_of_the_caller() -> None:
    talk = Talk(EN)
    remember(talk, tags=("vip",))

    assert "Caller: not verified, vip" in talk.say("person").brief


def test_without_a_green_channel_nobody_is_upset() -> None:
    flows = starter_flows()
    hotline = flows.hotline.model_copy(update={"green_channel": None})

    assert not sounds_upset(flows.model_copy(update={"hotline": hotline}), "scam", EN)


# --- a question with an amount and a choice -----------------------------------------------


@pytest.mark.parametrize(
    ("language", "amount", "months", "told"),
    [
        (EN, "twelve thousand", "twelve months", "over twelve months you would pay one thousand"),
        (ZH, "一万二", "十二个月", "分十二个月，每月还一千零六十九元"),
    ],
)
def test_a_quote_names_amount_and_months_in_words(
    language: Language, amount: str, months: str, told: str
) -> None:
    found = Found({"amount": "12000", "months": "12", "monthly": "1069.56"})
    talk = Talk(language, {"quote": found})
    talk.say("instalment_quote")
    talk.say("nlu_fallback", amount)

    decision = talk.say("nlu_fallback", months)

    assert told in talk.text_of(decision)
