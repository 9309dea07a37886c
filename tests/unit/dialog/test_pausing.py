"""Callers who ask for time get it: that is no wrong answer and no question."""

import pytest

from ivr.dialog.pausing import asks_to_wait
from ivr.domain import Expect, Language
from tests.unit.dialog.talk import Talk, keys

WAITING = (
    "wait|hold on a second|one moment please|just a minute|hang on|uh let me check|"
    "let me find my order number|give me a second please|okay let me see|sorry one second|"
    "bear with me|i need to look for it|"
    "等一下|等一下我找找|稍等|您稍等一下|等等|我看看|我找一下|让我想想|等我一下|好的我查查|别挂我看一下"
)
SAYING_MORE = (
    "wait two zero two six eight eight|let me talk to a person|give me a refund|a minute ago|"
    "wait what is my balance|i'm waiting for my refund|one|"
    "我想查余额|我看不到账单|等等我要退款|我想|等了三天了|我等了很久"
)


def language_of(text: str) -> Language:
    return Language.ZH if any("\u3400" <= letter <= "\u9fff" for letter in text) else Language.EN


@pytest.mark.parametrize("text", WAITING.split("|"))
def test_a_request_to_wait(text: str) -> None:
    assert asks_to_wait(text, language_of(text))


@pytest.mark.parametrize("text", SAYING_MORE.split("|"))
def test_words_that_say_more_are_no_request_to_wait(text: str) -> None:
    assert not asks_to_wait(text, language_of(text))


def test_a_form_waits_without_counting_it_as_wrong() -> None:
    talk = Talk()
    talk.say("refund")

    for _ in range(4):
        decision = talk.say("second", "hold on a second")

    assert keys(decision) == ["wording.take_your_time"]
    assert (decision.expect, decision.max_digits) == (Expect.DIGITS, 6)
    assert talk.memory.asking is not None
    assert talk.memory.asking.tries == 0


def test_an_open_question_stays_open() -> None:
    talk = Talk(Language.ZH)
    talk.open()

    assert keys(talk.say("nlu_fallback", "等 一下 我 看看", 0.0)) == ["wording.take_your_time"]
    assert talk.memory.misunderstood == 0


@pytest.mark.parametrize(("words", "at"), [("the first one", 0), ("the second one", 1)])
def test_an_example_that_was_named_can_be_chosen_by_its_place(words: str, at: int) -> None:
    talk = Talk()
    decision = talk.say("help", "what can i say")
    example = list(decision.says[0].facts.values())[at]

    talk.say(words.split()[1], words)

    assert talk.flows.flows[talk.memory.question].examples.en[0] == example


def test_digits_choose_no_example() -> None:
    talk = Talk()
    talk.say("help", "what can i say")

    talk.say("second", "two oh two six double eight")

    assert talk.memory.question == ""
