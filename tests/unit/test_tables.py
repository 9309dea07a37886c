"""The two tables are total, and say what the design says."""

import pytest

from ivr.call import lifecycle, turns


def test_every_pair_of_the_turn_table_is_a_move_harmless_or_impossible() -> None:
    pairs = {(state, event) for state in turns.State for event in turns.Event}
    moves, harmless = set(turns.MOVES), set(turns.HARMLESS)

    impossible = pairs - moves - harmless

    assert len(pairs) == 60
    assert not moves & harmless
    assert impossible == {
        (state, event)
        for state in (
            turns.State.HEARING,
            turns.State.SPEAKING,
            turns.State.OVERLAP,
            turns.State.ANNOUNCING,
        )
        for event in (turns.Event.REPLY, turns.Event.NOTICE)
    } | {
        (state, turns.Event.OPENED) for state in turns.State if state is not turns.State.ANNOUNCING
    }


@pytest.mark.parametrize("state", turns.State)
@pytest.mark.parametrize("event", turns.Event)
def test_a_turn_pair_moves_stays_or_raises(state: turns.State, event: turns.Event) -> None:
    if (state, event) in turns.MOVES:
        assert turns.after(state, event) == turns.MOVES[state, event]
    elif (state, event) in turns.HARMLESS:
        assert turns.after(state, event) == (state, turns.Cue.NOTHING)
    else:
        with pytest.raises(turns.ImpossibleEventError, match=event.name):
            turns.after(state, event)


def test_a_cough_does_not_stop_the_prompt() -> None:
    state, _ = turns.after(turns.State.SPEAKING, turns.Event.ONSET)

    assert turns.after(state, turns.Event.PAUSE) == (turns.State.SPEAKING, turns.Cue.DROP_EAR)


def test_speech_that_lasts_stops_the_prompt() -> None:
    state, _ = turns.after(turns.State.SPEAKING, turns.Event.ONSET)

    assert turns.after(state, turns.Event.SUSTAINED) == (
        turns.State.HEARING,
        turns.Cue.FALL_SILENT,
    )


_CALLERS = [e for e in turns.Event if e.name not in ("SAID", "OPENED", "REPLY", "NOTICE")]


@pytest.mark.parametrize("event", _CALLERS)
def test_nothing_cuts_an_announcement(event: turns.Event) -> None:
    assert turns.after(turns.State.ANNOUNCING, event)[0] is turns.State.ANNOUNCING


def test_a_caller_may_leave_in_every_living_state() -> None:
    for state in lifecycle.State:
        assert lifecycle.after(state, lifecycle.Event.CALLER_LEFT) is lifecycle.State.ENDED


def test_our_fault_never_parts_two_people_who_talk() -> None:
    assert (
        lifecycle.after(lifecycle.State.WITH_AGENT, lifecycle.Event.FAILED)
        is lifecycle.State.WITH_AGENT
    )


@pytest.mark.parametrize("state", ["RESCUING", "WITH_AGENT", "CLOSING"])
def test_our_closing_does_not_stop_what_leads_to_a_person(state: str) -> None:
    here = lifecycle.State[state]

    assert lifecycle.after(here, lifecycle.Event.RELEASED) is here


def test_a_failure_while_talking_leads_to_a_person_first() -> None:
    assert (
        lifecycle.after(lifecycle.State.TALKING, lifecycle.Event.FAILED) is lifecycle.State.RESCUING
    )


def test_an_event_that_cannot_happen_raises() -> None:
    with pytest.raises(lifecycle.ImpossibleEventError, match=r"GOODBYE.*WITH_AGENT"):
        lifecycle.after(lifecycle.State.WITH_AGENT, lifecycle.Event.GOODBYE)


def test_every_lifecycle_pair_is_a_move_harmless_or_impossible() -> None:
    moves, harmless = set(lifecycle.MOVES), set(lifecycle.HARMLESS)

    assert not moves & harmless
    assert len(moves) == 21 + 7
    assert len(harmless) == 12 + 4
