"""What a build tells its maker: doubts first, then figures."""

from dataclasses import dataclass
from pathlib import Path

from ivr.asr.build.alike import Alike
from ivr.asr.build.pronunciation import Doubt


@dataclass(frozen=True)
class Misheard:
    """A synthesised sample that the finished model did not hear as it was written."""

    flow: str
    said: str
    heard: str


@dataclass(frozen=True)
class Size:
    """Words, bytes of the graph folder, and seconds of decoding per second of speech."""

    words: int
    graph_bytes: int
    cost: float


@dataclass(frozen=True)
class Report:
    """The result of `ivr models build`.

    `perplexity` is on flow examples held out from a trial language model, `perplexity_before`
    that of general talk alone on the same; `score_error` is the greatest difference between
    Vosk's and our own acoustic score, in natural logarithms over a whole sample;
    `grammar_failures` counts samples not heard even with a grammar of nothing else. Where no
    comparison was ordered, `perplexity` is not a number and the cost before is 0.
    """

    out: Path
    seconds: float
    doubts: tuple[Doubt, ...]
    unsayable: tuple[str, ...]
    lost: tuple[str, ...]
    alikes: tuple[Alike, ...]
    misheard: tuple[Misheard, ...]
    samples: int
    grammar_failures: int
    word_error_rate: float
    score_error: float
    perplexity: float
    perplexity_before: float
    before: Size
    after: Size
