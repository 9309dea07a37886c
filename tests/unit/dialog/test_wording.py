"""Decisions into sentences."""

import jinja2
import pytest

from ivr.dialog import questions
from ivr.dialog.memory import Decision, Memory, Say
from ivr.dialog.slot_settings import Slot
from ivr.dialog.step import Found
from ivr.dialog.templates import template
from ivr.dialog.wording import fixed_prompts, keys_of, reply_of, text_of, texts_of
from ivr.domain import Expect, Language, Then
from tests.unit.dialog.talk import starter_flows

EN = Language.EN


def test_every_sentence_can_be_found_by_its_key() -> None:
    flows = starter_flows()

    keys = keys_of(flows)

    assert len(keys) == len(set(keys)) > 70
    assert all(texts_of(flows, key).zh for key in keys)


def test_facts_are_spoken_as_words() -> None:
    say = Say(
        key="flows.repayment_date.answer", facts={"due_on": "2026-12-03", "due_amount": "86.5"}
    )

    text = text_of(starter_flows(), say, Language.ZH)

    assert text == "您下次还款日是十二月三号，金额八十六元五角。"


@pytest.mark.parametrize(
    "facts",
    [{}, {"balance": "a lot"}, {"balance": "9" * 400}, {"balance": "1e999999"}, {"balance": "NaN"}],
)
def test_a_missing_or_broken_fact_becomes_an_apology(facts: dict[str, str]) -> None:
    flows = starter_flows()
    decision = Decision(says=(Say(key="flows.balance.answer", facts=facts),), language=EN)

    reply = reply_of(flows, decision)

    assert reply.prompts[0].text == flows.hotline.wording.lookup_failed.en


def test_a_template_cannot_reach_out_of_its_sandbox() -> None:
    with pytest.raises(jinja2.TemplateError):
        template("{{ ''.__class__.__mro__[1].__subclasses__() }}", EN).render()


def test_a_reply_carries_how_to_listen_and_where_to_go() -> None:
    decision = Decision(
        says=(Say(key="wording.person"),),
        language=EN,
        speed=0.8,
        expect=Expect.YES_NO,
        then=Then.HAND_OVER,
        queue="service",
        reason="asked",
        question="fees",
    )

    reply = reply_of(starter_flows(), decision, "person", 0.7)

    assert reply.hand_over is not None
    assert reply.hand_over.reason == "asked"
    assert reply.prompts[0].speed == 0.8
    assert "yes" in reply.listening.phrases
    assert (reply.intent, reply.confidence, reply.question) == ("person", 0.7, "fees")


def test_fixed_prompts_can_be_rendered_ahead() -> None:
    prompts = fixed_prompts(starter_flows())

    assert len(prompts) > 100
    assert not [prompt for prompt in prompts if "{" in prompt.text]


def test_an_answer_may_name_what_the_caller_gave() -> None:
    flows = starter_flows()
    flow = flows.flows["refund"]
    product = Slot.model_validate(
        {
            "type": "choice",
            "prompt": {"zh": "哪个", "en": "which"},
            "options": {
                "card": {"zh": ["信用卡"], "en": ["credit card", "card"]},
                "loan": {"zh": ["贷款"], "en": ["loan"]},
            },
        }
    )
    answer = flow.answer.model_copy(
        update={"zh": "退到{{ product }}。", "en": "To your {{ product }}."}
    )
    asked = flow.model_copy(
        update={"slots": {"product": product}, "answer": answer, "lookup": None}
    )
    flows = flows.model_copy(update={"flows": {**flows.flows, "refund": asked}})
    memory = Memory(language=EN, slots={"product": "card"})

    decision = questions.tell(flows, memory, "refund", Found()).decision

    assert text_of(flows, decision.says[0], EN) == "To your credit card."
    assert text_of(flows, decision.says[0], Language.ZH) == "退到信用卡。"
