"""Whether a caller's speech may make the ear better: only where their consent is recorded.

The hotline asks nobody. Who may say yes, to what and how is for the operator's lawyers; their
system tells us as an event of the caller (docs/ops/privacy.md).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from ivr.domain import CallerEvent

GIVEN: Final = "speech_consent"
WITHDRAWN: Final = "speech_consent_withdrawn"
_WRITTEN_DOWN_WITHIN: Final = timedelta(hours=1)
"""Consent is often given in the call itself, and agents write it down after it."""


def may_learn_from(ended_at: datetime | None, events: Sequence[CallerEvent]) -> bool:
    """Whether a call that ended then may be learned from, by all events of its caller.

    Consent holds for the call in which it was given and for later ones. Once it is withdrawn, it
    holds for none, until it is given anew. A call that still runs, or was cut off, is left alone.
    """
    if ended_at is None:
        return False
    told = sorted((each for each in events if each.kind in {GIVEN, WITHDRAWN}), key=_order)
    if not told or told[-1].kind == WITHDRAWN:
        return False
    withdrawn = [at for at, each in enumerate(told) if each.kind == WITHDRAWN]
    standing = told[withdrawn[-1] + 1 if withdrawn else 0]
    return standing.at <= ended_at + _WRITTEN_DOWN_WITHIN


def _order(event: CallerEvent) -> tuple[datetime, bool]:
    """By time; of two at the same time the withdrawal counts."""
    return event.at, event.kind == WITHDRAWN
