"""What a call session is given: the engines behind their promises."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from ivr.asr import Recognizer
from ivr.audio.speech import Heard
from ivr.call.completeness import SoundsUnfinished, never
from ivr.dialog import Dialog
from ivr.domain import AudioFrame, CallInfo, CallRecord, Opening, Prediction, Turn
from ivr.store import CallStore
from ivr.tts import Synthesizer


class Detector(Protocol):
    """Sound before words, for one call."""

    def hear(self, frame: AudioFrame) -> Heard:
        """Take our own echo out of 20 ms and say whether the rest is speech."""
        ...


@dataclass(frozen=True)
class Decision:
    """How to greet a caller, the guess behind it, the flows it was made for, and recent calls."""

    opening: Opening = field(default_factory=Opening)
    prediction: Prediction = field(default_factory=Prediction)
    flows_version: str = ""
    calls_lately: int = 0
    """Finished calls of this caller in the seven days before."""


class Opener(Protocol):
    """Decides how to greet a caller from what is known before the first word."""

    async def decide(self, info: CallInfo) -> Decision:
        """Give the decision; the session waits `predict.deadline_s` for it. Raises EngineError."""
        ...

    async def learn(self, record: CallRecord) -> None:
        """Take in how a call ended. Raises EngineError."""
        ...


class Observer(Protocol):
    """Watches calls while they happen: a live view. Called on the loop, so it must be quick."""

    def call_began(self, info: CallInfo) -> None:
        """A call is being served."""
        ...

    def said(self, call_id: str, turn: Turn) -> None:
        """Somebody has said something; a caller's turn comes when it has been understood."""
        ...

    def call_ended(self, record: CallRecord) -> None:
        """A call is over and its record is written; a call that was turned away, too."""
        ...


class Nobody:
    """The observer that does not look."""

    def call_began(self, info: CallInfo) -> None:
        """Ignore it."""

    def said(self, call_id: str, turn: Turn) -> None:
        """Ignore it."""

    def call_ended(self, record: CallRecord) -> None:
        """Ignore it."""


@dataclass(frozen=True)
class Engines:
    """Shared by all calls; `detector` makes a fresh one for each."""

    recognizer: Recognizer
    dialog: Dialog
    voice: Synthesizer
    store: CallStore
    opener: Opener
    detector: Callable[[], Detector]
    observer: Observer = field(default_factory=Nobody)
    sounds_unfinished: SoundsUnfinished = never


EnginesOfACall = Callable[[], AbstractContextManager[Engines]]
"""Lends a call its engines, from its arrival to its end."""
