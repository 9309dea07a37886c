"""A caller's tempo, learned from the pauses inside what they say."""

import math

import numpy as np
import pytest

from ivr.call.tempo import USUAL_S, Tempo


def after(*pauses_s: float) -> float:
    tempo = Tempo()
    for pause_s in pauses_s:
        tempo.paused(pause_s)
    return tempo.factor


def test_an_unknown_caller_has_the_usual_tempo() -> None:
    assert after() == 1


def test_a_caller_who_pauses_long_is_waited_for() -> None:
    assert after(*[0.5] * 8) > 1.3


def test_a_quick_caller_is_answered_sooner() -> None:
    assert after(*[0.12] * 8) == pytest.approx(0.8, abs=0.05)


def test_one_pause_proves_little() -> None:
    assert 1 < after(0.5) < 1.15


def test_the_factor_has_bounds() -> None:
    assert after(*[1.9] * 100) == 1.5
    assert after(*[0.1] * 100) == 0.8


@pytest.mark.parametrize("silence_s", [0.0, 0.02, 0.08, 2.5, 30])
def test_what_is_no_pause_of_speech_teaches_nothing(silence_s: float) -> None:
    assert after(silence_s) == 1


def cut_and_wait(usual_s: float, *, adapts: bool) -> tuple[float, float]:
    """Simulate callers as the module says; give the share of turns cut off and the mean wait."""
    draw = np.random.default_rng(3)
    cut, waits = 0, list[float]()
    for _ in range(1000):
        centre, tempo = USUAL_S * math.exp(0.4 * draw.standard_normal()), Tempo()
        for _ in range(8):
            pause_s = usual_s * (tempo.factor if adapts else 1)
            waits.append(pause_s)
            for gap_s in centre * np.exp(0.45 * draw.standard_normal(draw.poisson(3))):
                if gap_s < pause_s + 0.5:  # later, our answer has begun
                    tempo.paused(gap_s)
                if 0.1 < pause_s < gap_s:
                    cut += 1
                    break
    return cut / len(waits), float(np.mean(waits))


def test_callers_of_different_tempo_are_cut_off_less_at_nearly_the_same_wait() -> None:
    cut, wait_s = cut_and_wait(0.6, adapts=True)
    cut_by_one_for_all, _ = cut_and_wait(0.6, adapts=False)

    assert cut < 0.75 * cut_by_one_for_all
    assert wait_s < 0.65
