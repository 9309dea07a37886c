"""Which utterances and conversations go another way; the classifier's part is given."""

import asyncio
from pathlib import Path

import pytest

from ivr.dialog import ways as module
from ivr.dialog.compile import examples_of
from ivr.dialog.conversations import CallerTurn, Conversation, ConversationTest, Must
from ivr.dialog.conversations_run import TEST_DAY
from ivr.dialog.flows import FlowSet
from ivr.dialog.transcripts import Transcript, transcript
from ivr.dialog.ways import Ways, ways
from ivr.domain import Language, Opening, OpeningKind
from ivr.errors import Place
from tests.unit.dialog.talk import starter_flows, with_flow


@pytest.fixture
def known_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example is understood as what it is an example of, for sure; the rest is refused."""

    def understand(versions, texts, environment):
        return [
            {
                text: {
                    "intent": {"name": named.get(text, "nlu_fallback"), "confidence": 1.0},
                    "intent_ranking": [{"name": named[text], "confidence": 1.0}]
                    if text in named
                    else [],
                }
                for text in texts
            }
            for named in (dict(examples_of(flows)) for flows in versions)
        ]

    monkeypatch.setattr(module, "understand_all", understand)


def conversation_of(*turns: CallerTurn) -> ConversationTest:
    place = Place(Path("refunds.yaml"), 1)
    conversation = Conversation(name="about money", language=Language.EN, turns=turns)
    return ConversationTest(conversation, Language.EN, place, (place,) * len(turns))


ASK = CallerTurn(caller="i want a refund", hotline=Must(asks_for="order_number"))


def compared(
    before: FlowSet,
    after: FlowSet,
    tests: list[ConversationTest],
    calls: list[Transcript] | None = None,
) -> Ways:
    return asyncio.run(ways(before, after, tests, calls or [], lambda: TEST_DAY))


def small(flows: FlowSet) -> FlowSet:
    """The starter flows with few questions, so that every example can be held."""
    kept = ("refund", "password", "opening_hours")
    hotline = flows.hotline.model_copy(update={"menu": ("refund",)})
    few = {id_: flows.flows[id_] for id_ in kept}
    return flows.model_copy(update={"flows": few, "hotline": hotline})


def test_a_rewording_is_no_other_way(known_words: None) -> None:
    reworded = with_flow("password", answer={"zh": "看应用。", "en": "Look in the app."})

    found = compared(small(starter_flows()), small(reworded), [conversation_of(ASK)])

    assert (found.utterances, found.tests) == ((), ())
    assert found.compared_tests == 1
    assert found.compared_utterances > 100


def test_an_example_that_moves_leads_elsewhere(known_words: None) -> None:
    password = starter_flows().flows["password"].examples
    moved = with_flow(
        "password", examples={"zh": password.zh, "en": (*password.en, "i want a refund")}
    )

    found = compared(small(starter_flows()), small(moved), [])

    assert {(each.text, each.before, each.after) for each in found.utterances} >= {
        ("i want a refund", "refund", "password")
    }


def test_a_conversation_is_told_at_its_first_other_turn(known_words: None) -> None:
    stricter = with_flow("refund", may_hear="verified")

    (found,) = compared(small(starter_flows()), small(stricter), [conversation_of(ASK)]).tests

    assert found.said == "i want a refund"
    assert found.before == "asks for order_number"
    assert found.after.endswith("asks for card_tail")
    assert found.fails == ("must asks for: order_number",)


def test_a_kept_call_is_told_by_the_turn_in_its_record(known_words: None) -> None:
    call = transcript(
        "17.1", Language.EN, [(2, "[silence]"), (4, "i want a refund"), (6, "[6 keys]")]
    )
    assert call is not None
    stricter = with_flow("refund", may_hear="verified")

    (found,) = compared(small(starter_flows()), small(stricter), [], [call]).transcripts

    assert (found.call_id, found.turn, found.said) == ("17.1", 4, "i want a refund")
    assert found.name == "call 17.1 (en)"
    assert (found.fails, found.place) == ((), "")


@pytest.mark.parametrize(
    ("is_known", "proofs"), [(True, ["[4 keys]"]), (False, ["[code]", "[code]"])]
)
def test_a_caller_who_proved_who_they_are_is_heard_to_the_end(
    known_words: None, is_known: bool, proofs: list[str]
) -> None:
    said = ["i want a refund", *proofs, "[6 keys]", "i forgot my password"]
    call = transcript("17.1", Language.EN, enumerate(said, 2), is_known=is_known)
    assert call is not None
    before = with_flow("refund", may_hear="verified")
    after = small(before).model_copy(update={"flows": {
        **small(before).flows, "password": with_flow("password", confirm="always").flows["password"]
    }})  # fmt: skip

    (found,) = compared(small(before), after, [], [call]).transcripts

    assert (found.turn, found.said) == (len(said) + 1, "i forgot my password")


def test_a_kept_call_begins_with_the_offer_that_was_made(known_words: None) -> None:
    opening = Opening(OpeningKind.OFFER, ("refund",))
    call = transcript("17.1", Language.EN, [(2, "yes")], opening)
    assert call is not None

    (found,) = compared(
        small(starter_flows()), small(with_flow("refund", offer=None)), [], [call]
    ).transcripts

    assert (found.turn, found.said) == (0, "(the call begins)")
    assert "refund" in found.text_before


def test_of_a_spoken_number_only_what_was_kept_is_shown(known_words: None) -> None:
    call = transcript("17.1", Language.EN, [(2, "[code]")], is_known=True)
    assert call is not None
    password = starter_flows().flows["password"].examples
    odd = with_flow(
        "password", examples={"zh": password.zh, "en": (*password.en, "six six eight eight")}
    )

    (found,) = compared(small(starter_flows()), small(odd), [], [call]).transcripts

    assert found.said == "[code]"
