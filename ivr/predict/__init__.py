"""The guess: why a caller probably calls, and whether to say so.

`model.OnlinePredictor` keeps the promise below; `ivr.call.guessing` asks it for every call and
`opening.choose` turns its answer into a greeting. `evaluate.backtest` walks the same class
through anyone's log. docs/developers/prediction.md tells how the parts fit.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # they need numpy, and whoever reads a rule does not
    from ivr.predict.model import Guess
    from ivr.predict.trend import Moment


class Predictor(Protocol):
    """Guesses the question from what is known before the first word, and learns."""

    def guess(self, moment: "Moment") -> "Guess":
        """Give calibrated probabilities of every known question.

        Pure computation, at most 5 ms; never looks at anything after the moment.
        """
        ...

    def learn(
        self, guess: "Guess", reason: str, place: str = "", moment: "Moment | None" = None
    ) -> None:
        """Take in what a call was about once that is known; at most 5 ms.

        `moment` is the whole past where the guess was allowed to see only a part of it.
        """
        ...
