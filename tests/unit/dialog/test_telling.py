"""What the hotline did, in plain words."""

from ivr.dialog.memory import Asked, Asking, Decision, Say
from ivr.dialog.step import Pressed, Understood
from ivr.dialog.telling import act_of, acts_of, why
from ivr.dialog.trial import Seen
from ivr.dialog.wording import keys_of
from ivr.domain import Language, Then
from tests.unit.dialog.talk import Talk, starter_flows


def told(*keys: str, asking: Asking | None = None, **how: object) -> str:
    says = tuple(Say(key=key) for key in keys)
    return act_of(Decision(says=says, language=Language.EN, **how), asking)  # type: ignore[arg-type]


def test_every_sentence_of_the_flows_has_words_for_what_it_does() -> None:
    for key in keys_of(starter_flows()):
        phrase = told(key, asking=Asking(kind=Asked.OFFER, flow="refund"))

        assert "flows." not in phrase
        assert phrase.count(" ") < 8


def test_answer_and_what_follows_are_told_in_order() -> None:
    assert told("flows.refund.answer", "wording.anything_else") == (
        "answers refund, asks what else there is"
    )


def test_another_outcome_and_a_group_are_named() -> None:
    assert told("flows.refund.otherwise.paid") == "answers refund: paid"
    assert told("flows.refund.answer.by_group.vip") == "answers refund (to vip)"


def test_asking_again_is_told_apart() -> None:
    assert told("flows.refund.slots.order_number.prompt") == "asks for order_number"
    assert told("flows.refund.slots.order_number.again") == "asks for order_number again"
    assert told("identity.pin.prompt") == "asks for pin"


def test_a_hand_over_names_queue_and_reason() -> None:
    handed = told("wording.person", then=Then.HAND_OVER, queue="service", reason="card lost")

    assert handed.endswith("hands over to service (card lost)")


def test_a_choice_names_both_questions() -> None:
    asking = Asking(kind=Asked.CHOICE, flow="refund", other="balance")

    assert told("wording.offer_or", asking=asking) == "asks: refund or balance?"


def seen(said: Understood | Pressed) -> Seen:
    talk = Talk()
    decision = talk.open()
    return Seen(said, talk.memory, talk.memory, decision)


def test_the_reason_names_the_intents_with_their_confidence() -> None:
    ranking = (("refund", 0.81), ("balance", 0.1), ("limit", 0.001))

    assert why(seen(Understood("refund", 0.81, "…", ranking))) == (
        "understood as refund 0.81 (then balance 0.10)"
    )
    assert why(seen(Understood("nlu_fallback", 1.0, "…", ranking))) == (
        "not sure enough of refund 0.81 (then balance 0.10)"
    )
    assert why(seen(Understood("nlu_fallback", 1.0, "…"))) == "no word of it is known"


def test_keys_are_counted_not_repeated() -> None:
    assert why(seen(Pressed("123456"))) == "6 keys were pressed"


def test_the_same_thing_is_told_once() -> None:
    decision = Decision(
        says=(Say(key="wording.greeting"), Say(key="wording.offer_greeting")), language=Language.EN
    )

    assert acts_of(decision, None) == ("greets",)
