"""The words of the product: what every folder means when it says "turn" or "reply".

All values are frozen and know nothing of engines, files or the network. Audio is always
signed 16-bit little-endian PCM, mono, 8,000 Hz: the telephone band is what callers have, one
rate spares every resampler, and models of another rate resample at their own door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SAMPLE_RATE_HZ = 8000
FRAME_S = 0.02
FRAME_SAMPLES = 160
FRAME_BYTES = 320


class Language(StrEnum):
    """Languages a caller may hear; the value is the BCP 47 primary tag."""

    ZH = "zh"
    EN = "en"


# --- on the line -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """20 ms of a call: what the caller sent and what we were playing meanwhile.

    `played` is our best knowledge of the audio that reached the line while `heard` was
    recorded (the reference for echo cancelling); silence is all zeros. Both are FRAME_BYTES. Early
    by up to 0.25 s does no harm, late by 20 ms does: the echo must not come before its reference.
    """

    heard: bytes
    played: bytes = bytes(FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Digit:
    """One key press: 0-9, *, #, A-D."""

    key: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The caller has heard everything that was played before `Media.mark(label)`."""

    label: str


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What is known when the phone rings.

    `caller` is the number as the trunk gave it, cleaned to digits and "+", "" if withheld. It
    may be faked and must not be logged or stored; `caller_key` (keyed hash of it) may.
    `calls_lately` counts the caller's finished calls in the seven days before, as far as the
    opener has looked them up.
    """

    call_id: str
    caller: str = field(repr=False)
    caller_key: str
    dialled: str
    language: Language
    arrived_at: datetime
    calls_lately: int = 0


# --- what a caller says ------------------------------------------------------------------


class Expect(StrEnum):
    """What kind of answer a question asks for; decides grammar, pause length and keypad."""

    FREE = "free"
    YES_NO = "yes_no"
    MENU = "menu"
    DIGITS = "digits"
    DATE = "date"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Listening:
    """How to hear the next answer.

    `phrases` are likely or allowed answers (in the words of the language), `max_digits` ends
    keypad entry without "#", `pause_s` overrides the pause length of `expect`.
    """

    language: Language
    expect: Expect = Expect.FREE
    phrases: tuple[str, ...] = ()
    max_digits: int | None = None
    pause_s: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word; times in seconds from the start of the utterance, confidence 0-1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the ear understood; `text` is empty when it heard nothing it knows.

    `text` is in words separated by blanks, as the model writes them (Mandarin too);
    confidence is 0-1. `is_doubtful` is the ear's advice to ask back before relying on it.
    `is_final` is False while the caller may still go on: the dialog is asked ahead with these
    words, and nothing outside the call may be changed because of them.
    """

    text: str = field(repr=False)
    language: Language
    confidence: float
    words: tuple[Word, ...] = field(default=(), repr=False)
    is_doubtful: bool = False
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Keys:
    """A finished keypad entry, without the closing "#"; a lone "#" or "*" is kept."""

    digits: str = field(repr=False)


class Happening(StrEnum):
    """Something that is not words but that the dialog must answer."""

    SILENCE = "silence"  # the caller said nothing for long
    UNHEARD = "unheard"  # speech, but no words the ear knows
    AGENT_UNAVAILABLE = "agent_unavailable"  # nobody took the hand-over


CallerInput = Utterance | Keys | Happening


# --- what the hotline says ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to say. `speed` is relative: 1.0 normal, 0.8 slower.

    `recording` names a shipped recording that is preferred to synthesis. A prompt that may be
    interrupted may be so only after its first `interruptible_after_s` seconds (0: at once).
    """

    text: str
    language: Language
    may_interrupt: bool = True
    speed: float = 1.0
    recording: str = ""
    interruptible_after_s: float = 0.0


class Then(StrEnum):
    """What happens after a reply has been spoken."""

    LISTEN = "listen"
    HAND_OVER = "hand_over"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class HandOver:
    """Where a call goes and what the agent is told before the first word.

    `is_urgent` marks callers of the green channel and others whom flows put first.
    `brief` is at most a few short lines, without card or id numbers: it travels in SIP headers.
    `question` names the flow that the call is about so far, empty while unknown.
    """

    queue: str
    reason: str
    brief: tuple[str, ...] = ()
    is_urgent: bool = False
    question: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The dialog's answer to one input.

    `intent` and `confidence` say how the input was understood, `question` names the flow that
    the call is about so far (empty while unknown); both are for the record. `call_back` names the
    queue whose people have just been promised to call the caller back; empty without a promise.
    `flows_version` names the published flows that made it; empty where they have no name.
    `in_noise` is what to say first where it was not understood because of other voices in the room,
    which whoever hears the room decides.
    `is_withheld` says that there is no answer to words that are not final, because it would change
    something: ask again under the same turn once they are.
    """

    prompts: tuple[Prompt, ...]
    listening: Listening
    then: Then = Then.LISTEN
    hand_over: HandOver | None = None
    intent: str = ""
    confidence: float = 0.0
    question: str = ""
    call_back: str = ""
    flows_version: str = ""
    is_withheld: bool = False
    in_noise: Prompt | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of the last reply had reached the caller when they took the turn.

    `unheard` of its prompts, the last ones, were not heard to their end: of the first of these
    `heard_s` seconds were, and its first `letters` letters as whole sentences. The default says
    that all of it was heard.
    """

    unheard: int = 0
    letters: int = 0
    heard_s: float = 0.0


# --- before the first word ---------------------------------------------------------------


class OpeningKind(StrEnum):
    """Ask an open question, offer one or two guesses, or answer outright."""

    ASK = "ask"
    OFFER = "offer"
    OFFER_TWO = "offer_two"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible reason for the call and its calibrated probability, 0-1."""

    question: str
    probability: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Why this caller probably calls, most probable first.

    `evidence` is what the guess and the greeting were made from, for judging them later:
    figures, and what would have been offered without hold-out. No texts, no numbers of people.
    """

    candidates: tuple[Candidate, ...] = ()
    model: str = ""
    evidence: Mapping[str, str | float] = field(
        default_factory=dict[str, str | float], repr=False, hash=False
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """How to greet. `questions` holds as many flow ids as `kind` needs.

    `propensity` is the probability with which this opening was drawn (1 where no coin fell);
    `held_out` marks a call that gets no offer so that offers can be judged against it. `likely`
    are the questions that may be named to this caller as examples, likeliest first.
    """

    kind: OpeningKind = OpeningKind.ASK
    questions: tuple[str, ...] = ()
    propensity: float = 1.0
    held_out: bool = False
    likely: tuple[str, ...] = field(default=(), compare=False)


# --- what is kept ------------------------------------------------------------------------


class Speaker(StrEnum):
    """Who spoke."""

    CALLER = "caller"
    HOTLINE = "hotline"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said, as it is kept; times in seconds since the call was answered.

    Caller's turns carry `intent` and `confidence`. Hotline's turns carry `silence_s`, the
    caller's wait from the end of their words to our first sound (None where nobody waited),
    and `interrupted`. `silence_s` and the ends are measured at our side of the line.
    """

    number: int
    speaker: Speaker
    text: str = field(repr=False)
    language: Language
    started_s: float
    ended_s: float
    intent: str = ""
    confidence: float = 0.0
    silence_s: float | None = None
    interrupted: bool = False


class Outcome(StrEnum):
    """How a call ended."""

    COMPLETED = "completed"  # goodbye said
    CALLER_LEFT = "caller_left"  # hung up while the machine was serving
    WITH_AGENT = "with_agent"  # a person took over
    NO_AGENT = "no_agent"  # wanted or needed a person, none came
    DECLINED = "declined"  # no room: back to the dialplan's queue
    RELEASED = "released"  # the hotline closed in mid-call: to the dialplan's queue
    FAILED = "failed"  # we broke


@dataclass(frozen=True, slots=True)
class PastCall:
    """What the history tells of one earlier call."""

    started_at: datetime
    question: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class CallerEvent:
    """Something outside of calls that may make a caller call: a bill, a refund, a failed payment.

    `source_id` names it in the system it came from; the same one again is ignored. `payload`
    holds plain JSON values and no numbers of cards, phones or ids.
    """

    caller_key: str
    kind: str
    at: datetime
    source_id: str
    payload: Mapping[str, str | int | float | bool | None] = field(
        default_factory=dict[str, str | int | float | bool | None], repr=False
    )


@dataclass(frozen=True, slots=True)
class CallerState:
    """What a predictor keeps about one caller: a few hundred bytes in a format of its own.

    A predictor ignores a `version` it does not know and starts the caller afresh.
    """

    version: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A finished call; turns are written one by one while it runs and are not repeated here."""

    call_id: str
    caller_key: str
    dialled: str
    language: Language
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    outcome: Outcome
    question: str
    opening: Opening
    agent: str = ""
    flows_version: str = ""
