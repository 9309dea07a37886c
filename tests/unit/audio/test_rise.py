"""What has risen above its own past."""

import numpy as np
import pytest

from ivr.audio.rise import Rise

RNG_SEED = 4
USUAL = 1.0


def crowd(frames: int, spread_db: float = 1.0) -> list[float]:
    """Powers around the usual one."""
    decibels = np.random.default_rng(RNG_SEED).normal(0, spread_db, frames)
    return (10 ** (decibels / 10)).tolist()


def times(powers: list[float], db: float) -> list[float]:
    return [power * 10 ** (db / 10) for power in powers]


def rise_with_a_past(powers: list[float]) -> Rise:
    rise = Rise()
    rise.past_was(powers)
    return rise


def hears(rise: Rise, powers: list[float]) -> list[bool]:
    found = []
    for power in powers:
        rise.hear(power)
        found.append(rise.has_risen)
    return found


def test_without_a_past_nothing_has_risen() -> None:
    assert not any(hears(Rise(), times(crowd(50), 20)))


def test_what_goes_on_as_before_has_not_risen() -> None:
    assert not any(hears(rise_with_a_past(crowd(150)), crowd(300)))


@pytest.mark.parametrize(("db", "within_frames"), [(20, 8), (9, 15), (7, 30)])
def test_what_is_far_above_is_noticed_sooner(db: float, within_frames: int) -> None:
    rise = rise_with_a_past(crowd(150))
    hears(rise, crowd(30))

    assert any(hears(rise, times(crowd(within_frames), db)))


def test_a_click_is_no_rise() -> None:
    rise = rise_with_a_past(crowd(150))
    hears(rise, crowd(30))

    assert not any(hears(rise, [*times([USUAL], 10), *crowd(50)]))


def test_where_loudness_varies_much_more_is_needed() -> None:
    calm, wild = rise_with_a_past(crowd(150)), rise_with_a_past(crowd(150, spread_db=8))
    louder = [USUAL * 10**0.8] * 10

    assert any(hears(calm, louder))
    assert not any(hears(wild, louder))


def test_it_began_to_rise_with_its_first_frame() -> None:
    rise = rise_with_a_past(crowd(150))
    hears(rise, [USUAL * 0.9] * 20)

    hears(rise, times([USUAL] * 25, 8))

    assert rise.for_s == pytest.approx(0.5)


def test_a_weak_word_before_it_was_noticed_belongs_to_what_rose() -> None:
    rise = rise_with_a_past(crowd(150))
    hears(rise, [USUAL * 0.9] * 20)
    weak_word, pause = times([USUAL] * 20, 3.5), [USUAL * 0.8] * 4

    assert not any(hears(rise, [*weak_word, *pause]))

    hears(rise, times([USUAL] * 15, 8))
    assert rise.has_risen
    assert rise.for_s == pytest.approx(39 * 0.02)


def test_when_it_began_is_known_before_it_is_certain() -> None:
    rise = rise_with_a_past(crowd(150))
    hears(rise, [USUAL * 0.9] * 20)

    assert not any(hears(rise, times([USUAL] * 15, 3)))
    assert rise.for_s == pytest.approx(0.3)


def test_a_room_as_loud_as_ever_has_not_begun_to_rise() -> None:
    rise = rise_with_a_past(crowd(150))
    hears(rise, [USUAL * 0.9] * 100)

    assert rise.for_s == 0


def test_soon_after_the_last_word_it_has_no_longer_risen() -> None:
    rise = rise_with_a_past(crowd(150))
    hears(rise, times([USUAL] * 100, 9))

    assert not any(hears(rise, [USUAL] * 30)[-10:])


def test_a_past_that_is_learned_block_by_block_counts_as_one_at_once() -> None:
    rise = Rise()
    for number, power in enumerate(crowd(150), 1):
        rise.hear(power)
        rise.belongs_to_the_past()
        if number % 20 == 0:
            rise.end_block()

    assert rise.is_known
    assert not any(hears(rise, crowd(150)))
    assert any(hears(rise, times(crowd(30), 9)))
