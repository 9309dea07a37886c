"""What one conversation knows, and what it decided to do.

Both are pydantic models because both travel: the memory as a slot of Rasa's tracker (so that
rewinding a turn rewinds it too), the decision through Rasa back to the call.
"""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from ivr.dialog.parts import Priority
from ivr.domain import Expect, Language, Then


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Say(_Frozen):
    """One sentence, by its key in the flows, with the facts it is filled with.

    Keys: `wording.greeting`, `identity.pin.prompt`, `flows.refund.answer`,
    `flows.refund.otherwise.paid`, `flows.refund.slots.order_number.again`, …
    """

    key: str
    facts: dict[str, str] = {}
    interruptible: bool = True
    interruptible_after_s: float = 0.0
    skip: int = 0
    """Letters at its beginning that the caller has heard already."""


class Asked(StrEnum):
    """What kind of question the hotline asked last."""

    SLOT = "slot"  # a piece of information that a flow needs
    OFFER = "offer"  # "are you calling about …?"
    FOLLOW_UP = "follow_up"  # "shall I also tell you about …?"
    CONFIRM = "confirm"  # "you want to …, right?"
    READ_BACK = "read_back"  # "three hundred fifty yuan, is that right?"
    CHOICE = "choice"  # "… or …?"
    PERSON = "person"  # "shall I connect you?"
    CALL_BACK = "call_back"  # "shall we call you back?"
    MORE = "more"  # "anything else?"


class Asking(_Frozen):
    """The question that is open; `flow` is empty where none is concerned."""

    kind: Asked
    flow: str = ""
    other: str = ""
    """The second flow of a choice."""
    slot: str = ""
    text: str = ""
    """What the caller said that led to a choice or to asking back; it may hold slots."""
    in_doubt: bool = False
    """The ear was in doubt about `text`."""
    tries: int = 0
    """Wrong answers so far."""
    was_heard: bool = True
    """False when the caller spoke before it was asked."""


class Decision(_Frozen):
    """What to say and do; `ivr.dialog.wording` makes a `Reply` of it."""

    says: tuple[Say, ...]
    language: Language
    speed: float = 1.0
    expect: Expect = Expect.FREE
    max_digits: int | None = None
    pause_s: float | None = None
    phrases: tuple[str, ...] = ()
    """Likely answers, besides those that `expect` brings."""
    then: Then = Then.LISTEN
    queue: str = ""
    reason: str = ""
    priority: Priority = Priority.NORMAL
    brief: tuple[str, ...] = ()
    question: str = ""
    is_withheld: bool = False
    """There is no answer to a guess of what the caller says: it would have to write something."""


class Place(_Frozen):
    """Where a conversation stood when the caller had the turn; see `ivr.dialog.trail`."""

    asking: Asking | None
    question: str
    slots: dict[str, str]
    interrupted: tuple[Asking, ...]
    said: Decision | None
    """What was said last, where it is more than a question that can be asked anew."""


class Told(_Frozen):
    """The last answer: which flow's, and for which slots; a correction changes them."""

    flow: str
    slots: dict[str, str]


class Memory(_Frozen):
    """All that a conversation knows between two turns."""

    language: Language
    today: date = date.min
    """The day of this turn on the caller's calendar; whoever runs turns sets it before each."""
    caller_key: str = ""
    customer: str = ""
    """Id of the customer in the facts database, once known."""
    verified: bool = False
    number_known: bool = False
    """The call comes from a customer's number, which can be faked."""
    tags: tuple[str, ...] = ()
    """Tags of the customer with that number, or of the one who was verified."""
    account: dict[str, str] = {}
    """Facts of the verified customer's account for `groups`: numbers as texts."""
    calls_lately: int = 0
    """Finished calls of this caller in the seven days before."""
    upset: bool = False
    """Words of the green channel were heard."""
    speed: float = 1.0
    question: str = ""
    asking: Asking | None = None
    interrupted: tuple[Asking, ...] = ()
    """Questions in progress that another question has pushed aside, oldest first."""
    slots: dict[str, str] = {}
    unsure: tuple[str, ...] = ()
    """Slots whose values may have been misheard or meant otherwise; they are read back first."""
    silences: int = 0
    misunderstood: int = 0
    declined: tuple[str, ...] = ()
    """Flows that the caller did not mean; they are not asked about again."""
    likely: tuple[str, ...] = ()
    """Why this caller may call, likeliest first: the examples they are given."""
    told: Told | None = None
    trail: tuple[Place, ...] = ()
    """Where the caller has been, the present place last."""
    offered_more: bool = False
    asked: tuple[str, ...] = ()
    """Questions whose answer the caller has wanted in this call."""
    offered: tuple[str, ...] = ()
    """Questions that were offered as follow-ups."""
    declined_offer: bool = False
    """A follow-up was declined; another would be chatter."""
    last: Decision | None = None
    unheard: tuple[Say, ...] = ()
    """What of it the caller has not heard, when they interrupted it."""
    unasked: Asking | None = None
    """The question in it, when they have not heard that either."""
    answered: str = ""
    """Id of Rasa's message that was answered last: Rasa may run two actions in one turn."""
