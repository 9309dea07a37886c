"""What flows are made of besides their slots: texts, groups of callers, offers, hand-overs.

All of it is read from YAML (`ivr.dialog.flows` says which file holds what) and decided upon in
`groups`, `follow_ups` and `transfers`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ivr.domain import Language

NAME = r"^[a-z][a-z0-9_]{1,40}$"


class Part(BaseModel):
    """A part of a flow: frozen, and strict about keys."""

    # The texts below the fields are what editors and docs/ops/flows.md show.
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


# --- texts -------------------------------------------------------------------------------


class Texts(Part):
    """One sentence in every language; `{{ fact }}` is filled in (jinja2)."""

    zh: str = Field(min_length=1, max_length=1000)
    """In Mandarin."""
    en: str = Field(min_length=1, max_length=1000)
    """In English."""

    def of(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language is Language.ZH else self.en


class Answer(Texts):
    """What callers hear, and what callers of some groups hear instead."""

    by_group: dict[str, Texts] = {}
    """By a group of `groups` in hotline.yaml; the first that the caller is in is said."""


Phrase = Annotated[str, StringConstraints(pattern=r"\S", max_length=200)]
"""What a caller may say in one breath."""


class Examples(Part):
    """Ways in which callers say it, in the words of the language."""

    zh: tuple[Phrase, ...] = Field(min_length=1)
    """In Mandarin, with or without blanks between words."""
    en: tuple[Phrase, ...] = Field(min_length=1)
    """In English, small letters."""

    def of(self, language: Language) -> tuple[str, ...]:
        """The examples in one language."""
        return self.zh if language is Language.ZH else self.en


class Confirm(StrEnum):
    """Whether the caller is asked "…, right?" before what was understood is used."""

    WHEN_UNSURE = "when_unsure"
    NEVER = "never"
    ALWAYS = "always"


# --- groups of callers -------------------------------------------------------------------


class Bounds(Part):
    """A number from `at_least` on and below `below`; give one of them or both."""

    at_least: float | None = None
    """From this number on."""
    below: float | None = None
    """Up to this number, which is outside."""

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.at_least is None and self.below is None:
            raise ValueError("give at_least, below, or both")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError("no number is at least and below this")
        return self

    def hold(self, number: float) -> bool:
        """Whether a number lies inside."""
        above = self.at_least is None or number >= self.at_least
        return above and (self.below is None or number < self.below)

    def within(self, other: "Bounds") -> bool:
        """Whether every number inside is inside the other, too."""
        low, high = float("-inf"), float("inf")
        lowest, other_lowest = (low if b.at_least is None else b.at_least for b in (self, other))
        highest, other_highest = (high if b.below is None else b.below for b in (self, other))
        return lowest >= other_lowest and highest <= other_highest


class Group(Part):
    """Callers for whom all of these hold."""

    tags: tuple[str, ...] = ()
    """They carry at least one of these tags; tags come with a number we know."""
    number_known: bool | None = None
    """Whether they call from a customer's number."""
    verified: bool | None = None
    """Whether they have proved in this call who they are."""
    account: dict[str, Bounds] = {}
    """Facts of their account, such as `days_overdue`. They hold for nobody who is not verified:
    another answer would tell a stranger something about the account."""
    calls_lately: Bounds | None = None
    """Number of their finished calls in the seven days before this one; like facts of the account
    it holds for nobody who is not verified, since a number can be faked."""

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a group needs a condition, or everybody is in it")
        if self.number_known is False and self.tags:
            raise ValueError("tags come with a known number, so nobody is in this group")
        if self.verified is False and (self.account or self.calls_lately):
            raise ValueError(
                "account and calls_lately need a verified caller, so nobody is in this group"
            )
        return self


# --- what comes after an answer ----------------------------------------------------------


class FollowUp(Part):
    """A related question that is offered after an answer."""

    question: str
    """Id of its flow."""
    offer: Texts | None = None
    """None: "Shall I also tell you about …?" with the question's title."""
    outcomes: tuple[str, ...] = ("ok",)
    """After which outcomes of the lookup; `ok` is the answer itself."""
    groups: tuple[str, ...] = ()
    """Only for callers of one of these groups; none named: for everybody."""


class Priority(StrEnum):
    """How soon a person should take a call."""

    NORMAL = "normal"
    HIGH = "high"


class When(StrEnum):
    """At which moment a person takes over."""

    AFTER_ANSWER = "after_answer"
    INSTEAD = "instead_of_answer"


class Transfer(Part):
    """Hand the call to a person, if all conditions hold; without any, always."""

    queue: str = "service"
    """Queue whose people are called; one of the settings' `telephony.queues`."""
    reason: str = Field(min_length=1, max_length=80)
    """What the agent reads first."""
    priority: Priority = Priority.NORMAL
    """`high`: served before others who wait for the same people, and the agent's phone shows it;
    green channel calls are always high."""
    when: When = When.AFTER_ANSWER
    """`instead_of_answer`: as soon as it is clear, before anything else is asked or told."""
    outcomes: tuple[str, ...] = ()
    """Only after one of these outcomes of the lookup."""
    groups: tuple[str, ...] = ()
    """Only callers of one of these groups."""
    tags: tuple[str, ...] = ()
    """Only callers who carry one of these tags."""
    upset: bool = False
    """Only callers who have used words of the green channel in this call."""
    say: Texts | None = None
    """Said instead of the hotline's own sentence where there is no answer before it."""

    @property
    def replaces(self) -> bool:
        """Whether the answer is not said."""
        return self.when is When.INSTEAD

    @property
    def always(self) -> bool:
        """Whether it holds for everybody."""
        return not (self.outcomes or self.groups or self.tags or self.upset)


class GreenChannel(Part):
    """Who reaches a person at once and first: by tag with the greeting, by words at any time."""

    tags: tuple[str, ...] = ()
    """Tags of callers who never talk to the machine first."""
    words: Examples
    """What upset callers say, whatever else they say with it; live without training."""
    queue: str = "service"
    """Queue whose people are called."""
