"""What a simulated caller truly did in a call, as the phone noted it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ivr.analytics.sounds import Stretch


@dataclass(frozen=True)
class Said:
    """One turn of the caller, from its first sound to its last, pauses inside included."""

    when: Stretch
    clips: tuple[str, ...]
    asked: str
    pieces: tuple[Stretch, ...] = ()
    talks_on: bool = False
    """Whether it pauses for so long that an answer in between is no mistake."""
    keys: str = ""


@dataclass(frozen=True)
class Made:
    """A sound over our prompt that meant nothing."""

    when: Stretch
    sound: str


@dataclass(frozen=True)
class HeldCall:
    """One call of a scenario as the phone had it."""

    scenario: str
    line: str
    language: str
    seed: int
    extension: str
    said: tuple[Said, ...] = ()
    made: tuple[Made, ...] = ()
    gave_up: str = ""
    """What the caller waited for in vain; "" when all went as planned."""
    hung_up_on: bool = False
    phone_late_ms: float = 0.0
    """The latest frame that this phone sent, by its own fault."""
    phone_late_frames: int = 0
    """How many left more than 40 ms late."""
    is_lossy: bool = False
    """Whether the line lost or delayed packets, so that holes are its fault, not ours."""
    recording: str = ""
    """Stereo WAV: what the phone sent, what it heard."""

    def as_json(self) -> dict[str, Any]:  # JSON
        """Give it as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class KeptTurn:
    """A turn as the hotline noted it, on the phone's clock."""

    is_caller: bool
    when: Stretch
    text: str = field(repr=False)


def held_call(values: dict[str, Any]) -> HeldCall:  # JSON
    """Read back what `as_json` gave."""
    said = [
        Said(
            **{
                **each,
                "when": Stretch(**each["when"]),
                "clips": tuple(each["clips"]),
                "pieces": tuple(Stretch(**piece) for piece in each["pieces"]),
            }
        )
        for each in values["said"]
    ]
    made = [Made(Stretch(**each["when"]), each["sound"]) for each in values["made"]]
    return HeldCall(**{**values, "said": tuple(said), "made": tuple(made)})
