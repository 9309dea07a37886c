"""Made-up calls with offers whose effect is known."""

import random
from datetime import UTC, datetime, timedelta

from ivr.analytics.offers import JudgedCall

MONDAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
RIGHT_S, WRONG_S, USUAL_S = 12.0, 6.0, 60.0
"""A right offer saves 12 seconds, a wrong one costs 6."""


def offered_calls(
    n: int = 4000, holdout: float = 0.2, seed: int = 5, harm: float = 0.0, above: float = 1 / 3
) -> list[JudgedCall]:
    """Give calls whose guesses are calibrated, offered above a threshold."""
    drawn, made = random.Random(seed), []
    for number in range(n):
        top, held_out = drawn.random(), drawn.random() < holdout
        is_right, wants = drawn.random() < top, top > above
        offered = wants and not held_out
        effect_s = (-RIGHT_S if is_right else WRONG_S) if offered else 0.0
        made.append(
            JudgedCall(
                caller=f"c{drawn.randrange(n // 3)}",
                at=MONDAY + timedelta(minutes=5 * number),
                language=drawn.choice(["zh", "en"]),
                is_new=drawn.random() < 0.3,
                question="fees" if is_right else "refund",
                best="fees",
                top=top,
                wanted=("fees",) if wants else (),
                offered=offered,
                held_out=held_out,
                propensity=1.0 if not wants else (1 - holdout if offered else holdout),
                turns=4 + (-2 if offered and is_right else 1 if offered else 0),
                took_s=USUAL_S + drawn.gauss(0, 10) + effect_s,
                hung_up=drawn.random() < 0.1 + (harm if offered else 0.0),
                transferred=False,
                said_yes=is_right if offered else None,
            )
        )
    return made


def true_saved_s(above: float) -> float:
    """Give the seconds saved per call by offering above a threshold; top is uniform, p = top."""
    right = (1 - above**2) / 2
    return RIGHT_S * right - WRONG_S * ((1 - above) - right)
