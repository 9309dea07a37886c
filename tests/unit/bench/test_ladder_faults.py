"""A phone that fails costs its own call, and a rung that fails itself; the rest is kept."""

import pytest

from ivr.bench import callers
from ivr.bench.callers import Job, run
from ivr.bench.capacity import markdown
from ivr.bench.ladder import Ladder, Rung, calls_in, climbed
from ivr.errors import EngineUnavailable
from tests.unit.bench.test_capacity import rung

JOB = Job((("7001", "x"), ("7002", "x")), "127.0.0.1", 5060, 1.0, "95001", "en")


async def test_one_failing_phone_does_not_take_the_others_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def called(_job: Job, _index: int, extension: str, _password: str) -> dict[str, object]:
        if extension == "7001":
            raise ExceptionGroup("phone", [OSError("no such port")])
        return {"extension": extension, "dropped": "", "talk_share": 0.3}

    monkeypatch.setattr(callers, "_called", called)

    first, second = await run(JOB)

    assert "7001: the phone failed" in first["dropped"]
    assert second["dropped"] == ""


def test_a_process_of_phones_that_dies_is_told_for_each_of_its_phones() -> None:
    calls = calls_in(b"", ["7001", "7002"], -9)

    assert [call["dropped"] for call in calls] == [
        "7001: its process ended with status -9",
        "7002: its process ended with status -9",
    ]


async def test_the_rungs_that_are_done_stay_when_one_breaks_off() -> None:
    async def measure(count: int) -> Rung:
        if count == 20:
            problem = EngineUnavailable("asterisk", "is gone")
            raise ExceptionGroup("phones", [problem])
        return rung(count, 0.5)

    rungs, broken_off = await climbed([1, 10, 20, 40], measure)

    assert [each.callers for each in rungs] == [1, 10]
    assert "20 callers" in broken_off
    assert "is gone" in broken_off
    told = markdown(Ladder({"p50": 0.6}, rungs, {"cores": 2, "machine": "x"}, broken_off))
    assert "broken off at 20 callers" in told
