"""How to greet: ask, offer one, offer two, or answer. Pure; the coin is handed in.

**By expected seconds.** With p the calibrated probability, an offer is worth
`p * right_s - (1 - p) * wrong_s`; two offers take longer to listen to, a wrong outright answer
costs more than a wrong question. The best worth wins if it is above zero.

**A stranger learns nothing.** A number can be faked, so whoever calls from it is taken for a
stranger until the line or a check vouches for them. What a stranger may not know must change
neither the offer nor its absence. Hiding an offer would not do: silence where others hear an
offer tells something too. Therefore `permitted` takes away, *before* the guess, every past call
and every rule whose question may not be offered to this caller. The guess, and with it every
later step, is the same whether those calls were ever made: a test changes them at random and
compares.

**The coin.** A share of calls is held out and asked an open question whatever the guess, so
that offers can be judged against them. The coin falls for every call, before the guess is seen.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from ivr.domain import Candidate, Opening, OpeningKind
from ivr.predict.gains import TURN_S, Gains
from ivr.predict.rules import Rule
from ivr.predict.trend import Past

SECOND_S: Final = 0.25 * TURN_S
"""Longer prompt and answer of "A or B?"."""
CONFIRM_S: Final = 0.6 * TURN_S
"""Saved when a right answer needs no "yes" first."""
WRONG_ANSWER_S: Final = 1.0 * TURN_S
"""Lost beyond a wrong offer when a wrong answer is heard out."""


ANSWER_FROM: Final = 0.8
"""Least probability for an answer that nobody asked for. Expected seconds alone would answer from
about 0.5 on, but every other caller would then sit through something they did not want."""


class Sure(IntEnum):
    """How sure we are of who is calling."""

    ANYONE = 0
    """Nobody vouches: a withheld number."""
    NUMBER = 1
    """The caller's number is shown; it may be faked."""
    VERIFIED = 2
    """The line guarantees the number, or the caller has proved who they are."""


class Permission(NamedTuple):
    """How sure we must be before a question is offered or answered unasked; None: never."""

    offer_to: Sure | None = None
    answer_to: Sure | None = None


Permissions = Mapping[str, Permission]


@dataclass(frozen=True)
class Policy:
    """What ops may tune; see `config/hotline.yaml`, section `predict`."""

    holdout: float = 0.1
    salt: str = ""
    worth_s: float = 0.0
    """Expected seconds an opening must save; higher makes fewer, surer offers."""
    may_offer: bool = True
    """False while a guardrail holds: everybody is asked."""


class Caller(NamedTuple):
    """Who calls, as far as an opening may depend on it."""

    sure: Sure
    group: str
    """Callers whose gains are measured together, such as "new en"."""


@dataclass(frozen=True)
class Terms:
    """What an opening is weighed with."""

    permissions: Permissions
    gains: Gains
    policy: Policy


class Choice(NamedTuple):
    """The opening, what it would have been without hold-out, and what was expected of it.

    `best` is the likeliest question that may be offered, None where there is none.
    """

    opening: Opening
    wanted: Opening
    worth_s: float
    best: Candidate | None = None


def may_know(question: str, permissions: Permissions, sure: Sure) -> bool:
    """Whether a caller of whom we are so sure may notice that the question is in their past."""
    if sure is Sure.VERIFIED:
        return True
    return _allowed(question, permissions, sure)


def permitted(
    past: Sequence[Past], rules: Sequence[Rule], permissions: Permissions, sure: Sure
) -> tuple[tuple[Past, ...], tuple[Rule, ...]]:
    """Give the calls and the rules that may influence what this caller hears."""
    if sure is Sure.ANYONE:  # no number, or nobody's: nothing personal at all
        return (), ()
    return (
        tuple(call for call in past if may_know(call.reason, permissions, sure)),
        tuple(rule for rule in rules if may_know(rule.question, permissions, sure)),
    )


def coin(call_id: str, salt: str) -> float:
    """Give a fair draw from 0 to 1 that anyone with the salt can repeat, one for each call."""
    drawn = hashlib.sha256(f"{salt}\0{call_id}".encode()).digest()[:8]
    return int.from_bytes(drawn, "big") / 2**64


def choose(candidates: Sequence[Candidate], caller: Caller, terms: Terms, draw: float) -> Choice:
    """Choose how to greet; `candidates` must come from what `permitted` left, likeliest first.

    `draw` is the coin, 0-1.
    """
    policy = terms.policy
    offers = [c for c in candidates if _allowed(c.question, terms.permissions, caller.sure)]
    if not offers:
        return Choice(Opening(held_out=draw < policy.holdout), Opening(), 0.0)
    wanted, worth_s = _worthiest(offers, caller, terms)
    if worth_s <= policy.worth_s or not policy.may_offer:
        wanted, worth_s = Opening(), 0.0
    held_out = draw < policy.holdout
    if wanted.kind is OpeningKind.ASK:  # drawn either way
        opening = Opening(held_out=held_out)
    elif held_out:
        opening = Opening(propensity=policy.holdout, held_out=True)
    else:
        opening = Opening(wanted.kind, wanted.questions, 1.0 - policy.holdout)
    return Choice(opening, wanted, worth_s, offers[0])


def _worthiest(offers: Sequence[Candidate], caller: Caller, terms: Terms) -> tuple[Opening, float]:
    first, gain = offers[0], terms.gains.of(offers[0].question, caller.group)
    p = first.probability
    worths: list[tuple[float, OpeningKind, tuple[str, ...]]] = [
        (p * gain.right_s - (1 - p) * gain.wrong_s, OpeningKind.OFFER, (first.question,))
    ]
    answer_to = terms.permissions[first.question].answer_to
    if answer_to is not None and answer_to <= caller.sure and p >= ANSWER_FROM:
        worth = p * (gain.right_s + CONFIRM_S) - (1 - p) * (gain.wrong_s + WRONG_ANSWER_S)
        worths.append((worth, OpeningKind.ANSWER, (first.question,)))
    if len(offers) > 1:
        second, other = offers[1], terms.gains.of(offers[1].question, caller.group)
        q = second.probability
        worth = p * gain.right_s + q * other.right_s - (1 - p - q) * gain.wrong_s - SECOND_S
        worths.append((worth, OpeningKind.OFFER_TWO, (first.question, second.question)))
    worth_s, kind, questions = max(worths)
    return Opening(kind, questions), worth_s


def _allowed(question: str, permissions: Permissions, sure: Sure) -> bool:
    needed = permissions.get(question, Permission()).offer_to
    return needed is not None and needed <= sure
