"""Offers that harm are switched off, harmless ones are not."""

import random

from ivr.predict.guardrail import Ended, Guardrail


def _watched(with_offer: float, without: float, calls: int = 1500, seed: int = 3) -> Guardrail:
    guardrail, drawn = Guardrail(), random.Random(seed)
    for number in range(calls):
        offered = number % 10 != 0
        hung_up = drawn.random() < (with_offer if offered else without)
        guardrail.watch(Ended(offered, hung_up, False))
    return guardrail


def test_callers_who_hang_up_on_offers_switch_them_off() -> None:
    guardrail = _watched(0.30, 0.10)

    assert "hang up more often" in guardrail.tripped
    assert "%" in guardrail.tripped


def test_equal_calls_trip_nothing() -> None:
    assert sum(bool(_watched(0.2, 0.2, seed=seed).tripped) for seed in range(30)) <= 2


def test_few_calls_prove_nothing() -> None:
    assert not _watched(1.0, 0.0, calls=60).tripped


def test_transfers_count_too() -> None:
    guardrail = Guardrail()

    trips = [guardrail.watch(Ended(n % 2 == 0, False, n % 2 == 0)) for n in range(200)]

    assert sum(trips) == 1
    assert "ask for a person" in guardrail.tripped


def test_a_person_may_switch_offers_on_again() -> None:
    guardrail = _watched(0.30, 0.10)

    guardrail.reset()

    assert not guardrail.tripped
