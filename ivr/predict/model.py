"""The predictor: shared trend, two scorers, calibration. Learns from every call as it ends.

One class serves the telephone and the backtest, so what was measured is what answers. Nothing
here reads a clock or a file: a `Moment` says what was known when the phone rang, `guess` looks,
`learn` counts once the answer is known, `refit` fits the scorers to the latest window (seconds;
nightly, never during a call).
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ivr.predict.batch import Batch, Window, single, softmax
from ivr.predict.calibrate import Array, Calibrator, threshold_for
from ivr.predict.decay import Reasons
from ivr.predict.features import PAIR_NAMES, Features, describe
from ivr.predict.linear import LinearScorer
from ivr.predict.network import NetworkScorer
from ivr.predict.trend import Moment, Trend

MIN_CALLS: Final = 300
"""Calls before the scorers are fitted; until then a caller's own smoothed shares speak."""
WINDOW_CALLS: Final = 12_000
COLD_SHARE: Final = 0.15
"""First part of a window whose figures come from nearly empty counts: not fitted on."""
TAIL_SHARE: Final = 0.25
"""Last part of the window, kept out of the first fit, on which choices are made."""
PRIOR: Final = np.array([float(name == "own_2000h") for name in PAIR_NAMES])
"""Weights before any are learned: a caller's own shares, smoothed by place and time."""
NETWORK_CALLS: Final = 2000
"""Calls in the window before the second scorer is tried at all."""
SHARES: Final = (0.0, 0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Guess:
    """What was thought of a call before its first word; hand it back to `learn`.

    `raw` and `chances` hold one probability for each of `names`, before and after
    calibration; what `chances` lack to 1 is `unheard_of`: a reason never seen.
    """

    moment: Moment
    features: Features | None
    names: tuple[str, ...]
    raw: Array
    chances: Array
    unheard_of: float

    def chance_of(self, reason: str) -> float:
        """Give the probability of a reason, that of "something new" for an unknown one."""
        if reason in self.names:
            return float(self.chances[self.names.index(reason)])
        return self.unheard_of


@dataclass
class OnlinePredictor:
    """All that is learned from calls together; a caller's own past comes with each moment."""

    use_network: bool = True
    window_calls: int = WINDOW_CALLS
    reasons: Reasons = field(default_factory=Reasons)
    network_share: float = 0.0
    threshold_70: float = 1.0
    fitted: bool = False

    def __post_init__(self) -> None:
        self.trend = Trend(self.reasons)
        self.window = Window(self.window_calls)
        self.linear = LinearScorer(PRIOR)
        self.network = NetworkScorer()
        self.calibrator = Calibrator()

    # --- every call ------------------------------------------------------------------

    def guess(self, moment: Moment) -> Guess:
        """Give the chances of every known reason; at most 5 ms, changes nothing."""
        if not len(self.reasons):
            return Guess(moment, None, (), np.zeros(0), np.zeros(0), 1.0)
        features, unheard_of = describe(moment, self.trend), self.trend.novelty()
        raw = self._score(features)
        chances = self.calibrator.apply(raw) if self.fitted else raw
        known = 1.0 - unheard_of
        names = tuple(self.reasons.names)
        return Guess(moment, features, names, raw, chances * known, unheard_of)

    def learn(
        self, guess: Guess, reason: str, place: str = "", moment: Moment | None = None
    ) -> None:
        """Count a call whose reason is known now; at most 5 ms.

        `moment` is the whole truth before the call where the guess was allowed only a part.
        """
        if guess.features is not None and reason in guess.names:
            # As the guess numbers it: a newer training may have taken over since, and numbers anew.
            number = guess.names.index(reason)
            self.window.add(guess.features, number, guess.moment.now_h)
            if self.fitted:
                loss = -float(np.log(max(guess.chance_of(reason), 1e-9)))
                self.calibrator.judge(guess.raw, number, loss)
        self.trend.learn(moment or guess.moment, reason, place)

    def _score(self, features: Features) -> Array:
        mixed: Array = self._mix(single(features))[0]
        return mixed

    def _mix(self, batch: Batch) -> Array:
        chances = softmax(self.linear.scores(batch), batch.mask).astype(np.float64)
        if self.network_share > 0:
            second = softmax(self.network.scores(batch), batch.mask)
            chances = (1 - self.network_share) * chances + self.network_share * second
        return chances

    # --- once in a while -------------------------------------------------------------

    def train(self) -> None:
        """Fit from the window and make the choices that need calls not fitted on.

        The last quarter of the window is first kept out: on it the network's share, the
        calibration and the threshold are chosen. Then everything is fitted on the whole.
        Does nothing before MIN_CALLS.
        """
        if len(self.window) < MIN_CALLS:
            return
        batch = self.window.batch()
        cold, split = int(len(batch) * COLD_SHARE), int(len(batch) * (1 - TAIL_SHARE))
        self.linear, self.network = LinearScorer(PRIOR), NetworkScorer()
        self._fit(batch.part(slice(cold, split)), epochs=8)
        self._choose(batch.part(slice(split, None)))
        self._fit(batch.part(slice(cold, None)), epochs=8)
        self.fitted = True

    def refit(self) -> None:
        """Go on fitting with what came since; starts from the present weights."""
        if not self.fitted:
            self.train()
            return
        batch = self.window.batch()
        self._fit(batch.part(slice(int(len(batch) * COLD_SHARE), None)), epochs=1)

    def _fit(self, batch: Batch, epochs: int) -> None:
        # Half-life of three weeks: old calls still count, new ones count more.
        importance = 2.0 ** ((batch.at_h - batch.at_h[-1]) / 504.0)
        self.linear.fit(batch, importance, steps=60 if epochs > 1 else 15)
        if self._may_use_network() and (epochs > 1 or self.network_share > 0):
            self.network.fit(batch, epochs, rate=3e-3 if epochs > 1 else 3e-4)

    def _may_use_network(self) -> bool:
        return self.use_network and len(self.window) >= NETWORK_CALLS

    def _choose(self, tail: Batch) -> None:
        rows, losses = np.arange(len(tail)), {}
        for share in SHARES if self._may_use_network() else SHARES[:1]:
            self.network_share = share
            right = self._mix(tail)[rows, tail.target]
            losses[share] = -float(np.log(np.maximum(right, 1e-9)).mean())
        self.network_share = min(losses, key=losses.__getitem__)
        self.calibrator = Calibrator()
        top, hit = [], []
        for raw, target in zip(self._mix(tail), tail.target, strict=True):
            chances = self.calibrator.apply(raw)
            top.append(float(chances.max()))
            hit.append(int(chances.argmax()) == target)
            loss = -float(np.log(max(float(chances[target]), 1e-9)))
            self.calibrator.judge(raw, int(target), loss)
        self.calibrator.settle()
        self.threshold_70 = threshold_for(0.70, np.array(top), np.array(hit))
