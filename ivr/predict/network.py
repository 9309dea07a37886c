"""The second scorer: a small network over (call, reason) pairs, in numpy.

Where the linear scorer gives "same reason as last time" one weight, the network lets it depend
on the hour, the gap and how much is known of the caller. Two hidden layers of 32 and 16 leaky
units, shared by all candidates, plus a straight linear path; softmax over the candidates;
Adam (Kingma & Ba 2014) with a falling rate. It is used only with the share that it earns on
calls it has not seen (`OnlinePredictor.train`).
"""

from dataclasses import dataclass

import numpy as np

from ivr.predict.batch import Batch, Floats, softmax

LEAK = 0.1
BATCH = 128
DECAY = 0.01


@dataclass
class Standard:
    """Mean and spread of figures, to bring all to one scale."""

    mean: Floats
    spread: Floats

    def __call__(self, figures: Floats) -> Floats:
        scaled: Floats = (figures - self.mean) / self.spread
        return scaled


def _standard(figures: Floats) -> Standard:
    return Standard(figures.mean(axis=0), figures.std(axis=0) + 1e-3)


class NetworkScorer:
    """Layers are in `layers`: pair->32, call->32, bias, 32->16, bias, 16->1, pair->1."""

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        self.layers: list[Floats] = []
        self.pair_standard = Standard(np.zeros(1, np.float32), np.ones(1, np.float32))
        self.call_standard = self.pair_standard

    def fit(self, batch: Batch, epochs: int = 8, rate: float = 3e-3) -> None:
        """Fit to the batch; a fitted network goes on from where it is."""
        if not self.layers:
            self.pair_standard = _standard(batch.sample())
            self.call_standard = _standard(batch.call)
            self.layers = self._fresh(batch.pairs.shape[2], batch.call.shape[1])
        first = [np.zeros_like(layer) for layer in self.layers]
        second = [np.zeros_like(layer) for layer in self.layers]
        steps = max(1, epochs * (len(batch) // BATCH))
        order = np.concatenate([self._random.permutation(len(batch)) for _ in range(epochs)])
        for step in range(steps):
            chosen = order[step * BATCH : (step + 1) * BATCH]
            slopes = self._slopes(batch.part(chosen))
            self._adam(slopes, first, second, step + 1, rate * (1 - step / steps) + 1e-5)

    def scores(self, batch: Batch) -> Floats:
        """Give one score for each pair."""
        return self._forward(batch)[-1]

    def _fresh(self, pair: int, call: int, wide: int = 32, narrow: int = 16) -> list[Floats]:
        def normal(rows: int, columns: int, gain: float) -> Floats:
            spread = gain / np.sqrt(rows)
            drawn: Floats = (self._random.standard_normal((rows, columns)) * spread).astype("f4")
            return drawn

        return [
            normal(pair, wide, 0.7),
            normal(call, wide, 0.7),
            np.zeros(wide, np.float32),
            normal(wide, narrow, 1.0),
            np.zeros(narrow, np.float32),
            normal(narrow, 1, 0.3)[:, 0],
            np.zeros(pair, np.float32),
        ]

    def _forward(self, batch: Batch) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        pair_wide, call_wide, wide_bias, narrow, narrow_bias, last, straight = self.layers
        pairs, call = self.pair_standard(batch.pairs), self.call_standard(batch.call)
        wide = pairs @ pair_wide + (call @ call_wide + wide_bias)[:, None, :]
        thin = np.maximum(wide, LEAK * wide) @ narrow + narrow_bias
        scores: Floats = np.maximum(thin, LEAK * thin) @ last + pairs @ straight
        return pairs, call, wide, thin, scores

    def _slopes(self, batch: Batch) -> list[Floats]:
        pairs, call, wide, thin, scores = self._forward(batch)
        chances = softmax(scores, batch.mask)
        chances[np.arange(len(batch)), batch.target] -= 1.0
        error = chances.reshape(-1) / np.float32(len(batch))
        flat_pairs = pairs.reshape(len(error), -1)
        wide, thin = wide.reshape(len(error), -1), thin.reshape(len(error), -1)
        to_thin = _slope(thin) * error[:, None] * self.layers[5]
        to_wide = (to_thin @ self.layers[3].T) * _slope(wide)
        per_call = to_wide.reshape(len(batch), -1, to_wide.shape[1]).sum(axis=1)
        return [
            flat_pairs.T @ to_wide,
            call.T @ per_call,
            per_call.sum(axis=0),
            np.maximum(wide, LEAK * wide).T @ to_thin,
            to_thin.sum(axis=0),
            np.maximum(thin, LEAK * thin).T @ error,
            flat_pairs.T @ error,
        ]

    def _adam(
        self,
        slopes: list[Floats],
        first: list[Floats],
        second: list[Floats],
        step: int,
        rate: float,
    ) -> None:
        for number, slope in enumerate(slopes):
            first[number] = 0.9 * first[number] + 0.1 * slope
            second[number] = 0.999 * second[number] + 0.001 * slope * slope
            move = (first[number] / (1 - 0.9**step)) / (
                np.sqrt(second[number] / (1 - 0.999**step)) + 1e-8
            )
            if slope.ndim > 1:  # weights decay, biases do not
                move = move + DECAY * self.layers[number]
            self.layers[number] = (self.layers[number] - np.float32(rate) * move).astype("f4")


def _slope(before: Floats) -> Floats:
    return np.where(before > 0, np.float32(1.0), np.float32(LEAK))
