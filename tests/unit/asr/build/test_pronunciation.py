"""Words become sounds; doubts are told."""

import pytest

from ivr.asr.build import english, mandarin, overrides
from ivr.asr.build.alike import sound_alikes
from ivr.asr.build.pronunciation import Guess, pronounce_all
from ivr.domain import Language
from ivr.errors import ConfigError

SOUNDS = ("AA", "AE", "AH", "B", "K", "L", "N", "R", "ei", "b", "i", "h", "ua")


def test_a_listed_word_is_sure_and_keeps_all_its_readings() -> None:
    assert english.pronounce("either") == Guess((("IY", "DH", "ER"), ("AY", "DH", "ER")), sure=True)


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("cashback", "K AE SH B AE K"),
        ("unblock", "AH N B L AA K"),
        ("lender's", "L EH N D ER Z"),
        ("atm's", "EY T IY EH M Z"),
    ],
)
def test_words_made_of_listed_words_are_taken_apart(word: str, sounds: str) -> None:
    guess = english.pronounce(word)

    assert guess.sure
    assert " ".join(guess.readings[0]) == sounds


def test_an_unlisted_name_is_a_guess_and_an_abbreviation_is_spelled() -> None:
    assert english.pronounce("klarna") == Guess((("K", "L", "AA", "R", "N", "AH"),), sure=False)
    assert " ".join(english.pronounce("sms").readings[0]) == "EH S EH M EH S"


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("还款日", "h uan k uan r ih"),
        ("行长", "h ang zh ang"),
        ("利率", "l i l v"),
        ("学", "x ve"),
        ("花呗", "h ua b ei"),
    ],
)
def test_mandarin_is_read_in_context(word: str, sounds: str) -> None:
    assert " ".join(mandarin.pronounce(word).readings[0]) == sounds


def test_a_character_with_several_readings_has_all_of_them() -> None:
    assert mandarin.pronounce("还").readings == (("h", "ai"), ("h", "uan"))
    assert mandarin.pronounce("幺").readings == (("iao",),)


def test_what_is_no_syllable_has_no_sounds() -> None:
    assert mandarin.split_syllable("xyz") == ()
    assert mandarin.split_syllable("shuǐ".replace("ǐ", "i3")) == ("sh", "ui")


def test_overrides_win_doubts_get_a_line_and_the_unsayable_is_named() -> None:
    written = overrides.read({"Klarna": "K L AA1 R N AH0"}, Language.EN, SOUNDS)
    guesses = {"abba": Guess((("AE", "B", "AH"),), sure=False), "тест": Guess((), sure=False)}

    spoken = pronounce_all(["klarna", "abba", "тест"], written, guesses.__getitem__, SOUNDS)

    assert spoken.readings["klarna"] == (("K", "L", "AA", "R", "N", "AH"),)
    assert [doubt.line for doubt in spoken.doubts] == ["abba: AE B AH"]
    assert spoken.unsayable == ("тест",)


def test_a_pronunciation_may_have_several_ways_in_pinyin() -> None:
    found = overrides.read({"花呗": ["hua bei", "hua1 bi"]}, Language.ZH, SOUNDS)

    assert found["花呗"] == (("h", "ua", "b", "ei"), ("h", "ua", "b", "i"))


@pytest.mark.parametrize(
    ("language", "spoken"), [(Language.EN, "K XX"), (Language.ZH, "zzz"), (Language.EN, "")]
)
def test_a_pronunciation_with_a_sound_that_does_not_exist_is_refused(
    language: Language, spoken: str
) -> None:
    with pytest.raises(ConfigError, match="pronunciation"):
        overrides.read({"word": spoken}, language, SOUNDS)


def test_words_that_sound_alike_and_decide_for_different_flows_are_found() -> None:
    flows = {w: frozenset({f}) for w, f in {"lost": "card", "cost": "fees", "card": "card"}.items()}
    readings = {w: english.pronounce(w).readings for w in flows}

    (pair,) = sound_alikes(flows, readings)

    assert (pair.first, pair.second) == ("cost", "lost")
    assert (pair.first_flows, pair.second_flows) == (("fees",), ("card",))
