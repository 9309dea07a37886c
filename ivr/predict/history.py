"""Between the words of the product and the predictor's: calls and times in, candidates out."""

import math
from datetime import datetime

from ivr.domain import Candidate, PastCall
from ivr.predict.model import Guess
from ivr.predict.trend import Past


def hours_of(when: datetime) -> float:
    """Give hours since 1970."""
    return when.timestamp() / 3600.0


def ahead_h(when: datetime) -> float:
    """Give the hours by which this machine's time zone was ahead of UTC at a time."""
    ahead = when.astimezone().utcoffset()
    return ahead.total_seconds() / 3600.0 if ahead is not None else 0.0


def past_of(call: PastCall) -> Past:
    """Give a call of the store as the predictor sees it."""
    at_h = hours_of(call.started_at)
    return Past(at_h, call.question, resolved_h=at_h if call.resolved else math.inf)


def candidates_of(guess: Guess) -> list[Candidate]:
    """Give the guessed questions with their probabilities, likeliest first."""
    ranked = sorted(zip(guess.names, guess.chances, strict=True), key=lambda pair: -pair[1])
    return [Candidate(name, float(chance)) for name, chance in ranked]
