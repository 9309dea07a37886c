"""What the hotline must do, against what it did."""

import pytest

from ivr.dialog.conversations import Must
from ivr.dialog.expectations import misses
from ivr.dialog.memory import Memory
from ivr.dialog.step import Found, Input, Pressed, Understood
from ivr.dialog.trial import Seen, TrialTurn, unsayable
from ivr.dialog.wording import reply_of
from ivr.domain import Happening, Language, Opening, OpeningKind
from tests.unit.dialog.talk import Talk

FACTS = {"refund": Found({"amount": "299.00", "expected_on": "2026-11-23"})}
REFUND = Understood("refund", 0.9, "i want a refund", (("refund", 0.9),))
HOURS = Understood("opening_hours", 0.9, "when are you open", (("opening_hours", 0.9),))
PERSON = Understood("person", 0.9, "operator", (("person", 0.9),))
NONSENSE = Understood("nlu_fallback", 1.0, "purple elephants")
SLOWER = Understood("slower", 0.9, "slower", (("slower", 0.9),))
OFFER = Opening(OpeningKind.OFFER, ("refund",))
TWO = Opening(OpeningKind.OFFER_TWO, ("refund", "balance"))


def after(*said: Input) -> TrialTurn:
    """The turn that answers the last of these."""
    talk = Talk(facts=dict(FACTS))
    before = Memory(language=Language.EN)
    for each in said:
        before = talk.memory
        decision = talk._take(each)
    seen = Seen(said[-1], before, talk.memory, decision)
    return TrialTurn(reply_of(talk.flows, decision), seen)


KEPT = [
    ({"answers": "opening_hours"}, (HOURS,)),
    ({"answers": "refund", "outcome": "ok"}, (REFUND, Pressed("202688"))),
    ({"asks_for": "order_number"}, (REFUND,)),
    ({"does_not_ask_for": ("pin",)}, (REFUND,)),
    ({"offers": "refund"}, (OFFER,)),
    ({"lets_choose": ("balance", "refund")}, (TWO,)),
    ({"says": "SIX-digit"}, (REFUND,)),
    ({"says": ("six", {"zh": "六位", "en": "order number"})}, (REFUND,)),
    ({"does_not_say": "pin"}, (REFUND,)),
    ({"sentence": "silence"}, (Happening.SILENCE,)),
    ({"sentence": ("flows.opening_hours.answer", "anything_else")}, (HOURS,)),
    ({"understands": "refund"}, (REFUND,)),
    ({"understands": "nothing"}, (NONSENSE,)),
    ({"about": "refund"}, (REFUND,)),
    ({"about": "nothing"}, (NONSENSE,)),
    ({"verified": False}, (REFUND,)),
    ({"language": "zh"}, (Pressed("*"),)),
    ({"slower": True}, (HOURS, SLOWER)),
    ({"interruptible": True}, (HOURS,)),
    ({"expects": "digits"}, (REFUND,)),
    ({"hands_over": True, "queue": "service", "reason": "a person"}, (PERSON,)),
    ({"hands_over": False, "hangs_up": False}, (HOURS,)),
]
BROKEN = [
    ({"answers": "refund"}, (REFUND,), "no answer was given"),
    ({"answers": "refund"}, (HOURS,), "opening_hours"),
    ({"outcome": "paid"}, (REFUND, Pressed("202688")), "ok"),
    ({"asks_for": "pin"}, (REFUND,), "order_number"),
    ({"does_not_ask_for": ("order_number",)}, (REFUND,), "order_number was asked for"),
    ({"offers": "balance"}, (OFFER,), "refund"),
    ({"confirms": "refund"}, (REFUND,), "nothing was asked back"),
    ({"reads_back": ("order_number",)}, (REFUND,), "nothing"),
    ({"lets_choose": ("refund", "limit")}, (TWO,), "balance or refund"),
    ({"says": "pin"}, (REFUND,), '"Please enter the six digit order number."'),
    ({"does_not_say": "digit"}, (REFUND,), '"Please enter the six digit order number."'),
    ({"sentence": "silence"}, (HOURS,), "flows.opening_hours.answer, anything_else"),
    ({"understands": "balance"}, (REFUND,), "refund"),
    ({"about": "nothing"}, (REFUND,), "refund"),
    ({"knows": {"order_number": "1"}}, (REFUND,), "order_number: not known"),
    ({"verified": True}, (REFUND,), "no"),
    ({"language": "zh"}, (REFUND,), "en"),
    ({"slower": True}, (HOURS,), "no"),
    ({"interruptible": False}, (HOURS,), "yes"),
    ({"expects": "yes_no"}, (REFUND,), "digits"),
    ({"hands_over": True}, (REFUND,), "no"),
    ({"queue": "service"}, (REFUND,), "no hand-over"),
    ({"reason": "furious"}, (PERSON,), "asked for a person"),
    ({"hangs_up": True}, (HOURS,), "no"),
]


@pytest.mark.parametrize(("must", "said"), KEPT)
def test_what_is_as_it_must_be_is_not_complained_about(must, said) -> None:
    assert misses(Must.model_validate(must), after(*said), Language.EN) == []


@pytest.mark.parametrize(("must", "said", "did"), BROKEN)
def test_what_is_otherwise_is_told(must, said, did) -> None:
    (miss,) = misses(Must.model_validate(must), after(*said), Language.EN)

    assert miss.did == did


def test_every_expectation_can_fail() -> None:
    assert {name for must, *_ in BROKEN for name in must} == set(Must.model_fields)


def test_an_empty_expectation_is_content_with_anything() -> None:
    assert misses(Must(), after(REFUND), Language.EN) == []


def test_a_sentence_that_cannot_be_said_fails_any_turn() -> None:
    turn = after(REFUND)
    broken = TrialTurn(turn.reply, turn.seen, unsayable=("flows.refund.answer",))

    (miss,) = misses(Must(), broken, Language.EN)

    assert "flows.refund.answer" in miss.did


def test_facts_that_do_not_fit_a_sentence_make_it_unsayable() -> None:
    decision = after(REFUND, Pressed("202688")).seen.decision
    strange = decision.says[0].model_copy(update={"facts": {"amount": "much"}})

    flows = Talk().flows

    assert unsayable(flows, decision) == ()
    assert unsayable(flows, decision.model_copy(update={"says": (strange,)})) == (
        "flows.refund.answer",
    )
