"""What a typed line stands for."""

import pytest

from ivr.dialog.trial_input import as_line, caller_input
from ivr.domain import Happening, Keys, Language, Utterance


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("what is my balance", Utterance("what is my balance", Language.EN, 1.0)),
        ("  我要退款 ", Utterance("我要退款", Language.EN, 1.0)),
        ("#1234", Keys("1234")),
        ("#12 34", Keys("1234")),
        ("#1234#", Keys("1234")),
        ("##", Keys("#")),
        ("#*", Keys("*")),
        ("#0", Keys("0")),
        ("#", Utterance("#", Language.EN, 1.0)),
        ("#help", Utterance("#help", Language.EN, 1.0)),
        ("?three fifty", Utterance("three fifty", Language.EN, 1.0, is_doubtful=True)),
        ("？ 三百", Utterance("三百", Language.EN, 1.0, is_doubtful=True)),
        ("", Happening.SILENCE),
        ("   ", Happening.SILENCE),
    ],
)
def test_a_line_is_words_keys_or_silence(line, said) -> None:
    assert caller_input(line, Language.EN) == said


@pytest.mark.parametrize("line", ["what is my balance", "?balance", "#1234", "#*", "##"])
def test_a_turn_is_shown_as_it_would_be_typed(line) -> None:
    assert as_line(caller_input(line, Language.EN)) == line


def test_silence_is_shown_in_brackets() -> None:
    assert as_line(Happening.SILENCE) == "(silence)"
