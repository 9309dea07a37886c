"""Prompts become sentences that any engine can speak."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.domain import Language
from ivr.tts.text import clean, sentences


def test_sentences_end_at_the_signs_of_both_languages() -> None:
    assert sentences("您好。请问？好的！", Language.ZH) == ("您好。", "请问？", "好的！")
    assert sentences("Hello. How are you? Fine", Language.EN) == ("Hello.", "How are you?", "Fine")


def test_a_decimal_point_ends_no_sentence() -> None:
    assert len(sentences("It costs 3.5 percent.", Language.EN)) == 1


def test_text_without_words_has_no_sentences() -> None:
    assert sentences("…😀 \n。！", Language.ZH) == ()


def test_control_characters_emoji_and_markup_are_dropped() -> None:
    assert clean("a\x00b😀[[c]]\ud83dd") == "a b c d"


def test_full_width_digits_are_digits() -> None:
    assert sentences("余额１２元", Language.ZH) == ("余额十二元",)


def test_accents_are_kept() -> None:
    assert clean("café") == "café"


@given(st.text(max_size=3000), st.sampled_from(Language))
def test_no_sentence_is_long_or_empty(text: str, language: Language) -> None:
    for sentence in sentences(text, language):
        assert 0 < len(sentence) <= 180


@given(st.text(alphabet="一二abc ,，", min_size=400, max_size=800))
def test_long_sentences_are_cut_without_losing_a_word(text: str) -> None:
    kept = "".join(sentences(text, Language.ZH))

    letters = [character for character in text if character.isalnum()]
    assert [character for character in kept if character.isalnum()] == letters
