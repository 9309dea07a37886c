"""Conversations as data: who says what when, over which line. One file in `scenarios/` each.

A file is played once for every language and line that it names, `calls` times in the short form
of the bench and `full_calls` times in the long one. Every choice is drawn from the seed of the
call, which is told with the figures, so a strange call can be played again.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from ivr.config.load import load_yaml
from ivr.config.section import Section
from ivr.domain import Language
from ivr.errors import ConfigError, Place
from ivr.sim.callers import caller_lines
from ivr.sim.noises import BACKGROUNDS, SHORT

SCENARIOS: Final = Path(__file__).parent / "scenarios"
Seconds = tuple[float, float]
Asked = Literal["free", "closed", "digits"]


class EchoOf(Section):
    """Our own voice coming back to us."""

    loss_db: float = Field(ge=0, le=60)
    """How much weaker than we sent it."""
    delay_ms: float = Field(ge=20, le=500)
    """How much later."""
    speakerphone: bool = False
    """Over the air of a room, with its reflections, instead of over a wire."""


class LineOf(Section):
    """Between the caller's mouth and our ear."""

    codec: Literal["ulaw", "alaw", "g722"] = "ulaw"
    """How sound is coded on the line."""
    loss: float = Field(default=0.0, ge=0, le=0.2)
    """Share of packets lost, each way."""
    jitter_ms: float = Field(default=0.0, ge=0, le=200)
    """Longest extra delay of a packet, each way; packets may overtake each other."""
    gain_db: float = Field(default=0.0, ge=-40, le=20)
    """Level of the caller; -20 is somebody who whispers, or a bad line."""
    drive_db: float = Field(default=0.0, ge=0, le=40)
    """Amplification into a microphone that clips."""
    background: str = ""
    """What goes on in the room: music, television, second_voice, babble."""
    snr_db: float = Field(default=15.0, ge=-5, le=40)
    """How much weaker the background is than the caller's speech."""
    echo: EchoOf | None = None
    """Our own voice in what the phone sends."""

    @model_validator(mode="after")
    def _known_background(self) -> Self:
        if self.background and self.background not in BACKGROUNDS:
            raise ValueError(f"no such background; known are {', '.join(BACKGROUNDS)}")
        return self


class Step(Section):
    """One thing that the caller does; exactly one of the first five."""

    hears: Literal["prompt"] | None = None
    """Listens to the next prompt to its end."""
    says: tuple[str | float, ...] = ()
    """Says clips one after the other; a number is a pause in seconds inside the turn."""
    interrupts: tuple[str | float, ...] = ()
    """The same, begun `after_s` into the next prompt."""
    makes: tuple[str, ...] = ()
    """Makes one of these sounds `after_s` into the next prompt, and listens to its end."""
    presses: str = Field(default="", pattern=r"^[0-9*#]*$")
    """Presses keys; `after_s` into its own next words when it `says` something too."""
    after_s: Seconds = (0.4, 2.0)
    """From when to when."""
    asked: Asked = "free"
    """What kind of question is being answered."""
    talks_on: bool = False
    """Whether the pauses are so long that an answer in between is no mistake."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        done = [name for name in ("hears", "interrupts", "makes") if getattr(self, name)]
        done += ["says/presses"] if self.says or self.presses else []
        if len(done) != 1:
            raise ValueError("a step does one thing: hears, says, interrupts, makes or presses")
        if self.after_s[0] > self.after_s[1]:
            raise ValueError("after_s runs from the shorter to the longer time")
        return self

    @property
    def words(self) -> tuple[str | float, ...]:
        """What is said, in either way."""
        return self.says or self.interrupts


class Scenario(Section):
    """A conversation and the lines over which it is held."""

    title: str
    """What it tries, in a few words for the page."""
    languages: tuple[Language, ...] = (Language.EN, Language.ZH)
    """Languages it is played in."""
    calls: int = Field(default=1, ge=0)
    """Calls for every language and line in the short form; 0 leaves it out there."""
    full_calls: int = Field(default=4, ge=1)
    """The same in the long form."""
    lines: dict[str, LineOf] = Field(default={"plain": LineOf()}, min_length=1)
    """Lines by name."""
    short_lines: tuple[str, ...] = ()
    """Which of them the short form plays; none named means all."""
    rounds: int = Field(default=1, ge=1)
    """How often the steps are gone through in one call."""
    steps: tuple[Step, ...] = Field(min_length=1)
    """What happens after the greeting has been heard."""
    first: tuple[Step, ...] = (Step(hears="prompt"),)
    """What happens before that: listening to the greeting, unless told otherwise."""

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        for step in (*self.first, *self.steps):
            for language in self.languages:
                _known(step, language)
        if unknown := set(self.short_lines) - set(self.lines):
            raise ValueError(f"short_lines names no line: {', '.join(sorted(unknown))}")
        return self


def _known(step: Step, language: Language) -> None:
    lines = caller_lines(language)
    clips = [word for word in step.words if isinstance(word, str)]
    for name in (*clips, *(made for made in step.makes if made not in SHORT)):
        if name not in lines:
            raise ValueError(f"callers have no clip {name!r} in {language.value}")


def load_scenarios(folder: Path = SCENARIOS, only: Sequence[str] = ()) -> dict[str, Scenario]:
    """Read all scenarios of a folder, or those named. Raises ConfigError with file and line."""
    files = {file.stem: file for file in sorted(folder.glob("*.yaml"))}
    if not files:
        raise ConfigError("holds no scenarios.", "Put *.yaml files there.", Place(folder))
    for name in only:
        if name not in files:
            raise ConfigError(f"no scenario {name!r}.", f"Known: {', '.join(files)}.")
    return {name: load_yaml(file, Scenario) for name, file in files.items() if _wanted(name, only)}


def _wanted(name: str, only: Sequence[str]) -> bool:
    return not only or name in only
