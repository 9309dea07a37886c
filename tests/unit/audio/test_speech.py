"""Echo out, loud enough, sounds like a voice: what opens the ear and what does not."""

import numpy as np
import pytest

from ivr.audio.echo import WebRtcEchoCanceller
from ivr.audio.level import LevelGate, level_dbfs
from ivr.audio.preroll import PreRoll
from ivr.audio.resample import Resampler
from ivr.audio.speech import SpeechDetector
from ivr.config.settings import Hearing
from ivr.domain import FRAME_BYTES, AudioFrame
from tests.unit.audio.sounds import frames, noise, vowel

SILENCE = bytes(FRAME_BYTES)


def share_of_speech(detector: SpeechDetector, pcm: bytes) -> float:
    return float(np.mean([detector.hear(AudioFrame(frame)).is_speech for frame in frames(pcm)]))


def test_a_voice_is_speech() -> None:
    assert share_of_speech(SpeechDetector(Hearing()), vowel(2, -25)) > 0.8


def test_a_voice_far_below_the_line_level_is_not() -> None:
    assert share_of_speech(SpeechDetector(Hearing()), vowel(2, -58)) == 0


def test_steady_noise_does_not_open_the_ear_once_the_line_is_known() -> None:
    detector = SpeechDetector(Hearing())
    share_of_speech(detector, noise(2.5, -35))

    assert share_of_speech(detector, noise(5, -35)) < 0.01


def test_a_voice_stands_out_from_a_noisy_line() -> None:
    detector = SpeechDetector(Hearing())
    share_of_speech(detector, noise(2.5, -45))

    assert share_of_speech(detector, vowel(2, -25)) > 0.7


def test_a_caller_who_never_stops_does_not_become_the_lines_noise() -> None:
    detector = SpeechDetector(Hearing())
    share_of_speech(detector, vowel(20, -22))

    assert share_of_speech(detector, vowel(2, -22)) > 0.7


@pytest.mark.parametrize("pcm", [b"", b"\x01", bytes(100), bytes(640)])
def test_a_frame_of_a_wrong_length_is_judged_all_the_same(pcm: bytes) -> None:
    heard = SpeechDetector(Hearing()).hear(AudioFrame(pcm, pcm))

    assert not heard.is_speech
    assert len(heard.pcm) == FRAME_BYTES


def test_levels_are_told_in_db_below_full_scale() -> None:
    square = np.tile([32767, -32768], 80).astype("<i2").tobytes()

    assert level_dbfs(square) == pytest.approx(0, abs=0.01)
    assert level_dbfs(noise(0.5, -30)) == pytest.approx(-30, abs=0.1)
    assert level_dbfs(SILENCE) == level_dbfs(b"") == -96


def test_the_gate_knows_the_lines_noise_after_two_seconds() -> None:
    gate = LevelGate(-50, 6)
    for frame in frames(noise(2.5, -40)):
        gate.is_loud_enough(level_dbfs(frame))

    assert gate.rest_dbfs == pytest.approx(-40, abs=1.5)


def test_the_pre_roll_keeps_the_last_frames() -> None:
    pre_roll = PreRoll(0.06)
    for number in range(10):
        pre_roll.add(bytes([number]))

    assert pre_roll.last() == b"\x07\x08\x09"


def test_the_pre_roll_of_a_cough_is_still_there_for_the_word_behind_it() -> None:
    pre_roll = PreRoll(0.06)
    for number in range(10):
        pre_roll.add(bytes([number]))

    assert pre_roll.last() == pre_roll.last()


def test_the_pre_roll_of_a_caller_noticed_late_begins_earlier() -> None:
    pre_roll = PreRoll(0.04, 0.06)
    for number in range(10):
        pre_roll.add(bytes([number]))

    assert pre_roll.last(0.02) == b"\x07\x08\x09"


def test_what_was_heard_already_is_not_in_the_pre_roll() -> None:
    pre_roll = PreRoll(0.04, 0.06)
    for number in range(10):
        pre_roll.add(bytes([number]))
    pre_roll.was_heard()

    assert pre_roll.last(0.06) == b"\x08\x09"


def echo_left_db(delay_s: float, echo_db: float) -> float:
    """How much of our prompt's echo is left after two seconds, against what came in."""
    prompt = np.frombuffer(vowel(6, -20), "<i2")
    late = round(delay_s * 8000)
    echo = np.concatenate([np.zeros(late), prompt[:-late] * 10 ** (-echo_db / 20)]).astype("<i2")
    canceller = WebRtcEchoCanceller()
    pairs = zip(frames(echo.tobytes()), frames(prompt.tobytes()), strict=True)
    left = b"".join(canceller.process(heard, played) for heard, played in pairs)
    return level_dbfs(left[32000:]) - level_dbfs(echo.tobytes()[32000:])


@pytest.mark.parametrize("delay_s", [0.03, 0.1, 0.25])
def test_the_echo_of_our_prompt_is_cancelled_at_any_delay(delay_s: float) -> None:
    assert echo_left_db(delay_s, echo_db=20) < -20


def test_the_canceller_leaves_the_caller_alone_while_we_are_silent() -> None:
    canceller = WebRtcEchoCanceller()

    assert all(canceller.process(frame, SILENCE) == frame for frame in frames(vowel(1, -25)))


def test_a_caller_who_talks_over_our_prompt_is_not_cancelled() -> None:
    canceller, prompt = WebRtcEchoCanceller(), frames(vowel(6, -20))
    caller = frames(vowel(6, -22, pitch_hz=210))
    pairs = zip(caller, prompt, strict=True)

    clean = b"".join(canceller.process(heard, played) for heard, played in pairs)

    assert level_dbfs(clean[32000:]) > -30


def test_a_stream_is_resampled_without_seams() -> None:
    tone = (8000 * np.sin(2 * np.pi * 400 * np.arange(8000) / 8000)).astype("<i2").tobytes()
    resampler = Resampler(8000, 16000)

    pieces = b"".join(resampler.feed(frame) for frame in frames(tone)) + resampler.finish()

    assert len(pieces) == 2 * len(tone)
    spectrum = np.abs(np.fft.rfft(np.frombuffer(pieces, "<i2")))
    assert np.argmax(spectrum) == 400
    assert np.delete(spectrum, range(380, 421)).max() < spectrum.max() / 100
