"""The figures of understanding, on answers small enough to count by hand."""

import pytest

from ivr.dialog.understanding import Judged, figures


def judged(meant, top, probability=0.9, is_taken=True, ms=1.0):
    return Judged(meant, top, probability, is_taken, ms)


def test_a_refused_text_in_scope_counts_as_rejected_and_not_as_wrong():
    found = figures([judged("a", "a"), judged("b", "b", is_taken=False)], 1, 2)

    assert (found.accuracy, found.in_scope_rejected) == (1.0, 0.5)


def test_out_of_scope_is_recalled_when_it_is_refused():
    rows = [judged("oos", "a", is_taken=False), judged("oos", "a"), judged("a", "a")]

    found = figures(rows, 1, 2)

    assert (found.oos_recall, found.in_scope_rejected, found.accuracy) == (0.5, 0.0, 1.0)


def test_what_no_row_can_tell_is_none():
    inside, outside = figures([judged("a", "a")], 1, 2), figures([judged("oos", "a")], 1, 2)

    assert inside.oos_recall is None
    assert (outside.accuracy, outside.macro_f1, outside.ece) == (None, None, None)


def test_every_intent_weighs_the_same_in_macro_f1():
    rows = [judged("a", "a"), judged("a", "a"), judged("a", "b"), judged("b", "b")]

    assert figures(rows, 1, 2).macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)


def test_confidence_that_is_too_high_is_a_calibration_error():
    rows = [judged("a", "a", 0.9), judged("a", "b", 0.9)]

    assert figures(rows, 1, 2).ece == pytest.approx(0.4)


def test_times_are_those_of_the_middle_and_of_the_slow_texts():
    found = figures([judged("a", "a", ms=float(n)) for n in range(100)], 1, 2)

    assert (found.ms_p50, found.ms_p95) == (50.0, 95.0)
