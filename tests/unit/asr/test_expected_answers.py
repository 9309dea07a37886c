"""Grammars in the model's words, and which of two hypotheses is believed."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ivr.asr.grammars import grammar_for, walks
from ivr.asr.hypothesis import Heard, Hypothesis, clean, decide
from ivr.asr.models import SHIPPED
from ivr.asr.number_grammars import ORDERS, pairs
from ivr.asr.vocabulary import UNKNOWN, Vocabulary
from ivr.dialog import spoken
from ivr.domain import Expect, Language, Listening, Word

EN, ZH = Language.EN, Language.ZH
VOCABULARIES = {
    language: Vocabulary.read(SHIPPED / f"vosk-hotline-{language}-8k/graph/words.txt")
    for language in Language
}


def words(text: str, confidence: float = 0.9) -> Hypothesis:
    """Words of 0.3 s each."""
    return Hypothesis(
        tuple(
            Word(word, at * 0.3, at * 0.3 + 0.3, confidence) for at, word in enumerate(text.split())
        )
    )


# --- vocabulary --------------------------------------------------------------------------


def test_mandarin_is_split_into_as_few_words_as_possible() -> None:
    vocabulary = Vocabulary(["我", "可", "以", "可以", "还", "款", "还款"])

    assert vocabulary.split("我可以还款") == ("我", "可以", "还款")


def test_english_is_split_at_blanks_whatever_its_case_and_signs() -> None:
    vocabulary = Vocabulary(["what's", "my", "balance"])

    assert vocabulary.split("What's my balance?") == ("what's", "my", "balance")


@pytest.mark.parametrize("phrase", ["", "xylophone", "my xylophone", "转账", "😀", "[unk]"])
def test_a_phrase_with_a_word_the_model_does_not_know_is_none(phrase: str) -> None:
    assert Vocabulary(["my", UNKNOWN, "<eps>"]).split(phrase) == ()


# --- grammars ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("expect", [kind for kind in Expect if kind is not Expect.FREE])
def test_every_grammar_is_in_words_of_the_model_and_lets_others_pass(
    language: Language, expect: Expect
) -> None:
    vocabulary = VOCABULARIES[language]

    *phrases, last = grammar_for(Listening(language, expect), vocabulary)

    assert last == UNKNOWN
    assert len(phrases) > 5
    assert all(word in vocabulary for phrase in phrases for word in phrase.split())


def test_free_speech_has_no_grammar() -> None:
    assert grammar_for(Listening(EN, phrases=("my balance",)), VOCABULARIES[EN]) == ()


def test_a_model_without_any_of_the_words_gets_no_grammar() -> None:
    assert grammar_for(Listening(EN, Expect.DIGITS), Vocabulary(["hello"])) == ()


def test_mandarin_digits_outweigh_what_is_none_of_them() -> None:
    *phrases, last = grammar_for(Listening(ZH, Expect.DIGITS), VOCABULARIES[ZH])

    strings = [phrase for phrase in phrases if " " in phrase]
    assert len(strings) == 5 * len(set(strings))
    assert (last, phrases.count(UNKNOWN)) == (UNKNOWN, 0)


def test_the_phrases_of_a_question_join_the_grammar() -> None:
    listening = Listening(ZH, Expect.MENU, phrases=("提前还款", "no such word"))

    grammar = grammar_for(listening, VOCABULARIES[ZH])

    assert "提前 还款" in grammar
    assert not any("such" in phrase for phrase in grammar)


@pytest.mark.parametrize(
    ("language", "expect", "heard"),
    [
        (EN, Expect.DIGITS, "oh double three"),
        (ZH, Expect.DIGITS, "幺 三 八 两 零"),
        (EN, Expect.AMOUNT, "two hundred and fifty dollars"),
        (ZH, Expect.AMOUNT, "两 千 零 五 十 块 钱"),
        (EN, Expect.DATE, "the twenty third of march"),
        (EN, Expect.DATE, "next monday"),
        (ZH, Expect.DATE, "二 零 二 六 年 三 月 十 五 号"),
        (ZH, Expect.DATE, "下 个 星期 三"),
        (ZH, Expect.AMOUNT, "十 元 零 五 分"),
        (EN, Expect.AMOUNT, "twelve fifty"),
        (ZH, Expect.DATE, "两 个 星期 以后"),
        (ZH, Expect.DATE, "半 个 月 以后"),
        (EN, Expect.DATE, "two weeks from now"),
        (EN, Expect.DATE, "end of the month"),
    ],
)
def test_words_that_follow_each_other_in_answers_do_in_the_grammar(
    language: Language, expect: Expect, heard: str
) -> None:
    grammar = grammar_for(Listening(language, expect), VOCABULARIES[language])
    followed = {pair for phrase in grammar for pair in _neighbours(phrase)}

    assert [pair for pair in _neighbours(heard) if pair not in followed] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("expect", [Expect.AMOUNT, Expect.DATE])
def test_what_the_hotline_reads_back_can_be_heard_again(language: Language, expect: Expect) -> None:
    amounts = (spoken.money(Decimal(fen) / 100, language) for fen in range(100, 10**8, 999_983))
    first = date(2026, 1, 1)
    days = (spoken.day(first + timedelta(days=at), language) for at in range(365))
    grammar = grammar_for(Listening(language, expect), VOCABULARIES[language])
    followed = {pair for phrase in grammar for pair in _neighbours(phrase)}

    for said in amounts if expect is Expect.AMOUNT else days:
        words = VOCABULARIES[language].split(said.lower())
        assert words, said
        assert [pair for pair in _neighbours(" ".join(words)) if pair not in followed] == [], said


@pytest.mark.parametrize("order", ORDERS.values())
def test_every_class_of_an_order_is_named_and_used(order) -> None:
    named = set(order.classes)

    assert set(order.follows) <= named
    assert {name for after in order.follows.values() for name in after.split()} <= named


def test_walks_hold_each_pair_once_and_no_other() -> None:
    following = {"a": ("a", "b"), "b": ("a", "c"), "c": ()}

    phrases = walks(following)

    found = [pair for phrase in phrases for pair in _neighbours(phrase)]
    assert sorted(found) == [("a", "a"), ("a", "b"), ("b", "a"), ("b", "c")]


def test_a_word_of_two_classes_may_be_followed_as_in_both() -> None:
    following = pairs(ORDERS[Expect.DATE, EN])

    assert {"third", "of", "march"} <= set(following["twenty"]) | set(following["third"])


def _neighbours(phrase: str) -> list[tuple[str, str]]:
    split = phrase.split()
    return list(itertools.pairwise(split))


# --- deciding ----------------------------------------------------------------------------


def heard(closed: str, free: str, expected: str = "") -> str:
    return decide(Heard(words(closed), words(free), frozenset(expected.split())), EN).text


def test_a_single_expected_word_is_taken_from_the_grammar() -> None:
    assert heard("nine", "mine", "nine five") == "nine"
    assert heard("nine", "five", "nine five") == "nine"


def test_an_aside_before_the_answer_is_left_out() -> None:
    assert heard("[unk] yes it is", "well yes it is", "yes it is") == "yes it is"


def test_a_longer_answer_is_taken_from_the_open_ear_while_it_stays_within_the_grammar() -> None:
    assert heard("two pay five", "two eight five", "two eight five pay") == "two eight five"
    assert heard("two eight five", "to ate five", "two eight five") == "two eight five"


def test_more_than_was_asked_is_taken_from_the_open_ear() -> None:
    said = "no i want to talk to a person"

    assert heard("no [unk] [unk] [unk] [unk]", said) == said


def test_the_grammar_has_the_word_when_the_open_ear_heard_nothing() -> None:
    assert heard("[unk] yes [unk] [unk]", "") == "yes"


def test_nothing_in_the_grammar_is_the_open_ears_text() -> None:
    assert heard("", "my balance") == "my balance"
    assert heard("[unk] [unk]", "my balance") == "my balance"


def test_without_a_grammar_the_open_ear_is_believed() -> None:
    assert decide(Heard(None, words("hello [unk] there", 0.8)), EN).text == "hello there"


def test_agreement_raises_and_difference_lowers_the_confidence() -> None:
    agreed = decide(Heard(words("yes", 0.9), words("oh yes", 0.9)), EN)
    differing = decide(Heard(words("yes", 0.9), words("guess", 0.9)), EN)

    assert agreed.confidence > differing.confidence


def test_speech_outside_the_words_lowers_the_confidence() -> None:
    alone, beside = (decide(Heard(None, words(text, 0.8)), EN) for text in ("hello", "hello [unk]"))

    assert beside.confidence < alone.confidence


def test_what_is_probably_wrong_is_doubtful() -> None:
    sure = decide(Heard(None, words("hello", 0.99)), EN)
    unsure = decide(Heard(None, words("hello [unk] [unk] [unk]", 0.3)), EN)

    assert (sure.is_doubtful, unsure.is_doubtful) == (False, True)


def test_nothing_heard_is_an_empty_text_without_confidence() -> None:
    nothing = decide(Heard(Hypothesis(), Hypothesis()), EN)

    assert (nothing.text, nothing.confidence, nothing.words) == ("", 0.0, ())


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("/restart now", "restart now"),
        (" // [unk] hello\x00\x1b world\n", "hello world"),
        ("hel\u200blo\u202e", "hel lo"),
        ("[unk]", ""),
        ("and/or", "and/or"),
        ("你好 [unk] 再见", "你好 再见"),
    ],
)
def test_text_is_cleaned_of_what_would_confuse_the_dialog(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected
