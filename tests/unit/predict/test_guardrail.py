"""Offers that harm are switched off, harmless ones are not."""

import random

import pytest

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


def test_a_guardrail_goes_on_counting_where_it_stopped() -> None:
    whole = _watched(0.2, 0.2, calls=700)

    again = Guardrail(seen=whole.seen)

    assert again.seen == whole.seen
    assert len(again.seen) == 700


def test_harm_that_began_before_a_restart_trips_soon_after_it() -> None:
    before = _watched(0.30, 0.10, calls=400)
    assert not before.tripped
    after, drawn = Guardrail(seen=before.seen), random.Random(3)

    calls = 0
    while not after.tripped and calls < 4000:
        offered = calls % 10 != 0
        after.watch(Ended(offered, drawn.random() < (0.30 if offered else 0.10), False))
        calls += 1

    alone = next(n for n in range(100, 4000, 100) if _watched(0.30, 0.10, calls=n).tripped)
    assert calls < alone


@pytest.mark.parametrize("seen", ["0128", "0 1", "x"])
def test_what_no_guardrail_wrote_is_not_read(seen: str) -> None:
    with pytest.raises(ValueError, match="ends in such a way"):
        Guardrail(seen=seen)
