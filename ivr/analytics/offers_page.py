"""The report on offers as one HTML page: figures, by group, drawings, other thresholds."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Final

import numpy as np

from ivr.analytics.charts import Axis, Line, axis_for, chart
from ivr.analytics.offers import Estimate, Figures, JudgedCall, OfferReport, Sides
from ivr.analytics.offers_policy import Otherwise
from ivr.analytics.pages import Judged, coverage, page, reliability, table

WINDOW_DAYS: Final = 7
_EPOCH: Final = date(1970, 1, 1).toordinal()
HEAD: Final = (
    "",
    "calls",
    "held out",
    "coverage",
    "precision",
    "confirmed",
    "turns saved",
    "seconds saved",
    "hang-ups added",
    "transfers added",
)


def offers_page(
    report: OfferReport, calls: Sequence[JudgedCall], others: Sequence[Otherwise], off: str = ""
) -> str:
    """Give the page; `off` says why offers are switched off, if they are."""
    judged = [_judged(call) for call in calls if call.best and call.question]
    drawings = [_seconds_by_day(calls), _thresholds(others)]
    if judged:
        drawings = [reliability(judged), coverage(judged, _threshold(calls)), *drawings]
    return page(
        "Offers",
        f'<p class="alarm">Offers are switched off: {escape(off)}</p>' if off else "",
        f'<p class="note">{_period(report)} Intervals are 95 %. Saved: calls that the coin held '
        "out minus calls that could get offers, whether or not one was made.</p>",
        figures_table({"all calls": report.total}),
        "<h2>By guessed question</h2>",
        figures_table(report.by_question),
        "<h2>By caller</h2>",
        figures_table(report.by_caller),
        "<h2>By language</h2>",
        figures_table(report.by_language),
        "<h2>Drawings</h2>",
        f'<div class="figures">{"".join(drawings)}</div>',
        _others_table(others),
    )


def figures_table(lines: Mapping[str, Figures]) -> str:
    """Give one row for each group."""
    return table(HEAD, [[name, *row_of(figures)] for name, figures in lines.items()])


def row_of(figures: Figures) -> list[str]:
    """Give a line of figures as words, in HEAD's order without the name."""
    return [
        str(figures.calls),
        str(figures.held_out),
        _percent(figures.coverage),
        _share(figures.precision),
        "–" if figures.confirmed is None else _percent(figures.confirmed),
        _value(figures.turns_saved, 2),
        _value(figures.seconds_saved, 1),
        _share(figures.hang_ups),
        _share(figures.transfers),
    ]


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _share(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    value, low, high = (100 * part for part in estimate)
    return f"{value:.1f} % ({low:.1f} … {high:.1f})"


def _value(estimate: Estimate | None, digits: int) -> str:
    if estimate is None:
        return "–"
    value, low, high = (f"{part:.{digits}f}" for part in estimate)
    return f"{value} ({low} … {high})"


def _period(report: OfferReport) -> str:
    if report.since is None or report.until is None:
        return "No finished calls."
    since, until = report.since.astimezone(), report.until.astimezone()
    return f"{since:%Y-%m-%d} to {until:%Y-%m-%d}, {report.total.calls} calls."


def _judged(call: JudgedCall) -> Judged:
    # By the day of the hotline's clocks, as everything on the page.
    return 24.0 * _day(call), call.top, call.question == call.best


def _threshold(calls: Sequence[JudgedCall]) -> float:
    return min((call.top for call in calls if call.wanted), default=1.0)


def _day(call: JudgedCall) -> int:
    """Number the call's day on the hotline's own calendar, from 1970 on."""
    return call.at.astimezone().toordinal() - _EPOCH


def _seconds_by_day(calls: Sequence[JudgedCall]) -> str:
    """Draw seconds saved per call over the seven days up to each day."""
    ordered = sorted(calls, key=lambda call: call.at)
    if not ordered:
        return ""
    number = [_day(call) for call in ordered]
    shown, found = [], []
    for day in range(number[0], number[-1] + 1):
        first, end = np.searchsorted(number, [day - WINDOW_DAYS + 1, day + 1])
        estimate = Sides(ordered[first:end]).saved(lambda call: call.took_s)
        if estimate is not None:
            shown.append(float(day))
            found.append(estimate)
    if len(shown) < 2:
        return ""
    x = _days(shown)
    low, high = [each.low for each in found], [each.high for each in found]
    y = axis_for("seconds per call", [*low, *high])
    line = Line("saved, mean of 7 days", shown, [e.value for e in found], low=low, high=high)
    return chart("Seconds saved by day", x, y, [line])


def _days(shown: Sequence[float]) -> Axis:
    ticks = list(shown[:: max(1, len(shown) // 6)])
    names = [f"{date.fromordinal(_EPOCH + int(day)):%m-%d}" for day in ticks]
    return Axis("day", shown[0], shown[-1], ticks, names=names)


def _thresholds(others: Sequence[Otherwise]) -> str:
    if not others:
        return ""
    saved = [other.seconds_saved for other in others]
    low, high = [each.low for each in saved], [each.high for each in saved]
    at = [other.threshold for other in others]
    x = Axis("offered above this probability", 0.2, 0.9, [0.2, 0.4, 0.6, 0.8], percent=True)
    y = axis_for("seconds saved per call", [*low, *high])
    line = Line("estimated", at, [each.value for each in saved], low=low, high=high)
    return chart("Other thresholds", x, y, [line])


def _others_table(others: Sequence[Otherwise]) -> str:
    if not others:
        return '<p class="note">Too few calls to estimate other thresholds.</p>'
    rows = [
        [
            _percent(other.threshold),
            _percent(other.coverage),
            _value(other.seconds_saved, 2),
            _percent(other.unsupported),
        ]
        for other in others
    ]
    head = ("offered above", "coverage", "seconds saved per call", "without support")
    return (
        "<h2>What another threshold would bring</h2>"
        + table(head, rows)
        + '<p class="note">Doubly robust. "Without support": calls that this threshold would offer '
        "and that were never offered; there the estimate is a guess of the model.</p>"
    )
