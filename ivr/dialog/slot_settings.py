"""What ops write about a slot: what it holds, how it is asked for, heard and pressed."""

from enum import StrEnum
from typing import Final, Self

from pydantic import Field, model_validator

from ivr.dialog.parts import Confirm, Examples, Part, Texts
from ivr.domain import Expect, Language

MAX_OPTIONS: Final = 9
"""As many as keys; callers remember three or four."""


class SlotType(StrEnum):
    """What a slot holds and how it is spoken."""

    DIGITS = "digits"
    AMOUNT = "amount"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    TEXT = "text"

    @property
    def expect(self) -> Expect:
        """How to listen for it."""
        other = {SlotType.TEXT: Expect.FREE, SlotType.CHOICE: Expect.MENU}
        return other.get(self) or Expect(self.value)

    @property
    def can_be_read_back(self) -> bool:
        """Whether "…, is that right?" is a question that helps; free words are only repeated."""
        return self not in (SlotType.YES_NO, SlotType.TEXT)


class Tense(StrEnum):
    """Which days a date may be, and which one "the 23rd" or "Wednesday" is."""

    ANY = "any"
    """The next such day; "yesterday" is understood too."""
    FUTURE = "future"
    """The next such day; a day before today is no answer."""
    PAST = "past"
    """The last such day; a day after today is no answer."""


class Option(Examples):
    """One answer of a choice: its words per language, the first of which is read back."""

    key: str = Field(default="", pattern=r"^[1-9]?$")
    """Key that chooses it; "0" is for people. Where no option has one, they count from 1."""


class Voice(Part):
    """How a sentence is spoken, and how the caller is heard after it."""

    interruptible: bool = True
    """False only for legal notices: the caller is heard only after the last word."""
    interruptible_after_s: float = Field(default=0.0, ge=0, le=12)
    """Seconds at its beginning in which it cannot be interrupted; 0: at once."""
    pause_s: float | None = Field(default=None, gt=0, le=5)
    """Silence that ends the caller's answer; None: as usual for what is expected."""
    expect: Expect | None = None
    """What kind of answer the ear listens for; None: after a question for a slot its type,
    otherwise anything."""
    phrases: Examples | None = None
    """Answers that are likely: the ear prefers them to words that sound alike."""

    @model_validator(mode="after")
    def _interruption_is_of_one_kind(self) -> Self:
        if self.interruptible_after_s and not self.interruptible:
            raise ValueError(
                "interruptible_after_s has no meaning with interruptible: false; drop one of them"
            )
        return self


class Slot(Part):
    """Something the hotline has to ask before it can answer."""

    type: SlotType
    """What it holds; decides how it is heard, pressed and read back."""
    prompt: Texts
    """How it is asked for."""
    again: Texts | None = None
    """Said instead of `prompt` after a wrong answer."""
    length: int | None = Field(default=None, ge=1, le=32)
    """Number of digits; ends keypad entry without "#"."""
    when: Tense = Tense.ANY
    """Of a date: `future` for a day to come, `past` for one gone by."""
    options: dict[str, Option] = Field(default={})
    """Of a choice: what may be chosen, by the name that lookups see."""
    confirm: Confirm = Confirm.WHEN_UNSURE
    """Read a spoken value back before it is used ("three hundred fifty yuan, is that right?"):
    `when_unsure`, where the ear is in doubt or the words may mean two things; `always`; or `never`.
    Numbers that prove who calls are never read back."""
    retries: int = Field(default=2, ge=0, le=5)
    """Wrong answers that are forgiven; after one more a person helps."""
    keypad: bool = True
    """False: the answer is only spoken, and keys are refused."""
    voice: Voice = Voice()
    """How the prompt is spoken and the answer heard."""
    help: Texts | None = None
    """Answer to "what can I say?" while it is asked for; None: as usual for the type."""

    @model_validator(mode="after")
    def _settings_fit_the_type(self) -> Self:
        for name, is_given, type_ in (
            ("length", self.length is not None, SlotType.DIGITS),
            ("when", self.when is not Tense.ANY, SlotType.DATE),
            ("options", bool(self.options), SlotType.CHOICE),
        ):
            if is_given and self.type is not type_:
                raise ValueError(f"{name} is for slots of type {type_}; drop it")
        if self.type is SlotType.CHOICE and not 2 <= len(self.options) <= MAX_OPTIONS:
            raise ValueError(f"a choice needs two to {MAX_OPTIONS} options")
        if self.confirm is Confirm.ALWAYS and not self.type.can_be_read_back:
            raise ValueError(f"a {self.type} slot is never read back; drop confirm")
        keys = [option.key for option in self.options.values() if option.key]
        if len(keys) != len(set(keys)):
            raise ValueError("two options have the same key")
        return self

    @property
    def max_keys(self) -> int | None:
        """The key press that ends an entry without "#"; None where only "#" does."""
        return self.length or _MAX_KEYS.get(self.type)

    @property
    def option_keys(self) -> dict[str, str]:
        """The option behind each key: those that the flow gives, or else 1, 2, 3 in its order."""
        given = {option.key: name for name, option in self.options.items() if option.key}
        return given or {str(at): name for at, name in enumerate(self.options, start=1)}

    def words(self, language: Language) -> tuple[str, ...]:
        """The words that answer a choice."""
        return tuple(word for option in self.options.values() for word in option.of(language))


_MAX_KEYS: Final = {SlotType.DATE: 4, SlotType.YES_NO: 1, SlotType.CHOICE: 1}
"""A date is pressed as MMDD."""
