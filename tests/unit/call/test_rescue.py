"""What is said and done when an engine fails."""

import pytest

from ivr.call import rescue
from ivr.domain import Language, Then


@pytest.mark.parametrize("language", Language)
def test_every_sentence_of_a_rescue_is_a_shipped_recording(language: Language) -> None:
    prompts = [
        *rescue.apologise(language).prompts,
        rescue.to_a_person(language),
        rescue.nobody_free(language),
    ]

    assert all(prompt.recording for prompt in prompts)
    assert {prompt.language for prompt in prompts} == {language}


def test_the_first_failure_is_forgiven_the_second_in_a_row_is_not() -> None:
    patience = rescue.Patience()

    assert patience.failed()
    assert not patience.failed()


def test_a_good_turn_forgives_the_failures_before_it() -> None:
    patience = rescue.Patience()
    patience.failed()

    patience.succeeded()

    assert patience.failed()


def test_a_farewell_ends_the_call() -> None:
    reply = rescue.farewell(rescue.nobody_free(Language.EN))

    assert reply.then is Then.HANG_UP


def test_the_agent_learns_that_the_machine_failed_and_what_it_was_about() -> None:
    hand_over = rescue.hand_over("service", "balance")

    assert hand_over.reason == "engine_failed"
    assert any("balance" in line for line in hand_over.brief)
