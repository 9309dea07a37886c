"""Which sounds over our prompt are meant for us."""

import pytest

from ivr.call.overlap import Overlap, is_backchannel, is_meant
from ivr.domain import Expect, Language, Listening

ZH, EN = Listening(Language.ZH), Listening(Language.EN)
YES_NO = Listening(Language.EN, Expect.YES_NO)
SUSTAINED_S = 0.24


@pytest.mark.parametrize(
    ("listening", "voiced_s", "partial", "said_lately", "expected"),
    [
        (EN, 0.10, "", "", False),
        (EN, 0.24, "", "", True),
        (EN, 0.10, "balance", "", False),
        (EN, 0.14, "balance", "", True),
        (EN, 0.80, "mm-hm", "", False),
        (EN, 0.80, "uh huh okay", "", False),
        (EN, 0.92, "uh huh okay", "", True),
        (EN, 0.40, "okay stop", "", True),
        (EN, 0.40, "[unk]", "", True),
        (EN, 0.50, "balance", "your balance is", False),
        (EN, 0.50, "lance", "your balance is", True),
        (EN, 0.50, "balance wrong", "your balance is", True),
        (ZH, 0.80, "嗯 对", "", False),
        (ZH, 0.40, "对不起", "", True),
        (ZH, 0.50, "余额", "您的余额是", False),
        (YES_NO, 0.40, "yes", "", True),
        (YES_NO, 0.40, "mm-hm", "", False),
    ],
)
def test_a_sound_over_our_prompt_is_judged_by_its_words_and_its_length(
    listening: Listening, voiced_s: float, partial: str, said_lately: str, expected: bool
) -> None:
    sound = Overlap(voiced_s, voiced_s / 3, partial, said_lately)

    assert is_meant(sound, listening, SUSTAINED_S) is expected


@pytest.mark.parametrize(
    ("voiced_s", "vowel_s", "partial", "expected"),
    [
        (0.14, 0.12, "", True),  # plainly speech
        (0.22, 0.10, "", False),
        (0.24, 0.06, "", True),
        (0.40, 0.04, "", False),  # a laugh, a breath, a hum
        (0.48, 0.00, "", True),  # whoever goes on means it
        (0.20, 0.02, "no", False),  # the ear guesses at a breath
        (0.20, 0.04, "no", True),
        (0.48, 0.00, "stop it", True),  # a whisper
    ],
)
def test_vowels_tell_speech_from_what_only_sounds_like_a_voice(
    voiced_s: float, vowel_s: float, partial: str, expected: bool
) -> None:
    assert is_meant(Overlap(voiced_s, vowel_s, partial, ""), EN, SUSTAINED_S) is expected


@pytest.mark.parametrize("partial", ["", "balance"])
def test_in_a_noisy_room_a_sound_takes_longer_to_be_meant(partial: str) -> None:
    def is_meant_after(voiced_s: float, *, is_in_noise: bool) -> bool:
        return is_meant(Overlap(voiced_s, voiced_s / 3, partial, "", is_in_noise), EN, SUSTAINED_S)

    assert is_meant_after(0.26, is_in_noise=False)
    assert not is_meant_after(0.26, is_in_noise=True)
    assert is_meant_after(0.38, is_in_noise=True)


@pytest.mark.parametrize(
    ("has_risen", "voiced_s", "partial", "expected"),
    [
        (True, 0.14, "", True),
        (True, 0.10, "", False),  # a click, a cup
        (False, 2.00, "", False),  # the room goes on
        (False, 2.00, "balance", False),  # and words are guessed from it
        (True, 0.14, "balance", True),
        (True, 0.40, "mm-hm", False),
        (True, 0.92, "mm-hm", True),
    ],
)
def test_among_voices_only_what_is_louder_than_they_are_is_meant(
    has_risen: bool, voiced_s: float, partial: str, expected: bool
) -> None:
    sound = Overlap(voiced_s, 0.0, partial, "", is_in_noise=True, has_risen=has_risen)

    assert is_meant(sound, EN, SUSTAINED_S) is expected


def test_half_a_backchannel_is_a_word() -> None:
    assert not is_backchannel("right now", EN)
    assert not is_backchannel("ohm", EN)


def test_backchannels_may_follow_each_other() -> None:
    assert is_backchannel("嗯嗯 对对", ZH)
    assert is_backchannel("uh huh i see", EN)
