"""What is left of prompts that were cut."""

import pytest

from ivr.call.unheard import BREATH_S, Spoken, said_lately, unheard
from ivr.domain import Language, Prompt

TWO = Prompt("Your bill is ten. It is due today.", Language.EN)
NEXT = Prompt("Anything else?", Language.EN)
RECORDING = Prompt("One moment. Let me check.", Language.EN, recording="one_moment")


@pytest.mark.parametrize(
    ("heard_s", "expected"),
    [
        (0.0, ["Your bill is ten. It is due today.", "Anything else?"]),
        (1.5, ["Your bill is ten. It is due today.", "Anything else?"]),
        (2.5, ["It is due today.", "Anything else?"]),
        (3.39, ["Anything else?"]),
        (3.4 + BREATH_S, ["Anything else?"]),
        (3.4 + BREATH_S + 1.39, []),
    ],
)
def test_a_cut_prompt_begins_anew_at_its_sentence(heard_s: float, expected: list[str]) -> None:
    spoken = [Spoken(TWO, 3.4, is_whole=True), Spoken(NEXT, 1.4, is_whole=True)]

    left = unheard((TWO, NEXT), spoken, heard_s)

    assert [prompt.text for prompt in left] == expected


def test_a_recording_begins_anew_as_a_whole() -> None:
    assert unheard((RECORDING,), [Spoken(RECORDING, 2.0, is_whole=True)], 1.8) == (RECORDING,)


def test_a_prompt_that_was_still_being_rendered_is_not_heard_yet() -> None:
    left = unheard((TWO, NEXT), [Spoken(TWO, 0.5)], 0.5)

    assert left == (TWO, NEXT)


def test_an_amount_is_not_the_end_of_a_sentence() -> None:
    prompt = Prompt("It is 1.5 percent a year.", Language.EN)

    assert unheard((prompt,), [Spoken(prompt, 2.5, is_whole=True)], 2.0) == (prompt,)


def test_words_just_said_may_come_back() -> None:
    spoken = [Spoken(TWO, 3.4, is_whole=True)]

    assert "bill" in said_lately(spoken, 0.8, sound_s=0.2).split()
    assert "bill" not in said_lately(spoken, 3.2, sound_s=0.2).split()


def test_nothing_comes_back_of_what_was_not_said_yet() -> None:
    assert "due" not in said_lately([Spoken(TWO, 3.4, is_whole=True)], 0.8, sound_s=0.2)
