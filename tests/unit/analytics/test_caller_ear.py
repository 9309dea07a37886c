"""The caller's-ear meter on recordings whose truth is known because we made them."""

import numpy as np
import pytest

from ivr.analytics.caller_ear import EarEvent, EventKind, measure
from ivr.analytics.sounds import Stretch, holes

RATE = 8000
SPEECH = EventKind.SPEECH


def channel(length_s: float, *sounds: tuple[float, float], noise: float = 0.0) -> np.ndarray:
    """Speech-like sound (a modulated tone) in the given stretches, noise elsewhere."""
    rng = np.random.default_rng(1)
    t = np.arange(round(length_s * RATE)) / RATE
    samples = rng.normal(0, noise, len(t)) if noise else np.zeros(len(t))
    tone = 6000 * np.sin(2 * np.pi * 220 * t) * (0.75 + 0.25 * np.sin(2 * np.pi * 4 * t))
    for start_s, end_s in sounds:
        at = slice(round(start_s * RATE), round(end_s * RATE))
        samples[at] += tone[at]
    return np.asarray(samples, np.int16)


@pytest.mark.parametrize("noise", [0.0, 60.0])
def test_the_wait_for_each_answer_is_measured(noise):
    caller = channel(12, (3.0, 4.0), (8.0, 9.5), noise=noise)
    hotline = channel(12, (0.3, 2.5), (4.8, 7.0), (10.2, 11.5))

    report = measure(caller, hotline)

    assert report.silence_s == [pytest.approx(0.8, abs=0.03), pytest.approx(0.7, abs=0.03)]
    assert report.first_word_s == pytest.approx(0.3, abs=0.02)
    assert report.turns == 2
    assert report.cut_off_turns == 0


def test_a_prompt_without_a_caller_before_it_is_no_answer():
    hotline = channel(10, (0.2, 2.0), (5.0, 7.0))

    assert measure(channel(10), hotline).silence_s == []


def test_the_time_to_fall_silent_is_measured():
    caller = channel(6, (2.0, 3.5))
    hotline = channel(6, (0.2, 2.3), (4.2, 5.5))

    report = measure(caller, hotline)

    assert report.fall_silent_s == [pytest.approx(0.3, abs=0.03)]
    assert report.missed_interruptions == 0


def test_an_interruption_that_is_ignored_is_missed():
    caller = channel(8, (2.0, 3.5))
    hotline = channel(8, (0.2, 6.0))

    report = measure(caller, hotline)

    assert report.missed_interruptions == 1
    assert report.fall_silent_s == []


def test_a_prompt_that_stops_for_a_cough_is_a_false_stop():
    caller = channel(6, (2.0, 2.2))
    stops, goes_on = channel(6, (0.2, 2.4)), channel(6, (0.2, 5.0))

    assert measure(caller, stops).false_stops == 1
    assert measure(caller, goes_on).false_stops == 0
    assert measure(caller, goes_on).short_sounds == 1


def test_events_tell_a_long_noise_from_speech():
    caller = channel(6, (2.0, 3.5))
    hotline = channel(6, (0.2, 5.5))
    noise = EarEvent(Stretch(2.0, 3.5), EventKind.NOISE)

    assert measure(caller, hotline, [noise]).missed_interruptions == 0
    assert measure(caller, hotline).missed_interruptions == 1


def test_an_answer_into_the_callers_words_cuts_them_off():
    caller = channel(6, (2.0, 4.0))
    hotline = channel(6, (0.2, 1.0), (3.0, 5.0))

    report = measure(caller, hotline)

    assert report.cut_off_turns == 1
    assert report.talked_over_s == pytest.approx(1.0, abs=0.05)


def test_an_answer_into_a_pause_for_thought_cuts_the_caller_off():
    caller = channel(8, (2.0, 3.0), (4.0, 5.5))
    hotline = channel(8, (0.2, 1.0), (3.7, 4.3), (6.2, 7.5))

    assert measure(caller, hotline).cut_off_turns == 1


def test_a_first_word_that_never_reached_the_ear_is_lost():
    caller = channel(6, (2.0, 4.0))
    hotline = channel(6, (0.2, 1.0), (4.8, 5.5))
    whole = EarEvent(Stretch(1.8, 4.0), EventKind.HEARD)
    late = EarEvent(Stretch(2.6, 4.0), EventKind.HEARD)

    assert measure(caller, hotline, [whole]).lost_first_words == 0
    assert measure(caller, hotline, [late]).lost_first_words == 1


def test_dead_air_is_what_lasts_longer_than_a_pause():
    caller = channel(12, (2.0, 3.0))
    hotline = channel(12, (0.2, 1.0), (9.0, 11.9))

    assert measure(caller, hotline).dead_air_s == pytest.approx(3.0, abs=0.1)


def test_a_hole_in_our_speech_is_a_gap_a_pause_is_not():
    whole = channel(4, (0.5, 3.5))
    broken = whole.copy()
    broken[round(2.0 * RATE) : round(2.08 * RATE)] = 0
    fading = whole.astype(float)
    fade = np.ones(len(whole))
    fade[14400:16000] = np.linspace(1, 0, 1600)
    fade[16000:17600] = 0

    assert [hole.length_s for hole in holes(broken)] == [pytest.approx(0.08, abs=0.011)]
    assert holes(whole) == []
    assert holes(np.asarray(fading * fade, np.int16)) == []


def test_an_empty_recording_measures_nothing():
    empty = np.zeros(0, np.int16)

    report = measure(empty, empty)

    assert report.first_word_s is None
    assert report.silence_s == []
