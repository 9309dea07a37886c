"""What ops write: one question = one YAML file, plus two files for the hotline as a whole.

These classes are the only truth about the files in `flows/`: they validate them, and the
compiler, the wording and the dialog read nothing else.

    flows/<question>.yaml   Flow: a question callers have, and its answer
    flows/navigation.yaml   Navigation: how callers say "repeat", "yes", "a person", …
    flows/hotline.yaml      Hotline: greetings and all other sentences, who-are-you questions
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ivr.config.load import load_yaml
from ivr.dialog.flow_files import files_in, refuse_odd_id, unread_files
from ivr.dialog.hotline_wording import Wording
from ivr.dialog.http_settings import HttpLookup
from ivr.dialog.parts import (
    NAME,
    Answer,
    Confirm,
    Examples,
    FollowUp,
    GreenChannel,
    Group,
    Part,
    Texts,
    Transfer,
)
from ivr.dialog.slot_settings import Slot, Voice
from ivr.errors import ConfigError, Place

NAVIGATION_FILE = "navigation.yaml"
HOTLINE_FILE = "hotline.yaml"
PRONUNCIATIONS_FILE = "pronunciations.yaml"
"""For `ivr models build`, not for us: how words are said."""


class MayHear(StrEnum):
    """How sure we must be of who is calling before the question is offered or answered."""

    ANYONE = "anyone"
    NUMBER_KNOWN = "number_known"
    VERIFIED = "verified"

    @property
    def certainty(self) -> int:
        """How sure that is; higher is surer."""
        return list(MayHear).index(self)


class Lookup(Part):
    """Where the facts of an answer come from: a Python function or a business system."""

    python: str | None = Field(default=None, pattern=NAME)
    """Name of a lookup in `ivr.dialog.lookups`."""
    http: HttpLookup | None = None
    """A request to a system of yours; docs/designers/lookups.md."""
    failed: Texts | None = None
    """Said when it fails; None: the hotline's own sentence."""

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.python is None) == (self.http is None):
            raise ValueError("give either python or http")
        return self


class Flow(Part):
    """One question: how callers ask it, what it needs, what they hear."""

    id: str = Field(pattern=NAME)
    """Name of the question everywhere, and of its file without `.yaml`: small letters, digits and
    `_`."""
    titles: Texts
    """Short name of the question, as in "is it about …?"."""
    owner: str = ""
    """Who answers for it: a team or a person of yours; callers never hear it."""
    examples: Examples
    """How callers ask it, 12 to 25 in each language, all different. New ones have to be taught."""
    confirm: Confirm = Confirm.WHEN_UNSURE
    """Ask back before the answer: `when_unsure`; `never`, so that even an unsure guess is answered;
    or `always`, for what should not happen by mistake."""
    slots: dict[str, Slot] = Field(default={})
    """What has to be asked before it can be answered, in this order, by name."""
    lookup: Lookup | None = None
    """Where the facts of the answer come from; without it the answer is always the same."""
    answer: Answer
    """What callers hear: the fact first, under twelve seconds."""
    otherwise: dict[str, Answer] = Field(default={})
    """Other answers, by the outcome that the lookup names, such as `nothing_found`."""
    follow_ups: tuple[str | FollowUp, ...] = ()
    """Related questions; the first that fits is offered after the answer, each once a call."""
    may_hear: MayHear = MayHear.ANYONE
    """Who may hear the answer. `verified` asks for card and code, `number_known` takes the number's
    word."""
    offer: Texts | None = None
    """Offered before the caller asks; must not tell a stranger anything. None: never offered."""
    offer_to: MayHear | None = None
    """How sure we must be of who calls before it is offered, and before past calls about it may
    change what is offered; None: as sure as `may_hear`. See docs/ops/offers.md."""
    offer_when: tuple[str, ...] = ()
    """What makes the question likely: `payment failed within 24 h`, `open case`, …"""
    hand_over: Transfer | tuple[Transfer, ...] | None = None
    """When a person takes over; of several the first whose conditions hold."""
    voice: Voice = Voice()
    """How the answer is spoken, and how the caller is heard after it."""
    tags: tuple[str, ...] = ()
    """Your own words for groups of questions; `legal` marks a notice that must not be
    interruptible."""

    @property
    def offers(self) -> tuple[FollowUp, ...]:
        """The follow-ups, those that are only named included."""
        return tuple(
            FollowUp(question=each) if isinstance(each, str) else each for each in self.follow_ups
        )

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """The hand-overs, most important first."""
        if self.hand_over is None:
            return ()
        return self.hand_over if isinstance(self.hand_over, tuple) else (self.hand_over,)

    @property
    def needs_form(self) -> bool:
        """Whether something may have to be asked first."""
        return bool(self.slots) or self.may_hear is not MayHear.ANYONE


class Navigation(Part):
    """Words that steer any conversation."""

    yes: Examples
    """Yes, to anything that was asked."""
    no: Examples
    """No, to anything that was asked."""
    repeat: Examples
    """To hear the last reply again."""
    slower: Examples
    """To hear it more slowly, and all that follows."""
    back: Examples
    """To the question before."""
    thanks: Examples
    """Thanks, which need no answer of substance."""
    got_it: Examples
    """The caller has heard enough of an answer."""
    goodbye: Examples
    """To end the call."""
    person: Examples
    """To talk to a person."""
    language: Examples
    """To change the language; the language may be named."""
    help: Examples
    """To know what can be said here."""
    vague: Examples
    """A hello, or that there is a question, but not which."""
    cannot: Examples
    """The caller does not have what was asked for."""
    first: Examples
    """Of two that were offered."""
    second: Examples
    """The second of two."""
    start_over: Examples
    """To forget the question and begin anew."""


class Thresholds(Part):
    """Confidences, 0 to 1, that decide what is done about an utterance; None: as training chose.

    From `answer` on the likeliest question is answered. Under it, where two questions are close,
    "is it A or B?" is asked if both together reach `choose`; else "you want to …, right?" from
    `confirm` on; and under all of them the caller is asked to describe it (guide).
    """

    answer: float | None = Field(default=None, ge=0, le=1)
    """From this confidence on a question is answered at once; higher asks back more."""
    confirm: float | None = Field(default=None, ge=0, le=1)
    """From this one on it is asked back; higher guides more."""
    choose: float | None = Field(default=None, ge=0, le=1)
    """From this sum of two close ones on the caller chooses."""


class Hotline(Part):
    """The hotline as a whole."""

    wording: Wording
    """All sentences that belong to no single question."""
    identity: dict[str, Slot]
    """What is asked to be sure who calls: `card_tail`, then `pin` from unknown numbers."""
    groups: dict[str, Group] = Field(default={})
    """Groups of callers, by name, for answers, follow-ups and hand-overs."""
    green_channel: GreenChannel | None = None
    """Who reaches a person at once; None: nobody."""
    person_queue: str = "service"
    """Queue of callers who ask for a person."""
    menu: tuple[str, ...] = Field(default=(), max_length=9)
    """Questions that can be asked by key (1, 2, …) while Rasa does not answer."""
    thresholds: Thresholds = Thresholds()
    """How sure the hotline must be to answer, confirm or choose."""
    out_of_scope: Examples | None = None
    """What callers say that no question answers, so that it is refused instead of guessed: other
    businesses, small talk, wrong numbers. None: only what is unlike every example is refused."""
    sentence_encoder: bool = False
    """Whether questions are also told apart by what their words mean, so that callers may use words
    that no example holds. `make encoder` fetches what it needs: 31 MB, and up to 190 MB of
    memory."""
    sure: float = Field(default=0.5, ge=0, le=1)
    """Confidence from which another question may interrupt a question in progress."""

    @model_validator(mode="after")
    def _identity_is_complete(self) -> Self:
        if set(self.identity) != {"card_tail", "pin"}:
            raise ValueError("identity must hold card_tail and pin")
        return self


class FlowSet(BaseModel):
    """All files of `flows/` together."""

    model_config = ConfigDict(frozen=True)

    flows: Mapping[str, Flow]
    navigation: Navigation
    hotline: Hotline

    @cached_property
    def version(self) -> str:
        """Twelve hex digits that change with every change of any file."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def slot(self, flow: str, name: str) -> Slot:
        """A slot of a flow, or one of the who-are-you questions."""
        if name in self.hotline.identity:
            return self.hotline.identity[name]
        return self.flows[flow].slots[name]


def load_flows(directory: Path) -> FlowSet:
    """Read all flows; raises ConfigError with file, line and remedy at the first problem."""
    flows = read_flows(directory)
    if isinstance(flows, FlowSet):
        return flows
    raise flows[0]


def read_flows(directory: Path) -> FlowSet | tuple[ConfigError, ...]:
    """Read all flows, or give what is wrong: the first problem of each file."""
    if not directory.is_dir():
        missing = "there is no such folder of flows."
        return (ConfigError(missing, "Check flows_dir.", Place(directory)),)
    broken = list(unread_files(directory))
    flows: dict[str, Flow] = {}
    for file in files_in(directory):
        if file.name in (NAVIGATION_FILE, HOTLINE_FILE, PRONUNCIATIONS_FILE):
            continue
        with _noting(broken):
            flow = load_yaml(file, Flow)
            refuse_odd_id(flow.id, file, RESERVED | Navigation.model_fields.keys())
            flows[flow.id] = flow
    with _noting(broken):
        navigation = load_yaml(directory / NAVIGATION_FILE, Navigation)
    with _noting(broken):
        hotline = load_yaml(directory / HOTLINE_FILE, Hotline)
    if broken:
        return tuple(broken)
    return FlowSet(flows=flows, navigation=navigation, hotline=hotline)


@contextmanager
def _noting(broken: list[ConfigError]) -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        broken.append(error)


RESERVED = frozenset(
    {"opening", "keys", "silence", "unheard", "agent_unavailable", "nlu_fallback", "memory", "oos"}
)
