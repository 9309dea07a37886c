"""Probabilities are corrected by what came of earlier ones."""

import numpy as np
import pytest

from ivr.predict.calibrate import Calibrator


def told(given: float, right: float, calls: int = 1000) -> Calibrator:
    """A calibrator after calls whose first guess was given such a chance and so often right."""
    calibrator = Calibrator()
    for number in range(calls):
        top = given + min(given, 1 - given) * 0.2 * (number % 5 - 2)
        calibrator.judged.append((top, number % 100 < 100 * right, 1.0))
    calibrator.refit()
    return calibrator


def corrected(calibrator: Calibrator, given: float) -> float:
    others = np.full(30, (1 - given) / 30)
    return float(calibrator.apply(np.array([given, *others]))[0])


@pytest.mark.parametrize("given", [0.1, 0.5, 0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("right", [0.05, 0.3, 0.5, 0.7, 0.95])
def test_however_wrong_guesses_were_they_are_drawn_to_what_came_true(
    given: float, right: float
) -> None:
    calibrator = told(given, right)

    assert corrected(calibrator, given) == pytest.approx(right, abs=0.1)
    assert 0.2 <= calibrator.slope <= 3.0


def test_honest_guesses_stay_as_they_are() -> None:
    calibrator = told(0.6, 0.6)

    assert corrected(calibrator, 0.6) == pytest.approx(0.6, abs=0.02)


def test_a_guess_that_was_always_sure_and_wrong_can_still_be_asked() -> None:
    calibrator = told(1.0, 0.0)

    assert 0.0 < corrected(calibrator, 1 - 1e-12) < 0.5


def test_the_other_reasons_share_what_is_left_as_before() -> None:
    calibrator = told(0.9, 0.3)

    first, second, third = calibrator.apply(np.array([0.9, 0.08, 0.02]))

    assert first + second + third == pytest.approx(1.0)
    assert second / third == pytest.approx(4.0)
