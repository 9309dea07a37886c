"""Hours and days of the week are those of the hotline's own clocks."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ivr.predict.decay import Reasons
from ivr.predict.habits import CIRCUMSTANCE_NAMES, circumstances
from ivr.predict.history import ahead_h, hours_of
from ivr.predict.log_file import LoggedCall
from ivr.predict.training import teach
from ivr.predict.trend import Moment, Trend, hour_slots

FRIDAY_LATE = datetime(2026, 5, 8, 17, 30, tzinfo=UTC)
"""In Shanghai it is half past one on Saturday."""


@pytest.fixture
def shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("shanghai")
def test_a_call_belongs_to_the_hour_and_day_of_the_hotline() -> None:
    moment = Moment(hours_of(FRIDAY_LATE), (), ahead_h=ahead_h(FRIDAY_LATE))

    assert hour_slots(moment.wall_h) == ((True, 0), (5, 1))
    figures = dict(zip(CIRCUMSTANCE_NAMES, circumstances(moment, Trend(Reasons())), strict=True))
    assert figures["is_weekend"] == 1.0


def test_what_is_asked_at_an_hour_is_expected_at_that_hour_of_the_clock() -> None:
    at_h = hours_of(FRIDAY_LATE)
    calls = [
        LoggedCall(str(n), at_h + n, "", "fees" if (n + 25) % 24 == 9 else "refund", ahead_h=8.0)
        for n in range(24 * 60)
    ]
    model = teach(calls)

    nine, ten = (
        model.trend.counts("hour", hour_slots(at_h + 24 * 60 + 8.0 + later)[1], at_h + 24 * 60)
        for later in (7.5, 8.5)
    )

    fees = model.reasons.number("fees")
    assert nine[fees] > 0
    assert ten[fees] == 0
