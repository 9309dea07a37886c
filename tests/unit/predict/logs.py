"""Made-up call logs with a known law, so that tests know what could be guessed."""

import random

from ivr.predict.log_file import LoggedCall

START_H = 24 * 365 * 50.0


def habitual_calls(
    calls: int = 500, callers: int = 30, seed: int = 1, habit: float = 0.7
) -> list[LoggedCall]:
    """Give calls of people who with probability `habit` call about their own one reason."""
    drawn = random.Random(seed)
    reasons = ["balance", "card", "loan", "login", "还款", "other"]
    made = []
    for number in range(calls):
        caller = drawn.randrange(callers)
        own = reasons[caller % len(reasons)]
        reason = own if drawn.random() < habit else drawn.choice(reasons)
        made.append(
            LoggedCall(
                call_id=str(number),
                at_h=START_H + number * 0.5,
                caller=f"c{caller}",
                reason=reason,
                detail=f"{reason}-detail",
                place=f"p{caller % 4}",
                resolved_h=START_H + number * 0.5 + 1.0,
            )
        )
    return made
