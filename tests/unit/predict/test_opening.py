"""Greetings: worth it in seconds, within permission, silent to strangers, fair to the coin."""

import functools

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain import Candidate, Opening, OpeningKind
from ivr.predict.gains import Gains
from ivr.predict.model import OnlinePredictor
from ivr.predict.opening import (
    Caller,
    Choice,
    Permission,
    Policy,
    Sure,
    Terms,
    choose,
    coin,
    permitted,
)
from ivr.predict.rules import parse_rule
from ivr.predict.trend import Moment, Past

PERMISSIONS = {
    "hours": Permission(Sure.ANYONE, Sure.ANYONE),
    "fees": Permission(Sure.NUMBER),
    "refund": Permission(Sure.NUMBER),
    "overdue": Permission(Sure.VERIFIED),
    "complaint": Permission(),
}
NUMBER = Caller(Sure.NUMBER, "returning en")


def _choice(
    *chances: tuple[str, float],
    caller: Caller = NUMBER,
    draw: float = 1.0,
    policy: Policy | None = None,
) -> Choice:
    candidates = [Candidate(question, chance) for question, chance in chances]
    return choose(candidates, caller, Terms(PERMISSIONS, Gains(), policy or Policy()), draw)


def test_an_offer_pays_above_one_third() -> None:
    assert _choice(("fees", 0.36), ("x", 0.1)).opening.kind is OpeningKind.OFFER
    assert _choice(("fees", 0.30), ("x", 0.1)).opening == Opening()


def test_two_likely_questions_are_offered_together() -> None:
    opening = _choice(("fees", 0.45), ("refund", 0.4)).opening

    assert opening.kind is OpeningKind.OFFER_TWO
    assert opening.questions == ("fees", "refund")


def test_only_near_certainty_is_answered_outright() -> None:
    assert _choice(("hours", 0.95)).opening.kind is OpeningKind.ANSWER


def test_a_likely_question_is_offered_and_not_answered_unasked() -> None:
    assert _choice(("hours", 0.7)).opening.kind is OpeningKind.OFFER
    assert _choice(("hours", 0.6)).opening.kind is OpeningKind.OFFER
    assert _choice(("fees", 0.95)).opening.kind is OpeningKind.OFFER  # may not be answered


def test_what_a_flow_forbids_is_never_offered() -> None:
    verified = Caller(Sure.VERIFIED, "returning en")

    assert _choice(("complaint", 0.99), caller=verified).opening == Opening()
    assert _choice(("overdue", 0.99)).opening == Opening()
    assert _choice(("overdue", 0.99), caller=verified).opening.kind is OpeningKind.OFFER
    assert _choice(("fees", 0.99), caller=Caller(Sure.ANYONE, "new en")).opening == Opening()


def test_an_unknown_question_is_not_offered() -> None:
    assert _choice(("no flow of ours", 0.99)).opening == Opening()


def test_the_hold_out_is_asked_and_remembers_what_was_wanted() -> None:
    policy = Policy(holdout=0.1)

    held, served = (_choice(("fees", 0.9), draw=d, policy=policy) for d in (0.05, 0.5))

    assert held.opening == Opening(propensity=0.1, held_out=True)
    assert held.wanted.questions == ("fees",)
    assert served.opening == Opening(OpeningKind.OFFER, ("fees",), 0.9)


def test_where_nothing_would_be_offered_the_greeting_is_certain() -> None:
    asked = _choice(("fees", 0.1), draw=0.01).opening

    assert (asked.kind, asked.propensity, asked.held_out) == (OpeningKind.ASK, 1.0, True)


def test_a_guardrail_lets_everybody_be_asked() -> None:
    assert _choice(("fees", 0.99), policy=Policy(may_offer=False)).opening == Opening()


def test_the_coin_is_fair_and_repeatable() -> None:
    draws = [coin(f"call-{number}", "salt") for number in range(4000)]

    assert draws == [coin(f"call-{number}", "salt") for number in range(4000)]
    assert 0.08 < sum(draw < 0.1 for draw in draws) / 4000 < 0.12
    assert coin("call-1", "salt") != coin("call-1", "other")


_SECRETS = st.lists(
    st.tuples(st.sampled_from(["overdue", "complaint", "unknown"]), st.floats(0.0, 999.0)),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(_SECRETS, st.sampled_from([Sure.ANYONE, Sure.NUMBER]), st.booleans())
def test_a_stranger_hears_the_same_whatever_the_secret_past(
    secrets: list[tuple[str, float]], sure: Sure, fired: bool
) -> None:
    model = _taught()
    open_past = [Past(100.0, "fees"), Past(300.0, "refund")]
    whole = sorted([*open_past, *(Past(at_h, reason) for reason, at_h in secrets)])
    rules = [parse_rule("overdue", "repayment due within 3 days")] if fired else []

    heard = []
    for past, applying in ((open_past, []), (whole, rules)):
        seen, left = permitted(past, applying, PERMISSIONS, sure)
        guess = model.guess(Moment(1000.0, seen))
        candidates = [
            Candidate(n, float(c)) for n, c in zip(guess.names, guess.chances, strict=True)
        ]
        terms = Terms(PERMISSIONS, Gains(), Policy())
        caller = Caller(sure, "returning" if seen else "new")
        heard.append(
            (choose(sorted(candidates, key=lambda c: -c.probability), caller, terms, 0.5), left)
        )

    assert heard[0] == heard[1]


def test_a_vouched_for_caller_is_known_by_all_their_calls() -> None:
    past = [Past(1.0, "overdue"), Past(2.0, "complaint"), Past(3.0, "fees")]

    assert permitted(past, [], PERMISSIONS, Sure.VERIFIED)[0] == tuple(past)
    assert permitted(past, [], PERMISSIONS, Sure.NUMBER)[0] == (past[2],)
    assert permitted(past, [], PERMISSIONS, Sure.ANYONE)[0] == ()


@functools.cache
def _taught() -> OnlinePredictor:
    model = OnlinePredictor()
    for hour in range(60):
        reason = ("fees", "refund", "overdue", "hours")[hour % 4]
        model.learn(model.guess(Moment(900.0 + hour, ())), reason)
    return model
