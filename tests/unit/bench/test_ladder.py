"""The arithmetic of the benchmark, on data whose truth is known."""

import os

import numpy as np
import pytest

from ivr.bench.duty import extension_of
from ivr.bench.ladder import dropped_of, measure_echo
from ivr.bench.processes import busy_s, costs


def clicks(length_s: float, *at_s: float) -> np.ndarray:
    samples = np.zeros(round(length_s * 8000), np.int16)
    for start_s in at_s:
        samples[round(start_s * 8000) : round(start_s * 8000) + 800] = 16384
    return samples


def test_an_echo_is_timed_to_the_sample() -> None:
    report = measure_echo(clicks(3, 0.5, 1.5), clicks(3, 0.503, 1.505))

    assert report["p50"] == pytest.approx(0.004, abs=0.0005)
    assert report["max"] == pytest.approx(0.005, abs=0.0005)


def test_a_click_without_an_echo_counts_for_nothing() -> None:
    assert measure_echo(clicks(3, 0.5), clicks(3))["p50"] is None


def test_a_process_and_its_children_have_costs() -> None:
    mine = costs(os.getpid())

    assert sum(cost.rss_mb for cost in mine.values()) > 10
    assert sum(cost.cpu_s for cost in mine.values()) > 0


def test_a_machine_is_busy_but_for_idling_and_waiting_for_a_disk() -> None:
    ticks = os.sysconf("SC_CLK_TCK")

    stat = f"cpu  {3 * ticks} 0 {ticks} {50 * ticks} {7 * ticks} 0 0 {ticks} 9 9\ncpu0 1 1 1 1\n"

    assert busy_s(stat) == 5.0


def test_a_caller_who_was_put_through_to_an_agent_was_not_dropped() -> None:
    calls = [
        {"extension": "7001", "dropped": "the hotline said nothing"},
        {"extension": "7002", "dropped": "the hotline hung up"},
        {"extension": "7003", "dropped": ""},
    ]

    assert dropped_of(calls, {"7002", "7003"}) == ["the hotline said nothing"]


@pytest.mark.parametrize(
    ("sender", "extension"),
    [('"Caller" <sip:7001@127.0.0.1>;tag=x', "7001"), ("<sip:127.0.0.1>", ""), ("", "")],
)
def test_an_agent_knows_who_calls(sender: str, extension: str) -> None:
    assert extension_of(sender) == extension
