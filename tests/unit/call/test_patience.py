"""Writes that are tried again."""

import asyncio

import pytest

from ivr.call.patience import PAUSES_S, PatientWriter
from ivr.errors import EngineRejected, EngineTimeout

LATE = EngineTimeout("store", "late")


class Store:
    """Fails as told, then writes."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.tries = 0
        self.written = 0

    async def add(self) -> None:
        self.tries += 1
        if self.failures:
            raise self.failures.pop(0)
        self.written += 1


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return waited


async def test_what_is_late_is_written_after_all(waits: list[float]) -> None:
    store = Store(LATE, LATE)

    await PatientWriter().write("Turn", store.add)

    assert (store.written, waits) == (1, list(PAUSES_S[:2]))


async def test_what_the_store_refuses_is_not_tried_again(waits: list[float]) -> None:
    store = Store(EngineRejected("store", "no such call"))

    await PatientWriter().write("Turn", store.add)

    assert (store.tries, waits) == (1, [])


async def test_a_bug_of_the_store_costs_no_call() -> None:
    store = Store(ZeroDivisionError())

    await PatientWriter().write("Turn", store.add)

    assert store.tries == 1


async def test_without_a_store_only_the_first_write_is_waited_for(waits: list[float]) -> None:
    store, writer = Store(*[LATE] * (len(PAUSES_S) + 3)), PatientWriter()

    for _ in range(3):
        await writer.write("Turn", store.add)

    assert (store.tries, waits) == (len(PAUSES_S) + 3, list(PAUSES_S))


async def test_a_store_that_is_back_is_waited_for_again(waits: list[float]) -> None:
    store, writer = Store(*[LATE] * (len(PAUSES_S) + 1)), PatientWriter()
    for _ in range(2):
        await writer.write("Turn", store.add)
    store.failures = [LATE]
    waits.clear()

    await writer.write("Turn", store.add)

    assert (store.written, waits) == (2, [PAUSES_S[0]])
