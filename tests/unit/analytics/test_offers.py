"""Offers are judged against the hold-out, and the truth lies in the intervals."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.analytics.offers import figures, report, share
from ivr.analytics.offers_page import offers_page
from ivr.analytics.offers_policy import otherwise
from tests.unit.analytics.offered import offered_calls, true_saved_s


def test_seconds_saved_are_found_within_the_interval() -> None:
    saved = figures(offered_calls()).seconds_saved

    assert saved is not None
    assert saved.low < true_saved_s(1 / 3) < saved.high
    assert saved.high - saved.low < 4


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    found = [figures(offered_calls(600, seed=seed)).seconds_saved for seed in range(25)]

    held = sum(e is not None and e.low < true_saved_s(1 / 3) < e.high for e in found)
    assert held >= 21


def test_precision_is_of_the_question_handled_not_of_the_yes() -> None:
    calls = [replace(call, said_yes=True) for call in offered_calls()]

    line = figures(calls)

    assert line.confirmed == 1.0
    assert line.precision is not None
    assert line.precision.value == pytest.approx(2 / 3, abs=0.04)  # mean of top above one third


def test_a_call_without_a_handled_question_is_no_hit() -> None:
    calls = [replace(call, question="") for call in offered_calls(200)]

    assert figures(calls).precision == pytest.approx((0.0, 0.0, 0.05), abs=0.05)


def test_a_few_callers_who_call_again_and_again_prove_nothing() -> None:
    calls = [replace(call, caller="the tester") for call in offered_calls(400)]

    assert figures(calls).seconds_saved is None


def test_harm_is_seen() -> None:
    harmed = figures(offered_calls(harm=0.2)).hang_ups
    harmless = figures(offered_calls(harm=0.0)).hang_ups

    assert harmed is not None
    assert harmless is not None
    assert harmed.low > 0.05
    assert harmless.low < 0.0 < harmless.high


def test_without_a_hold_out_nothing_is_claimed() -> None:
    line = figures(offered_calls(holdout=0.0))

    assert line.seconds_saved is None
    assert line.turns_saved is None


def test_groups_add_up() -> None:
    judged = report(offered_calls(800))

    assert sum(line.calls for line in judged.by_caller.values()) == 800
    assert set(judged.by_language) == {"en", "zh"}
    assert set(judged.by_question) == {"fees"}


def test_other_thresholds_are_estimated_from_calls_taken_under_this_one() -> None:
    others = {round(o.threshold, 2): o for o in otherwise(offered_calls(12000))}

    for threshold in (0.4, 0.5, 0.7):
        other = others[threshold]
        assert other.unsupported == 0
        saved = other.seconds_saved
        assert saved.low < true_saved_s(threshold) < saved.high


def test_thresholds_never_tried_are_marked() -> None:
    others = {round(o.threshold, 2): o for o in otherwise(offered_calls(4000))}

    assert others[0.2].unsupported > 0.1


def test_few_calls_estimate_nothing() -> None:
    assert otherwise(offered_calls(60)) == []


def test_no_calls_make_a_page_too() -> None:
    judged = report([])

    assert "No finished calls" in offers_page(judged, [], [])


def test_the_page_fetches_nothing_and_says_when_offers_are_off() -> None:
    calls = offered_calls(3000)

    html = offers_page(report(calls), calls, otherwise(calls), off="callers <hang up>")

    assert "callers &lt;hang up&gt;" in html
    assert "http" not in html.replace("http-equiv", "")
    assert html.count("<svg") == 4
    assert "nan" not in html


def test_a_share_of_few_is_uncertain() -> None:
    few, many = share([True] * 7 + [False] * 3), share([True] * 700 + [False] * 300)

    assert few is not None
    assert many is not None
    assert few.high - few.low > 8 * (many.high - many.low) / 1.2
    assert share([]) is None


def test_days_of_the_page_are_those_of_the_hotline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        calls = offered_calls(9)
        late = [replace(calls[0], at=datetime(2026, 5, 8, 17, 30, tzinfo=UTC))]
        page = offers_page(report(late), late, [])
    finally:
        monkeypatch.undo()
        time.tzset()

    assert "2026-05-09 to 2026-05-09" in page
