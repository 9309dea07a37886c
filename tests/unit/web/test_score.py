"""Everything in a call has its place on the sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain import Language, Speaker, Turn
from ivr.web.score import clock, exact, grade, row_length_s, rows


def turn(
    started_s: float, ended_s: float, *, silence_s: float | None = None, interrupted: bool = False
) -> Turn:
    speaker = Speaker.CALLER if silence_s is None else Speaker.HOTLINE
    return Turn(
        1,
        speaker,
        "words",
        Language.EN,
        started_s,
        ended_s,
        silence_s=silence_s,
        interrupted=interrupted,
    )


def test_a_turn_lies_where_it_was_said() -> None:
    (row,) = rows([turn(2.0, 4.5)], 10)

    (band,) = row.bands
    assert (band.left, band.width) == pytest.approx((20, 25))


def test_a_turn_across_rows_is_cut_at_their_ends_and_numbered_once() -> None:
    first, second = rows([turn(8.0, 13.0)], 20)

    assert (first.bands[0].left, first.bands[0].width) == pytest.approx((80, 20))
    assert (second.bands[0].left, second.bands[0].width) == pytest.approx((0, 30))
    assert [row.bands[0].is_first for row in (first, second)] == [True, False]


def test_an_interruption_is_marked_where_the_speech_was_cut() -> None:
    first, second = rows([turn(8.0, 13.0, silence_s=0.5, interrupted=True)], 20)

    assert [row.bands[0].ends_interrupted for row in (first, second)] == [False, True]


def test_a_wait_lies_before_the_answer() -> None:
    (row,) = rows([turn(5.0, 6.0, silence_s=1.5)], 10)

    (wait,) = row.waits
    assert (wait.left, wait.width) == pytest.approx((35, 15))
    assert (wait.label, wait.grade) == ("1.5 s", "slow")


def test_the_callers_own_turns_have_no_wait() -> None:
    (row,) = rows([turn(5.0, 6.0)], 10)

    assert row.waits == ()


def test_a_call_without_a_word_has_one_empty_row() -> None:
    (row,) = rows([], 0)

    assert row.bands == ()


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 60)), max_size=20), st.floats(0, 5100))
def test_nothing_lies_outside_its_row(spans: list[tuple[float, float]], length_s: float) -> None:
    turns = [turn(start, start + long, silence_s=0.5) for start, long in spans]

    for row in rows(turns, length_s):
        for piece in (*row.bands, *row.waits):
            assert 0 <= piece.left <= 100
            assert piece.left + piece.width <= 100.001


@pytest.mark.parametrize(("length_s", "row_s"), [(0, 10), (100, 10), (101, 15), (599, 60)])
def test_a_call_fits_into_ten_rows(length_s: float, row_s: int) -> None:
    assert row_length_s(length_s) == row_s
    assert len(rows([], length_s)) <= 10


def test_times_read_as_people_say_them() -> None:
    assert (clock(65.9), exact(65.96), exact(59.99)) == ("1:05", "1:06.0", "1:00.0")


def test_waits_are_graded_by_the_budgets() -> None:
    assert [grade(silence_s) for silence_s in (0.9, 1.3, 1.31)] == ["good", "fair", "slow"]
