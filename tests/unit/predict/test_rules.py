"""Rules of the flow files: read as words, fire in time, learn their weight."""

import numpy as np
import pytest

from ivr.errors import ConfigError
from ivr.predict.rule_book import RuleBook
from ivr.predict.rules import OPEN_CASE, Happened, Rule, parse_rule
from ivr.predict.trend import Past

NOW_H = 1000.0


@pytest.mark.parametrize(
    ("text", "kind", "within_h"),
    [
        ("payment failed within 24 h", "payment_failed", 24.0),
        ("repayment due within 3 days", "repayment_due", 72.0),
        ("Card  replaced", "card_replaced", 168.0),
        ("open case", OPEN_CASE, 168.0),
        ("page viewed within 10 minutes", "page_viewed", 10 / 60),
    ],
)
def test_words_become_a_rule(text: str, kind: str, within_h: float) -> None:
    rule = parse_rule("q", text)

    assert (rule.kind, rule.within_h) == (kind, pytest.approx(within_h))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "payment failed within 3 moons",
        "payment-failed!",
        "payment failed within 24",
        "payment failed within a day",
        "payment failed within",
        "within 3 days",
    ],
)
def test_words_without_sense_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="payment failed within 24 h"):
        parse_rule("q", text)


def test_a_rule_fires_within_its_time_only() -> None:
    rule = parse_rule("q", "payment failed within 24 h")

    assert rule.fires(NOW_H, [Happened("payment_failed", NOW_H - 23)], [])
    assert not rule.fires(NOW_H, [Happened("payment_failed", NOW_H - 25)], [])
    assert not rule.fires(NOW_H, [Happened("card_replaced", NOW_H)], [])


def test_what_is_due_soon_fires_before_it_happens() -> None:
    rule = parse_rule("q", "repayment due within 3 days")

    assert rule.fires(NOW_H, [Happened("repayment_due", NOW_H + 48)], [])


def test_an_open_case_is_an_unresolved_call_about_the_question() -> None:
    rule = parse_rule("refund", "open case")

    assert rule.fires(NOW_H, [], [Past(NOW_H - 5, "refund")])
    assert not rule.fires(NOW_H, [], [Past(NOW_H - 5, "refund", resolved_h=NOW_H - 1)])
    assert not rule.fires(NOW_H, [], [Past(NOW_H - 5, "fees")])


def test_odds_rise_and_the_sum_stays() -> None:
    book, chances = RuleBook(), np.array([0.2, 0.7])

    raised = book.apply(("refund", "fees"), chances, [_rule()])

    assert raised.sum() == pytest.approx(0.9)
    assert raised[0] / raised[1] == pytest.approx(np.exp(1.5) * 0.2 / 0.7)


def test_a_rule_that_is_wrong_loses_its_weight_and_a_right_one_gains() -> None:
    wrong, right = RuleBook(), RuleBook()

    for _ in range(200):
        wrong.learn({"refund": 0.5}, [_rule().key], "fees")
        right.learn({"refund": 0.5}, [_rule().key], "refund")

    assert wrong.weight(_rule()) == 0.0
    assert right.weight(_rule()) == 6.0


def test_rules_that_did_not_fire_change_nothing() -> None:
    book, chances = RuleBook((_rule(),)), np.array([0.2, 0.7])

    assert book.apply(("refund", "fees"), chances, book.fired(NOW_H, [], [])) is chances


def _rule() -> Rule:
    return parse_rule("refund", "payment failed within 24 h")
