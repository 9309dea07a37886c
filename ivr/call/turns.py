"""Whose turn it is, as a table.

Six states, ten events, 60 pairs: each is a move (with the cue that the session acts on), is
harmless (may happen, changes nothing), or is impossible (a bug, raised). The caller's events
come from counting voiced frames (`ivr.audio.activity`) and from the keypad; ours say that a
reply is ready to be spoken (REPLY, or NOTICE for one that cannot be cut), that what could not
be cut may be from now on (OPENED), and that all has been heard to its end (SAID). Time is
counted in frames, so no test needs a clock.

The heart of it is OVERLAP. When the caller makes a sound while we speak, we listen and go on
speaking, softly (the session ducks the prompt for exactly as long as the state lasts): only what
is meant for us (SUSTAINED, judged by `ivr.call.overlap` from its length and its words) stops us,
a cough or "mm-hm" (PAUSE before that) does not. A stop that turns out to be for nothing is mended
by a REPLY that goes on with what was not heard. What happens while we are ANNOUNCING is harmless
then, and comes as events once the notice, or the protected beginning of a prompt, has been heard.
And in THINKING the caller may simply talk on: the answer in preparation is dropped and the same
utterance continues.
"""

from enum import Enum, auto
from typing import Final


class State(Enum):
    """Whose turn it is."""

    WAITING = auto()  # the caller's turn, silence so far
    HEARING = auto()  # the caller speaks
    THINKING = auto()  # we prepare an answer
    SPEAKING = auto()  # we speak and may be interrupted
    OVERLAP = auto()  # both make sound, we softly; not clear yet whether the caller means it
    ANNOUNCING = auto()  # we say something that cannot be cut


class Event(Enum):
    """What changes whose turn it is."""

    ONSET = auto()  # a sound that may be speech has begun
    SUSTAINED = auto()  # it has lasted long enough to be meant
    PAUSE = auto()  # the caller has been silent long enough to have finished
    LONG_SILENCE = auto()  # nothing at all for long
    TOO_LONG = auto()  # an utterance beyond all measure
    KEY = auto()  # a key was pressed
    REPLY = auto()  # an answer is ready, it may be interrupted
    NOTICE = auto()  # an answer is ready, it may not
    OPENED = auto()  # its protected beginning has been heard: from now on it may be interrupted
    SAID = auto()  # the caller has heard all of it


class Cue(Enum):
    """What the session does about a move."""

    NOTHING = auto()
    OPEN_EAR = auto()  # begin an utterance, with the pre-roll
    UNDERSTAND = auto()  # the utterance or key entry is complete: get an answer
    ASK_AGAIN = auto()  # the caller says nothing: help along
    RECONSIDER = auto()  # drop the answer in preparation, the caller's utterance goes on
    SPEAK = auto()
    FALL_SILENT = auto()  # barge-in by voice: stop speaking, the ear is open already
    FALL_SILENT_AND_UNDERSTAND = auto()  # barge-in by key
    DROP_EAR = auto()  # it was a cough


class ImpossibleEventError(AssertionError):
    """The event cannot happen in this state: a bug in the session, not in the world."""


_S, _E, _C = State, Event, Cue

MOVES: Final[dict[tuple[State, Event], tuple[State, Cue]]] = {
    (_S.WAITING, _E.ONSET): (_S.HEARING, _C.OPEN_EAR),
    (_S.WAITING, _E.LONG_SILENCE): (_S.THINKING, _C.ASK_AGAIN),
    (_S.WAITING, _E.KEY): (_S.THINKING, _C.UNDERSTAND),
    (_S.WAITING, _E.REPLY): (_S.SPEAKING, _C.SPEAK),
    (_S.WAITING, _E.NOTICE): (_S.ANNOUNCING, _C.SPEAK),
    (_S.HEARING, _E.PAUSE): (_S.THINKING, _C.UNDERSTAND),
    (_S.HEARING, _E.TOO_LONG): (_S.THINKING, _C.UNDERSTAND),
    (_S.HEARING, _E.KEY): (_S.THINKING, _C.UNDERSTAND),
    (_S.THINKING, _E.ONSET): (_S.HEARING, _C.RECONSIDER),
    (_S.THINKING, _E.KEY): (_S.THINKING, _C.RECONSIDER),
    (_S.THINKING, _E.REPLY): (_S.SPEAKING, _C.SPEAK),
    (_S.THINKING, _E.NOTICE): (_S.ANNOUNCING, _C.SPEAK),
    (_S.SPEAKING, _E.ONSET): (_S.OVERLAP, _C.OPEN_EAR),
    (_S.SPEAKING, _E.KEY): (_S.THINKING, _C.FALL_SILENT_AND_UNDERSTAND),
    (_S.SPEAKING, _E.SAID): (_S.WAITING, _C.NOTHING),
    (_S.OVERLAP, _E.SUSTAINED): (_S.HEARING, _C.FALL_SILENT),
    (_S.OVERLAP, _E.PAUSE): (_S.SPEAKING, _C.DROP_EAR),
    (_S.OVERLAP, _E.KEY): (_S.THINKING, _C.FALL_SILENT_AND_UNDERSTAND),
    (_S.OVERLAP, _E.SAID): (_S.HEARING, _C.NOTHING),
    (_S.ANNOUNCING, _E.OPENED): (_S.SPEAKING, _C.NOTHING),
    (_S.ANNOUNCING, _E.SAID): (_S.WAITING, _C.NOTHING),
}

HARMLESS: Final[frozenset[tuple[State, Event]]] = frozenset(
    {
        # The activity counter runs on while nobody waits for its news.
        (_S.WAITING, _E.SUSTAINED),
        (_S.WAITING, _E.PAUSE),
        (_S.WAITING, _E.TOO_LONG),
        (_S.HEARING, _E.SUSTAINED),
        (_S.HEARING, _E.LONG_SILENCE),
        (_S.THINKING, _E.SUSTAINED),
        (_S.THINKING, _E.PAUSE),
        (_S.THINKING, _E.TOO_LONG),
        (_S.THINKING, _E.LONG_SILENCE),
        (_S.SPEAKING, _E.SUSTAINED),
        (_S.SPEAKING, _E.PAUSE),
        (_S.SPEAKING, _E.LONG_SILENCE),
        (_S.SPEAKING, _E.TOO_LONG),
        (_S.OVERLAP, _E.LONG_SILENCE),
        (_S.OVERLAP, _E.TOO_LONG),
        # Legal notices cannot be cut: whatever the caller does, we go on.
        (_S.ANNOUNCING, _E.ONSET),
        (_S.ANNOUNCING, _E.SUSTAINED),
        (_S.ANNOUNCING, _E.PAUSE),
        (_S.ANNOUNCING, _E.LONG_SILENCE),
        (_S.ANNOUNCING, _E.TOO_LONG),
        (_S.ANNOUNCING, _E.KEY),
        # The end of a prompt that was cut in the same moment.
        (_S.WAITING, _E.SAID),
        (_S.HEARING, _E.SAID),
        (_S.THINKING, _E.SAID),
        # A second onset without an end between: the counter has been reset.
        (_S.HEARING, _E.ONSET),
        (_S.OVERLAP, _E.ONSET),
    }
)


def after(state: State, event: Event) -> tuple[State, Cue]:
    """Give the next state and the cue; raises ImpossibleEventError for a pair not listed."""
    if (state, event) in HARMLESS:
        return state, Cue.NOTHING
    try:
        return MOVES[state, event]
    except KeyError:
        raise ImpossibleEventError(f"{event.name} cannot happen in {state.name}") from None
