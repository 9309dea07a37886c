"""Where a call is, as a table.

A call is in one of eight states. An event is either a move to another state or, where a state
lists it as harmless, something that may arrive late and changes nothing; every other pair is a
programming error and raises. `CALLER_LEFT` ends every living call.

The two rules that the table exists for: our own failure leads to a person (RESCUING), never to
a dropped call; and once two people talk to each other (WITH_AGENT), no failure of ours parts
them. RELEASED means that the hotline closes and gives the caller to the agents' queue; where the
call is already on its way to a person, or with one, that changes nothing.
"""

from enum import Enum, auto
from typing import Final


class State(Enum):
    """Where a call is."""

    ARRIVED = auto()
    OPENING = auto()
    TALKING = auto()
    TRANSFERRING = auto()
    RESCUING = auto()
    WITH_AGENT = auto()
    CLOSING = auto()
    ENDED = auto()


class Event(Enum):
    """What can happen to a call."""

    ACCEPTED = auto()
    DECLINED = auto()
    MEDIA_UP = auto()
    TRANSFER_ASKED = auto()
    AGENT_ANSWERED = auto()
    AGENT_UNAVAILABLE = auto()
    AGENT_LEFT = auto()
    GOODBYE = auto()
    FAREWELL_SAID = auto()
    FAILED = auto()
    RELEASED = auto()
    CALLER_LEFT = auto()


class ImpossibleEventError(AssertionError):
    """The event cannot happen in this state: a bug in the session, not in the world."""


_LIVING = [state for state in State if state is not State.ENDED]

MOVES: Final[dict[tuple[State, Event], State]] = {
    (State.ARRIVED, Event.ACCEPTED): State.OPENING,
    (State.ARRIVED, Event.DECLINED): State.ENDED,
    (State.ARRIVED, Event.FAILED): State.ENDED,
    (State.OPENING, Event.MEDIA_UP): State.TALKING,
    (State.OPENING, Event.FAILED): State.RESCUING,
    (State.TALKING, Event.TRANSFER_ASKED): State.TRANSFERRING,
    (State.TALKING, Event.GOODBYE): State.CLOSING,
    (State.TALKING, Event.FAILED): State.RESCUING,
    (State.TRANSFERRING, Event.AGENT_ANSWERED): State.WITH_AGENT,
    (State.TRANSFERRING, Event.AGENT_UNAVAILABLE): State.TALKING,
    (State.TRANSFERRING, Event.FAILED): State.RESCUING,
    (State.RESCUING, Event.AGENT_ANSWERED): State.WITH_AGENT,
    (State.RESCUING, Event.AGENT_UNAVAILABLE): State.CLOSING,
    (State.RESCUING, Event.FAILED): State.CLOSING,
    (State.WITH_AGENT, Event.AGENT_LEFT): State.CLOSING,
    (State.CLOSING, Event.FAREWELL_SAID): State.ENDED,
    (State.CLOSING, Event.FAILED): State.ENDED,
    (State.ARRIVED, Event.RELEASED): State.ENDED,
    (State.OPENING, Event.RELEASED): State.ENDED,
    (State.TALKING, Event.RELEASED): State.ENDED,
    (State.TRANSFERRING, Event.RELEASED): State.ENDED,
} | {(state, Event.CALLER_LEFT): State.ENDED for state in _LIVING}

HARMLESS: Final[frozenset[tuple[State, Event]]] = frozenset(
    # Late news of a call that is over, our own faults while two people talk, and our closing
    # where the caller is being led to a person anyway.
    {(State.ENDED, event) for event in Event}
    | {(State.WITH_AGENT, Event.FAILED)}
    | {(state, Event.RELEASED) for state in (State.RESCUING, State.WITH_AGENT, State.CLOSING)}
)


def after(state: State, event: Event) -> State:
    """Give the state that follows; raises ImpossibleEventError for a pair not in the table."""
    if (state, event) in HARMLESS:
        return state
    try:
        return MOVES[state, event]
    except KeyError:
        raise ImpossibleEventError(f"{event.name} cannot happen in {state.name}") from None
