"""Callers who wait are served by priority, then by arrival."""

import asyncio

import pytest

from ivr.telephony.waiting import LOOK_AGAIN_S, WaitingLine

ONE, TWO = frozenset({"6001"}), frozenset({"6001", "6002"})


def test_a_free_phone_goes_to_the_caller_who_asks() -> None:
    line = WaitingLine()

    assert line.take(line.join(is_urgent=False), ["6002", "6001"], TWO) == "6002"


def test_a_phone_that_rings_for_one_caller_is_not_rung_for_another() -> None:
    line = WaitingLine()
    line.take(line.join(is_urgent=False), ["6001"], ONE)

    assert line.take(line.join(is_urgent=True), ["6001"], ONE) is None


def test_who_came_first_is_served_first() -> None:
    line = WaitingLine()
    first, second = line.join(is_urgent=False), line.join(is_urgent=False)
    assert line.take(first, [], ONE) is None

    assert line.take(second, ["6001"], ONE) is None
    assert line.take(first, ["6001"], ONE) == "6001"


def test_an_urgent_caller_is_served_before_those_who_wait_already() -> None:
    line = WaitingLine()
    waiting, urgent = line.join(is_urgent=False), line.join(is_urgent=True)
    line.take(waiting, [], ONE)
    line.take(urgent, [], ONE)

    assert line.take(waiting, ["6001"], ONE) is None
    assert line.take(urgent, ["6001"], ONE) == "6001"


def test_urgent_callers_are_served_in_turn_too() -> None:
    line = WaitingLine()
    first, second = line.join(is_urgent=True), line.join(is_urgent=True)
    line.take(first, [], ONE)

    assert line.take(second, ["6001"], ONE) is None


def test_nobody_waits_behind_a_caller_for_other_phones() -> None:
    line = WaitingLine()
    urgent, other = line.join(is_urgent=True), line.join(is_urgent=False)
    line.take(urgent, [], ONE)

    assert line.take(other, ["6001", "6002"], TWO) == "6002"


def test_who_has_left_holds_nobody_up() -> None:
    line = WaitingLine()
    gone, next_one = line.join(is_urgent=True), line.join(is_urgent=False)
    line.take(gone, [], ONE)

    line.leave(gone)

    assert line.take(next_one, ["6001"], ONE) == "6001"


def test_who_rings_a_phone_holds_nobody_up() -> None:
    line = WaitingLine()
    rings, other = line.join(is_urgent=True), line.join(is_urgent=False)
    line.take(rings, [], TWO)
    line.take(rings, ["6001"], TWO)

    assert line.take(other, ["6002"], TWO) == "6002"


def test_a_phone_that_nobody_answered_can_be_rung_for_the_next() -> None:
    line = WaitingLine()
    phone = line.take(line.join(is_urgent=False), ["6001"], ONE)
    assert phone is not None

    line.rung(phone)

    assert line.take(line.join(is_urgent=False), ["6001"], ONE) == "6001"


@pytest.mark.looptime
@pytest.mark.parametrize(("told", "waited_s"), [(True, 0.2), (False, LOOK_AGAIN_S)])
async def test_who_waits_looks_again_at_once_when_told_and_soon_if_not(
    told: bool, waited_s: float
) -> None:
    line, loop = WaitingLine(), asyncio.get_running_loop()
    began_s = loop.time()

    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(line.changed())
        await asyncio.sleep(0.2)
        if told:
            line.look_again()
        await waiting

    assert loop.time() - began_s == pytest.approx(waited_s)
