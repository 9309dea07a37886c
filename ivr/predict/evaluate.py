"""Backtest on a log: learn before a date, then walk through the rest as if live.

A call is guessed from what was known when it came, and only afterwards is it learned: the loop
below hands the model a `Moment` without the answer. What counts as known: the reason is filed
when the call is taken, so it is known to every later line of the log (`known_after_h` delays
that for logs where it is not); whether a case is resolved is known from `resolved_at` on; the
finer detail comes with the reason. A final reason that is corrected later is never read.
"""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ivr.errors import ConfigError
from ivr.predict.baselines import KINDS, Baseline
from ivr.predict.calibrate import threshold_for
from ivr.predict.decay import Reasons
from ivr.predict.log_file import LoggedCall
from ivr.predict.model import TAIL_SHARE, Guess, OnlinePredictor
from ivr.predict.scores import Judgement, Scores, judge, score
from ivr.predict.trend import Moment, Past

REFIT_H = 48.0
"""Hours of the log between two refits, as the nightly job does it live."""
PAST_KEPT = 200
"""Latest calls of a caller that are looked at, as the store gives them live."""


@dataclass(frozen=True)
class Backtest:
    """Scores of the model and of each baseline, timings, and every judgement in order."""

    model: Scores
    baselines: dict[str, Scores]
    threshold_70: float
    network_share: float
    fit_s: float
    ms_p95: float
    drift_z: float
    judged: tuple[Judgement, ...]

    def as_json(self) -> dict[str, object]:
        """Give the figures under the names that `ivr evaluate reasons --json` prints."""
        return {
            **self.model.as_json(),
            "ms_p95": round(self.ms_p95, 3),
            "fit_s": round(self.fit_s, 2),
            "threshold_70": round(self.threshold_70, 4),
            "network_share": self.network_share,
            "drift_z": round(self.drift_z, 2),
            "baselines": {name: scores.as_json() for name, scores in self.baselines.items()},
        }


@dataclass
class _Walk:
    """Walks through calls in time order; everything that has become known lives here."""

    model: OnlinePredictor
    known_after_h: float
    baselines: dict[str, Baseline]
    past: dict[str, list[Past]] = field(default_factory=dict)
    waiting: deque[tuple[LoggedCall, Guess]] = field(default_factory=deque)
    took_ms: list[float] = field(default_factory=list)
    judged: dict[str, list[Judgement]] = field(default_factory=dict)
    is_fitting: bool = True

    def take(self, call: LoggedCall) -> None:
        """Learn what has become known by now, then guess the call, then judge the guess."""
        self._learn_until(call.at_h - self.known_after_h)
        past = self._past(call)
        started = time.perf_counter()
        guess = self.model.guess(Moment(call.at_h, past, call.place, call.ahead_h))
        self.took_ms.append(1000.0 * (time.perf_counter() - started))
        chances = {"model": (guess.chances, self.model.reasons)} | {
            name: (baseline.chances(past), baseline.reasons)
            for name, baseline in self.baselines.items()
        }
        for name, (given, reasons) in chances.items():
            number = reasons.number(call.reason)
            truth = -1 if number is None else number
            self.judged.setdefault(name, []).append(judge(call.at_h, len(past), given, truth))
        self.waiting.append((call, guess))

    def _past(self, call: LoggedCall) -> tuple[Past, ...]:
        # A withheld number has no past: its calls are not one caller's.
        return tuple(self.past.get(call.caller, ())[-PAST_KEPT:]) if call.caller else ()

    def _learn_until(self, known_h: float) -> None:
        while self.waiting and self.waiting[0][0].at_h <= known_h:
            call, guess = self.waiting.popleft()
            self.model.learn(guess, call.reason, call.place)
            for baseline in self.baselines.values():
                baseline.learn(guess.moment.past, call.reason, self.is_fitting)
            filed = Past(call.at_h, call.reason, call.detail, call.place, call.resolved_h)
            self.past.setdefault(call.caller, []).append(filed)


def backtest(
    calls: Sequence[LoggedCall],
    test_from_h: float,
    known_after_h: float = 0.0,
    model: OnlinePredictor | None = None,
) -> Backtest:
    """Learn on calls before `test_from_h`, judge the rest; raises ConfigError if one is empty.

    `model` is a fresh predictor that is taught on the way; None makes one.
    """
    before = [call for call in calls if call.at_h < test_from_h]
    after = [call for call in calls if call.at_h >= test_from_h]
    if not before or not after:
        which = "before" if not before else "from"
        remedy = "Choose a date inside the log with --test-from."
        raise ConfigError(f"there are no calls {which} the test date on.", remedy)
    model = model or OnlinePredictor()
    walk = _Walk(model, known_after_h, {kind: Baseline(kind, Reasons()) for kind in KINDS})
    started = time.perf_counter()
    for call in before:
        walk.take(call)
    model.train()
    fit_s = time.perf_counter() - started
    thresholds = _thresholds(walk.judged) | {"model": model.threshold_70}
    walk.judged, walk.took_ms, walk.is_fitting = {}, [], False
    _walk_test(walk, after)
    scores = {name: score(judged, thresholds[name]) for name, judged in walk.judged.items()}
    return Backtest(
        model=scores.pop("model"),
        baselines=scores,
        threshold_70=model.threshold_70,
        network_share=model.network_share,
        fit_s=fit_s,
        ms_p95=float(np.percentile(walk.took_ms, 95)),
        drift_z=model.calibrator.drift_z(),
        judged=tuple(walk.judged["model"]),
    )


def _thresholds(judged: dict[str, list[Judgement]]) -> dict[str, float]:
    """Choose each baseline's threshold on the last part of the training period."""
    chosen = {}
    for name, all_judged in judged.items():
        tail = all_judged[int(len(all_judged) * (1 - TAIL_SHARE)) :]
        top, right = np.array([j.top for j in tail]), np.array([j.is_right for j in tail])
        chosen[name] = threshold_for(0.70, top, right)
    return chosen


def _walk_test(walk: _Walk, calls: Sequence[LoggedCall]) -> None:
    refit_at_h = calls[0].at_h + REFIT_H
    for call in calls:
        if call.at_h >= refit_at_h:
            walk.model.refit()
            refit_at_h = call.at_h + REFIT_H
        walk.take(call)
