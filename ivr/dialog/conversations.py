"""Conversation tests, as ops write them beside the flows: caller says, hotline must.

    flows/tests/<anything>.yaml   ConversationFile: conversations of one kind

A conversation whose words are given in both languages is held in both. These classes are the
only truth about the files; whether a turn is as it must be is judged in `expectations`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ivr.config.load import load_yaml
from ivr.dialog.finding import finder
from ivr.domain import Expect, Happening, Language, OpeningKind
from ivr.errors import ConfigError, Place

FOLDER: Final = "tests"
"""Where conversation tests lie, in the folder of the flows."""


class Part(BaseModel):
    """A part of a conversation: frozen, and strict about keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Both(Part):
    """The same in both languages."""

    zh: str
    """In Mandarin."""
    en: str
    """In English."""

    def of(self, language: Language) -> str:
        """The words of one language."""
        return self.zh if language is Language.ZH else self.en


Words = str | Both
"""Words of one language, or of both: `{zh: 退款, en: refund}`."""


def words_of(words: Words, language: Language) -> str:
    """The words in a language."""
    return words.of(language) if isinstance(words, Both) else words


class Must(Part):
    """What the hotline must do in one turn; what is not named may be anything."""

    answers: str | None = None
    """The question whose answer is said."""
    outcome: str | None = None
    """Which answer: `ok` for `answer`, else a key of the flow's `otherwise`."""
    asks_for: str | None = None
    """The slot that is asked for; also `card_tail` and `pin`."""
    does_not_ask_for: tuple[str, ...] = ()
    """Slots that are not asked for, because they are known already or not needed."""
    offers: str | None = None
    """The question that is offered: "are you calling about …?"."""
    confirms: str | None = None
    """The question that is asked back: "you want to …, right?"."""
    reads_back: tuple[str, ...] = ()
    """The slots whose values are read back: "three hundred fifty yuan, is that right?"."""
    lets_choose: tuple[str, ...] = ()
    """The two questions in "is it … or …?", in any order."""
    says: Words | tuple[Words, ...] = ()
    """Words that are said, each somewhere in the reply; capitals, blanks and signs do not count."""
    does_not_say: Words | tuple[Words, ...] = ()
    """Words that are not said."""
    sentence: str | tuple[str, ...] = ()
    """Sentences that are said, by their names in hotline.yaml (`help`, `silence`) or by their whole
    key (`flows.refund.answer`)."""
    understands: str | None = None
    """The intent that the words were understood as; `nothing` where they must not be understood."""
    about: str | None = None
    """The question that the call is about after this turn; `nothing` where none is known."""
    knows: dict[str, str] = {}
    """Slots and their values after this turn."""
    verified: bool | None = None
    """Whether the hotline is sure who calls."""
    language: Language | None = None
    """The language that is spoken."""
    slower: bool | None = None
    """Whether it is spoken more slowly than usual."""
    interruptible: bool | None = None
    """Whether the caller may interrupt every sentence."""
    expects: Expect | None = None
    """What kind of answer the ear listens for."""
    hands_over: bool | None = None
    """Whether a person takes over."""
    queue: str | None = None
    """The queue that the call is handed to."""
    reason: str | None = None
    """Words of what the agent reads first."""
    hangs_up: bool | None = None
    """Whether the hotline ends the call."""

    @property
    def is_empty(self) -> bool:
        """Whether anything would do."""
        return not self.model_fields_set


class CallerTurn(Part):
    """One turn of the caller, and what the hotline must do about it."""

    caller: Words | None = None
    """What the caller says."""
    doubtful: bool = False
    """True: the ear is in doubt whether it heard these words right."""
    presses: str | None = Field(default=None, pattern=r"^[0-9*#]{1,40}$")
    """Keys, in quotation marks: `"1234"`."""
    happens: Happening | None = None
    """`silence`: nothing is said; `unheard`: a noise; `agent_unavailable`: nobody takes the
    call that was handed over."""
    hotline: Must = Must()
    """What the hotline must do."""

    @model_validator(mode="after")
    def _caller_does_one_thing(self) -> Self:
        given = [name for name in ("caller", "presses", "happens") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(
                "a turn has exactly one of caller, presses and happens"
                + (' (keys must be in quotes: presses: "#")' if not given else "")
            )
        return self


class LookupResult(Part):
    """What a lookup gives in this conversation, instead of what the example lender knows."""

    fails: bool = False
    """True: the system behind it does not answer."""
    outcome: str = "ok"
    """`ok`, or a key of the flow's `otherwise`."""
    facts: dict[str, str] = {}
    """The facts that answers are filled with."""


class Conversation(Part):
    """One call from its greeting on."""

    name: str = Field(min_length=3, max_length=120)
    """What is shown by the test, as a sentence."""
    language: Language | None = None
    """The language of the call; without it every text must be given in both languages, and the
    conversation is held in both."""
    from_number: str = Field(default="", pattern=r"^[0-9+]{0,20}$")
    """The caller's number, in quotation marks; empty: withheld. The example lender knows "7001"
    (pays), "7002" (is late) and "7003" (has no loan yet)."""
    opening: OpeningKind = OpeningKind.ASK
    """How the call is opened: `ask`, or with the guess in `offered`."""
    offered: tuple[str, ...] = ()
    """The guessed questions, most probable first."""
    lookups: dict[str, LookupResult] = {}
    """What lookups give, by their names; those that ask a business system by their question.
    Those that are not named here fail, so that a test never depends on another system."""
    greeting: Must = Must()
    """What the hotline must do before the caller says anything."""
    turns: tuple[CallerTurn, ...] = Field(min_length=1)
    """The caller's turns in order."""

    @model_validator(mode="after")
    def _words_are_in_the_language_of_the_call(self) -> Self:
        if self.language is None and (plain := next(self._plain_words(), None)):
            raise ValueError(
                f"{plain!r} is in one language only: give the conversation a language, "
                "or the words in both, as {zh: …, en: …}"
            )
        if self.opening is not OpeningKind.ASK and not self.offered:
            raise ValueError("an opening with a guess needs `offered`")
        return self

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages in which it is held."""
        return (self.language,) if self.language else tuple(Language)

    @property
    def questions(self) -> frozenset[str]:
        """The questions that the test names."""
        named: set[str | None] = {*self.offered}
        for must in (self.greeting, *(turn.hotline for turn in self.turns)):
            named |= {must.answers, must.offers, must.confirms, must.about, *must.lets_choose}
        return frozenset(each for each in named if each is not None)

    def _plain_words(self) -> Iterator[str]:
        for must in (self.greeting, *(turn.hotline for turn in self.turns)):
            for words in (*listed(must.says), *listed(must.does_not_say)):
                if isinstance(words, str):
                    yield words
        for turn in self.turns:
            if isinstance(turn.caller, str):
                yield turn.caller


class ConversationFile(Part):
    """Conversation tests of one kind."""

    conversations: tuple[Conversation, ...] = Field(min_length=1)
    """The conversations; their order has no meaning."""


@dataclass(frozen=True)
class ConversationTest:
    """One conversation in one language, and where it is written."""

    conversation: Conversation
    language: Language
    place: Place
    turn_places: tuple[Place, ...] = ()

    @property
    def name(self) -> str:
        """`file: sentence (language)`."""
        return f"{self.place.file.stem}: {self.conversation.name} ({self.language})"


def load_conversations(flows_dir: Path) -> list[ConversationTest]:
    """Read all conversation tests beside the flows; raises ConfigError with file and line.

    There may be none, and then no folder either.
    """
    folder = flows_dir / FOLDER
    tests: list[ConversationTest] = []
    for file in sorted(folder.glob("*.yaml")):
        tests += _of_file(file)
    return tests


def chosen(tests: Sequence[ConversationTest], wanted: Sequence[str]) -> list[ConversationTest]:
    """The tests whose name holds one of the texts, or fits it as a pattern with * and ?."""
    if not wanted:
        return list(tests)
    return [test for test in tests if any(_fits(test.name, each) for each in wanted)]


def concerning(tests: Sequence[ConversationTest], files: Collection[str]) -> list[ConversationTest]:
    """The tests that stand in one of these files of the flows, or name the question of one."""
    questions = {Path(file).stem for file in files}
    return [
        test
        for test in tests
        if f"{FOLDER}/{test.place.file.name}" in files or test.conversation.questions & questions
    ]


def listed(words: Words | tuple[Words, ...]) -> tuple[Words, ...]:
    """Words that may be given alone or as a list, as a list."""
    return words if isinstance(words, tuple) else (words,)


def conversations_in(file: Path) -> tuple[Conversation, ...]:
    """Read the conversations of one file; raises ConfigError, also for two of one name."""
    held = load_yaml(file, ConversationFile).conversations
    seen: set[str] = set()
    for number, each in enumerate(held):
        if each.name in seen:
            place = finder(file)("conversations", number, "name")
            raise ConfigError(f"the name {each.name!r} is used twice.", "Change one.", place)
        seen.add(each.name)
    return held


def _of_file(file: Path) -> list[ConversationTest]:
    where = finder(file)
    tests = []
    for number, conversation in enumerate(conversations_in(file)):
        path = ("conversations", number)
        place = where(*path)
        turns = tuple(where(*path, "turns", turn) for turn in range(len(conversation.turns)))
        tests += [
            ConversationTest(conversation, language, place, turns)
            for language in conversation.languages
        ]
    return tests


def _fits(name: str, wanted: str) -> bool:
    name, wanted = name.lower(), wanted.lower()
    return wanted in name or fnmatchcase(name, wanted)
