"""Text becomes words that a caller can say."""

import pytest

from ivr.asr.build import english, mandarin
from ivr.asr.build.vocabulary import Example, check, collect, written_words
from ivr.domain import Language

KNOWN = frozenset({*"我想三千五百元尾号零一二", "提前", "还款", "打开"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I paid $1,250.", "i paid one thousand two hundred fifty dollars"),
        ("on the 23rd", "on the twenty third"),
        ("number 0012", "number zero zero one two"),
        ("call 13800138000", "call one three eight zero zero one three eight zero zero zero"),
        ("Café & co, it’s 5%", "cafe and co it's five percent"),
    ],
)
def test_english_is_written_as_it_is_said(text: str, said: str) -> None:
    words, lost = english.words(text)

    assert (" ".join(words), lost) == (said, [])


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2, "二"),
        (12, "十二"),
        (200, "二百"),
        (2002, "两千零二"),
        (10500, "一万零五百"),
        (22222, "两万两千二百二十二"),
        (110, "一百一十"),
    ],
)
def test_mandarin_numbers_are_said_as_people_say_them(number: int, said: str) -> None:
    assert mandarin.cardinal(number) == said


def test_mandarin_is_cut_into_known_words_and_single_characters() -> None:
    words, lost = mandarin.words("我想提前还款3500元，尾号0012", KNOWN)

    assert " ".join(words) == "我 想 提前 还款 三 千 五 百 元 尾 号 零 零 一 二"
    assert lost == []


def test_emoji_and_other_scripts_are_reported_and_left_out() -> None:
    assert mandarin.words("打开😀", KNOWN) == (["打开"], ["😀"])
    assert english.words("hello 😀 привет")[1] == ["😀", "привет"]


def test_latin_in_mandarin_is_spelled_out() -> None:
    assert mandarin.words("打开APP", KNOWN)[0] == ["打开", "app"]
    assert mandarin.pronounce("app").readings == (("ei", "p", "i", "p", "i"),)


def test_a_check_names_the_words_an_ear_cannot_hear() -> None:
    known = frozenset({"pay", "with"})

    assert check("Pay {amount} with Klarna 😀", Language.EN, known) == ("klarna", "😀")
    assert check("pay with", Language.EN, known) == ()


def test_slots_are_filled_with_their_values_or_their_class() -> None:
    examples = [Example("use {card}", flow="card"), Example("pay {amount}", 6.0, "pay")]

    sentences = collect(examples, {"card": ["visa"]}, Language.EN, frozenset())

    assert {" ".join(s.words) for s in sentences if s.flow == "card"} == {"use visa"}
    amounts = [s for s in sentences if s.flow == "pay"]
    assert len({s.words for s in amounts}) > 1
    assert sum(s.weight for s in amounts) == pytest.approx(6.0)


def test_annotated_examples_are_read_as_their_words() -> None:
    (sentence,) = collect([Example("pay [fifty](amount) now")], {}, Language.EN, frozenset())

    assert sentence.words == ("pay", "fifty", "now")


def test_blanks_in_mandarin_examples_make_words() -> None:
    examples = [Example("我 要 提额"), Example("没有空格的一句话")]

    assert written_words(examples, Language.ZH, frozenset("我要")) == {"提额"}
