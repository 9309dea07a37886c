"""Threads with two lanes."""

import threading

from ivr.asr.workers import Workers


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
