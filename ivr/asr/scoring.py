"""Figures from what was said and what was heard."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ivr.asr.build.distance import distance

_DRAWS = 1000


@dataclass(frozen=True)
class Result:
    """One clip: said and heard in words, the calibrated confidence (0-1), and its costs.

    `unknown_words` counts the words said that the model does not know.
    """

    said: tuple[str, ...]
    heard: tuple[str, ...]
    confidence: float
    in_domain: bool = True
    speaker: str = ""
    group: str = ""
    unknown_words: int = 0
    final_ms: float = 0.0

    @property
    def word_errors(self) -> int:
        return distance(self.said, self.heard)

    @property
    def character_errors(self) -> int:
        return distance("".join(self.said), "".join(self.heard))

    @property
    def characters(self) -> int:
        return len("".join(self.said))

    @property
    def is_right(self) -> bool:
        return "".join(self.said) == "".join(self.heard)


@dataclass(frozen=True)
class Costs:
    """`rtf` is CPU seconds per second of audio; `rss_mb` the memory of the hearing process."""

    rtf: float
    rss_mb: float


def summary(results: Sequence[Result], accept: float, costs: Costs) -> dict[str, Any]:
    """The figures of `ivr evaluate asr`; error rates are of clips in domain only.

    `accept` is the confidence from which an answer is accepted; shares of an empty set are None.
    """
    inside = [result for result in results if result.in_domain]
    outside = [result for result in results if not result.in_domain]
    accepted = [result for result in inside if is_accepted(result, accept)]
    finals = [result.final_ms for result in results] or [0.0]
    return {
        "n": len(results),
        "n_in": len(inside),
        "n_out": len(outside),
        **_errors(inside),
        "wer_ci95": _interval(inside),
        "oov_rate": _share(sum(r.unknown_words for r in inside), _words(inside)),
        "accept": accept,
        "accepted_in": _share(len(accepted), len(inside)),
        "right_of_accepted": _share(sum(r.is_right for r in accepted), len(accepted)),
        "accepted_out": _share(sum(is_accepted(r, accept) for r in outside), len(outside)),
        **asdict(costs),
        "final_ms_p50": float(np.percentile(finals, 50)),
        "final_ms_p95": float(np.percentile(finals, 95)),
        "by_group": _by_group(results, accept),
    }


def is_accepted(result: Result, accept: float) -> bool:
    """Whether the answer would be taken without asking; hearing nothing is never accepted."""
    return bool(result.heard) and result.confidence >= accept


def _errors(results: Sequence[Result]) -> dict[str, float | None]:
    return {
        "wer": _share(sum(r.word_errors for r in results), _words(results)),
        "cer": _share(sum(r.character_errors for r in results), sum(r.characters for r in results)),
        "sentence_accuracy": _share(sum(r.is_right for r in results), len(results)),
    }


def _words(results: Sequence[Result]) -> int:
    return sum(len(result.said) for result in results)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _by_group(results: Sequence[Result], accept: float) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.group].append(result)
    return {
        name: {
            "n": len(members),
            **_errors([r for r in members if r.in_domain]),
            "accepted": _share(sum(is_accepted(r, accept) for r in members), len(members)),
        }
        for name, members in sorted(groups.items())
        if name or len(groups) > 1
    }


def _interval(results: Sequence[Result]) -> list[float] | None:
    """95 % of the word error rate by bootstrap over speakers (over clips where none is named).

    Clips of one speaker are not independent: Bisani and Ney, "Bootstrap estimates for
    confidence intervals in ASR performance evaluation" (ICASSP 2004).
    """
    units: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for at, result in enumerate(results):
        unit = units[result.speaker or f"clip {at}"]
        unit[0] += result.word_errors
        unit[1] += len(result.said)
    if not _words(results):
        return None
    table = np.array(list(units.values()))
    drawn = np.random.default_rng(1).integers(len(table), size=(_DRAWS, len(table)))
    sums = table[drawn].sum(axis=1)
    rates = sums[:, 0] / np.maximum(sums[:, 1], 1)
    return [float(np.percentile(rates, 2.5)), float(np.percentile(rates, 97.5))]


def curve(results: Sequence[Result]) -> list[dict[str, float | None]]:
    """Accepted in domain, accepted out of it, and right of the accepted, by threshold."""
    points = []
    for percent in range(0, 101, 2):
        accept = percent / 100
        inside = [r for r in results if r.in_domain]
        taken = [r for r in inside if is_accepted(r, accept)]
        outside = [r for r in results if not r.in_domain]
        points.append(
            {
                "accept": accept,
                "accepted_in": _share(len(taken), len(inside)),
                "right_of_accepted": _share(sum(r.is_right for r in taken), len(taken)),
                "accepted_out": _share(sum(is_accepted(r, accept) for r in outside), len(outside)),
            }
        )
    return points
