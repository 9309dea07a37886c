"""Learns everything anew from finished calls, as the nightly job does."""

from collections import deque
from collections.abc import Iterable, Sequence

from ivr.predict.features import KEPT
from ivr.predict.log_file import LoggedCall
from ivr.predict.model import OnlinePredictor
from ivr.predict.trend import Moment, Past


class Teaching:
    """Takes calls one by one in order of time; keeps of each caller what may count."""

    def __init__(self, questions: Sequence[str] = ()) -> None:
        """`questions` are known from the start, whether or not anybody asked them."""
        self._model, self._pasts = OnlinePredictor(), dict[str, deque[Past]]()
        for question in questions:
            self._model.reasons.add(question)

    def take(self, call: LoggedCall) -> None:
        """Learn a call after guessing it."""
        past = deque[Past](maxlen=KEPT)
        if call.caller:
            past = self._pasts.setdefault(call.caller, past)
        moment = Moment(call.at_h, tuple(past), call.place, call.ahead_h)
        self._model.learn(self._model.guess(moment), call.reason, call.place)
        past.append(Past(call.at_h, call.reason, call.detail, call.place, call.resolved_h))

    def finish(self) -> OnlinePredictor:
        """Fit to what was taken, and give what was learned."""
        self._model.train()
        return self._model


def teach(calls: Iterable[LoggedCall], questions: Sequence[str] = ()) -> OnlinePredictor:
    """Walk through calls in order of time, learning each after guessing it, then fit."""
    teaching = Teaching(questions)
    for call in calls:
        teaching.take(call)
    return teaching.finish()
