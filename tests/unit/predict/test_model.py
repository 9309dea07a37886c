"""The predictor learns from the guess that was made, whoever learns from it."""

from ivr.predict.decay import Reasons
from ivr.predict.model import OnlinePredictor
from ivr.predict.trend import Moment, Past


def test_a_call_that_outlives_a_training_is_judged_by_what_was_guessed() -> None:
    before = OnlinePredictor(reasons=Reasons(("fees", "refund")))
    newer = OnlinePredictor(reasons=Reasons(("refund", "fees")), fitted=True)
    guess = before.guess(Moment(400_000.0, [Past(399_999.0, "fees")]))

    newer.learn(guess, "fees")

    ((_, was_right, _),) = newer.calibrator.judged
    assert guess.names[int(guess.raw.argmax())] == "fees"
    assert was_right
