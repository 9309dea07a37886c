"""The caller's voice and those of the room behind: by level, and by who talks on while we speak."""

import numpy as np
import pytest

from ivr.audio.foreground import Foreground
from ivr.audio.speech import SpeechDetector
from ivr.config.settings import Hearing
from ivr.domain import AudioFrame, Language
from ivr.sim.callers import caller_lines
from ivr.sim.noises import background
from tests.unit.audio.sounds import frames, noise

TELEVISION, CALLER, SILENCE = -30.0, -18.0, -96.0


def shares(
    foreground: Foreground, seconds: float, level_dbfs: float, *, we_speak: bool = False
) -> float:
    """The share of frames at a level that are taken for the caller; in syllables of 0.3 s."""
    judged = [
        foreground.is_caller(
            level_dbfs if at % 20 < 15 else SILENCE,
            is_voice=at % 20 < 15 and level_dbfs > SILENCE,
            we_speak=we_speak,
        )
        for at in range(round(seconds * 50))
    ]
    return sum(judged) / len(judged)


def in_a_room_with_television() -> Foreground:
    foreground = Foreground()
    shares(foreground, 2, TELEVISION, we_speak=True)
    return foreground


def test_a_quiet_line_lets_every_voice_through() -> None:
    foreground = Foreground()

    assert shares(foreground, 4, TELEVISION) == pytest.approx(0.75, abs=0.02)
    assert shares(foreground, 4, CALLER) == pytest.approx(0.75, abs=0.02)


def test_who_talks_while_we_greet_is_the_room() -> None:
    foreground = Foreground()

    assert shares(foreground, 3, TELEVISION, we_speak=True) == 0
    assert foreground.background_dbfs == pytest.approx(TELEVISION, abs=2)


def test_a_pause_in_our_greeting_does_not_make_the_room_the_caller() -> None:
    foreground = Foreground()
    shares(foreground, 0.4, TELEVISION, we_speak=True)

    assert shares(foreground, 0.4, TELEVISION, we_speak=False) == 0

    shares(foreground, 1.0, TELEVISION, we_speak=True)
    assert foreground.background_dbfs == pytest.approx(TELEVISION, abs=2)


def test_the_caller_stands_out_from_the_room() -> None:
    foreground = in_a_room_with_television()

    assert shares(foreground, 2, CALLER) > 0.6
    assert shares(foreground, 2, TELEVISION) < 0.05


def test_the_caller_stands_out_over_our_prompt_too() -> None:
    foreground = in_a_room_with_television()
    shares(foreground, 2, CALLER)
    shares(foreground, 2, TELEVISION, we_speak=True)

    assert shares(foreground, 0.3, CALLER, we_speak=True) > 0.6


def test_a_caller_of_a_minute_never_becomes_the_background() -> None:
    foreground = Foreground()
    shares(foreground, 60, CALLER)

    assert foreground.background_dbfs is None
    assert shares(foreground, 2, CALLER) == pytest.approx(0.75, abs=0.02)


def test_a_hello_into_our_greeting_does_not_make_the_caller_a_background() -> None:
    foreground = Foreground()
    shares(foreground, 0.4, CALLER, we_speak=True)
    shares(foreground, 3, SILENCE, we_speak=True)

    assert shares(foreground, 2, CALLER) == pytest.approx(0.75, abs=0.02)


def test_a_television_that_is_switched_on_in_mid_call_becomes_the_background() -> None:
    foreground = Foreground()
    shares(foreground, 2, SILENCE, we_speak=True)
    shares(foreground, 4, CALLER)
    shares(foreground, 5, TELEVISION, we_speak=True)

    assert shares(foreground, 2, TELEVISION, we_speak=True) < 0.05
    assert shares(foreground, 1, CALLER) > 0.6


def test_whoever_takes_the_phone_and_speaks_softly_is_heard_after_a_prompt() -> None:
    foreground = Foreground()
    shares(foreground, 2, SILENCE, we_speak=True)
    shares(foreground, 4, CALLER)
    shares(foreground, 4, TELEVISION)  # another person, taken for the room
    shares(foreground, 5, SILENCE, we_speak=True)  # who listens to "are you still there?"

    assert shares(foreground, 2, TELEVISION) > 0.6


def test_a_television_that_is_switched_off_is_forgotten() -> None:
    foreground = in_a_room_with_television()
    shares(foreground, 6, SILENCE, we_speak=True)

    assert foreground.background_dbfs is None


def test_one_shout_does_not_make_the_caller_a_stranger() -> None:
    foreground = Foreground()
    shares(foreground, 2, SILENCE, we_speak=True)
    shares(foreground, 4, CALLER)
    shares(foreground, 0.8, -4.0)

    assert shares(foreground, 6, CALLER) == pytest.approx(0.75, abs=0.02)


def test_right_behind_the_caller_the_room_is_known_for_what_it_is() -> None:
    foreground = in_a_room_with_television()
    shares(foreground, 1, CALLER)
    shares(foreground, 0.5, TELEVISION)

    assert foreground.is_behind_the_caller


@pytest.mark.parametrize(("caller_dbfs", "is_noisy"), [(CALLER, False), (-24.0, True)])
def test_a_room_is_noisy_when_it_comes_near_the_caller(caller_dbfs: float, is_noisy: bool) -> None:
    foreground = in_a_room_with_television()
    shares(foreground, 3, caller_dbfs)

    assert foreground.is_noisy is is_noisy


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("room", "snr_db"), [("television", 15), ("second_voice", 15), ("babble", 20)]
)
def test_a_caller_in_a_room_with_voices_is_told_from_them(
    room: str, snr_db: float, language: Language
) -> None:
    behind = background(room, language, snr_db, seed=11)
    caller = np.frombuffer(caller_lines(language)["early_repayment"].pcm, "<i2")
    sound = np.resize(behind, 5 * 8000)
    after = 4 * 8000 - len(caller) % 160
    mixed = np.concatenate([sound, np.resize(behind, len(caller)) + caller, np.zeros(after)])
    detector, prompt = SpeechDetector(Hearing()), frames(noise(5, -30))

    heard = [
        detector.hear(AudioFrame(frame, prompt[at] if at < len(prompt) else b"")).is_speech
        for at, frame in enumerate(frames(mixed.astype("<i2").tobytes()))
    ]

    assert sum(heard[:250]) <= 5, "the room was taken for the caller"
    assert np.mean(heard[250 : 250 + len(caller) // 160]) > 0.4, "the caller was not heard"
