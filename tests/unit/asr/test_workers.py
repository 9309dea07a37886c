"""Threads with two lanes."""

import os
import sys
import threading

import pytest

from ivr.asr.workers import Workers
from ivr.priority import BEHIND


def test_what_a_caller_waits_for_goes_before_the_rest_and_each_lane_keeps_its_order() -> None:
    workers, gate, done, order = Workers(1, "test"), threading.Event(), threading.Event(), []
    workers.submit(lambda: gate.wait(5) and None)  # all others queue up behind this one

    for name, is_urgent in (("a", False), ("b", False), ("C", True), ("D", True)):
        workers.submit(lambda name=name: order.append(name), is_urgent=is_urgent)
    workers.submit(done.set)
    gate.set()

    assert done.wait(5)
    assert order == ["C", "D", "a", "b"]
    workers.close()


def test_closing_ends_the_threads_and_refuses_more() -> None:
    before = threading.active_count()
    workers = Workers(3, "test")
    workers.close()

    assert threading.active_count() == before
    assert not workers.submit(lambda: None)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a niceness on Linux only")
def test_the_threads_go_behind_the_one_that_hears_and_plays() -> None:
    workers, done, found = Workers(1, "test"), threading.Event(), []
    workers.submit(lambda: found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
    workers.submit(done.set)

    assert done.wait(5)
    here = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert found == [min(19, here + BEHIND)]
    workers.close()
