"""Learns everything anew from finished calls, as the nightly job does."""

from collections.abc import Iterable, Sequence

from ivr.predict.features import KEPT
from ivr.predict.log_file import LoggedCall
from ivr.predict.model import OnlinePredictor
from ivr.predict.trend import Moment, Past


def teach(calls: Iterable[LoggedCall], questions: Sequence[str] = ()) -> OnlinePredictor:
    """Walk through calls in order of time, learning each after guessing it, then fit.

    `questions` are known from the start, whether or not anybody asked them.
    """
    model, pasts = OnlinePredictor(), dict[str, list[Past]]()
    for question in questions:
        model.reasons.add(question)
    for call in calls:
        past = pasts.setdefault(call.caller, []) if call.caller else []
        moment = Moment(call.at_h, tuple(past[-KEPT:]), call.place)
        model.learn(model.guess(moment), call.reason, call.place)
        past.append(Past(call.at_h, call.reason, call.detail, call.place, call.resolved_h))
    model.train()
    return model
