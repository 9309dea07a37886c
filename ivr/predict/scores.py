"""How good a list of guesses was, in figures that do not flatter."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from ivr.predict.calibrate import calibration_error

OFFER_ABOVE: Final = 1 / 3
"""With +1 turn for a right offer and -0.5 for a wrong one, offering pays above one third."""

HISTORY: Final[dict[str, Callable[[int], bool]]] = {
    "0": lambda calls: calls == 0,
    "1": lambda calls: calls == 1,
    "2-4": lambda calls: 2 <= calls <= 4,
    "5-20": lambda calls: 5 <= calls <= 20,
    "21+": lambda calls: calls > 20,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One guess and what the truth was. `rank` counts from 1; 0 for a reason never seen."""

    at_h: float
    past_calls: int
    top: float
    rank: int
    chance_of_truth: float

    @property
    def is_right(self) -> bool:
        """Whether the most probable reason was the true one."""
        return self.rank == 1


@dataclass(frozen=True)
class Scores:
    """Shares are 0-1 except `turns_saved_per_100`; None where there is nothing to divide by."""

    n: int
    top1: float
    top3: float
    log_loss: float
    ece: float
    coverage_at_70: float
    precision_at_70: float | None
    turns_saved_per_100: float
    offered_share: float
    offered_precision: float | None
    by_history: dict[str, dict[str, float]]

    def as_json(self) -> dict[str, object]:
        """Give the figures, rounded to what the sample can bear."""
        rounded = {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(self).items()
            if name != "by_history"
        }
        groups = {
            group: {name: round(value, 4) for name, value in figures.items()}
            for group, figures in self.by_history.items()
        }
        return rounded | {"by_history": groups}


def judge(
    at_h: float,
    past_calls: int,
    chances: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    truth: int,
) -> Judgement:
    """Compare a distribution with the number of the true reason (-1: never seen)."""
    if truth < 0 or truth >= len(chances):
        left = max(1.0 - float(chances.sum()), 1e-6)
        return Judgement(at_h, past_calls, float(chances.max(initial=0.0)), 0, left)
    rank = (
        1 + int((chances > chances[truth]).sum()) + int((chances[:truth] == chances[truth]).sum())
    )
    return Judgement(at_h, past_calls, float(chances.max()), rank, max(float(chances[truth]), 1e-6))


def score(judged: Sequence[Judgement], threshold_70: float) -> Scores:
    """Sum up; `threshold_70` must have been chosen on other, earlier calls."""
    right, top = np.array([j.is_right for j in judged]), np.array([j.top for j in judged])
    sure, offered = top >= threshold_70, top > OFFER_ABOVE
    groups = {name: [j for j in judged if fits(j.past_calls)] for name, fits in HISTORY.items()}
    return Scores(
        n=len(judged),
        top1=float(right.mean()),
        top3=float(np.mean([1 <= j.rank <= 3 for j in judged])),
        log_loss=_loss(judged),
        ece=calibration_error(top, right),
        coverage_at_70=float(sure.mean()),
        precision_at_70=float(right[sure].mean()) if sure.any() else None,
        turns_saved_per_100=_turns_saved(judged),
        offered_share=float(offered.mean()),
        offered_precision=float(right[offered].mean()) if offered.any() else None,
        by_history={name: _group(part) for name, part in groups.items() if part},
    )


def _loss(judged: Sequence[Judgement]) -> float:
    return -float(np.mean([np.log(j.chance_of_truth) for j in judged]))


def _turns_saved(judged: Sequence[Judgement]) -> float:
    offered = [j.is_right for j in judged if j.top > OFFER_ABOVE]
    return 100.0 * (1.5 * sum(offered) - 0.5 * len(offered)) / len(judged)


def _group(part: Sequence[Judgement]) -> dict[str, float]:
    return {
        "n": len(part),
        "top1": float(np.mean([j.is_right for j in part])),
        "top3": float(np.mean([1 <= j.rank <= 3 for j in part])),
        "log_loss": _loss(part),
        "turns_saved_per_100": _turns_saved(part),
    }
