"""Voice settings of the flow files reach the prompt and the ear."""

import pytest
from pydantic import ValidationError

from ivr.dialog.flows import Examples
from ivr.dialog.slot_settings import Voice
from ivr.dialog.wording import reply_of
from ivr.domain import Expect, Reply
from tests.unit.dialog.talk import Talk, with_flow

VOICE = Voice(
    interruptible_after_s=3.0,
    pause_s=1.5,
    expect=Expect.MENU,
    phrases=Examples(zh=("是 的",), en=("the first one",)),
)


def reply_to(talk: Talk, intent: str) -> Reply:
    return reply_of(talk.flows, talk.say(intent))


def test_an_answer_is_spoken_and_heard_as_its_flow_says() -> None:
    talk = Talk(flows=with_flow("opening_hours", voice=VOICE))

    reply = reply_to(talk, "opening_hours")

    assert [prompt.interruptible_after_s for prompt in reply.prompts] == [3.0, 0.0]
    assert reply.listening.pause_s == 1.5
    assert reply.listening.expect is Expect.MENU
    assert reply.listening.phrases == ("the first one",)


def test_a_question_for_a_slot_is_spoken_and_heard_as_its_slot_says() -> None:
    slot = Talk().flows.flows["refund"].slots["order_number"]
    slots = {"order_number": slot.model_copy(update={"voice": VOICE})}
    talk = Talk(flows=with_flow("refund", slots=slots))

    reply = reply_to(talk, "refund")

    assert reply.prompts[-1].interruptible_after_s == 3.0
    assert (reply.listening.expect, reply.listening.pause_s) == (Expect.MENU, 1.5)


def test_only_the_notice_itself_cannot_be_interrupted() -> None:
    talk = Talk(flows=with_flow("opening_hours", voice=Voice(interruptible=False)))

    reply = reply_to(talk, "opening_hours")

    assert [prompt.may_interrupt for prompt in reply.prompts] == [False, True]


def test_what_cannot_be_interrupted_has_no_first_seconds() -> None:
    with pytest.raises(ValidationError, match="interruptible_after_s has no meaning"):
        Voice(interruptible=False, interruptible_after_s=2)
