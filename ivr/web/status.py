"""What a running hotline tells about itself: whom to dial, who is there, what is broken.

Nothing here names a caller: calls are shown by id, state and age.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from ivr import __version__
from ivr.config import Settings
from ivr.config.telephony import AgentPhone


class PhoneState(StrEnum):
    """What the exchange knows of a phone."""

    FREE = "free"
    BUSY = "busy"
    OFFLINE = "offline"
    UNKNOWN = "unknown"  # the exchange did not tell


@dataclass(frozen=True, slots=True)
class NumberStatus:
    """A number to dial for one language, also as a SIP address."""

    number: str
    language: str
    uri: str


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """An agent's phone."""

    extension: str
    name: str
    queues: tuple[str, ...]
    languages: tuple[str, ...]
    state: PhoneState


@dataclass(frozen=True, slots=True)
class CallStatus:
    """A call in progress; `seconds` since it arrived."""

    call_id: str
    state: str
    seconds: float


@dataclass(frozen=True, slots=True)
class FlowsStatus:
    """The version of the flows that new calls get, and who published it."""

    version: str
    publication: int
    at: str
    by: str
    calls: Mapping[str, int]
    """Calls in progress by version: those that began before a swap keep theirs."""
    ears: Sequence[Mapping[str, Any]] = ()
    """How far the ears are with the words of this version (`ivr.call.ear_state`)."""
    calls_on_former_ear: int = 0
    """Calls in progress that hear with an earlier ear than new ones."""


@dataclass(frozen=True, slots=True)
class Softphone:
    """How to register a phone of one's own: any of these extensions, its password in its file."""

    server: str
    port: int
    transport: str
    password_files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HotlineStatus:
    """All of it, as `/status` and `ivr status --json` give it."""

    version: str
    started_at: str
    taking_calls: bool
    sip_address: str
    health_url: str
    numbers: tuple[NumberStatus, ...]
    agents: tuple[AgentStatus, ...]
    calls: tuple[CallStatus, ...]
    engines: Mapping[str, bool]
    softphone: Softphone
    flows: FlowsStatus | None = None

    def as_json(self) -> dict[str, Any]:  # plain JSON values
        """Give plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Observed:
    """What only the running program knows."""

    started_at: datetime
    taking_calls: bool = True
    calls: Sequence[CallStatus] = ()
    phones: Mapping[str, PhoneState] = field(default_factory=dict[str, PhoneState])
    """State by extension; phones that are missing here are unknown."""
    engines: Mapping[str, bool] = field(default_factory=dict[str, bool])
    flows: FlowsStatus | None = None


def describe(settings: Settings, observed: Observed) -> HotlineStatus:
    """Put what the settings say and what was observed together."""
    line = settings.telephony
    address = f"{line.sip_host}:{line.sip_port}"
    return HotlineStatus(
        version=__version__,
        started_at=observed.started_at.isoformat(timespec="seconds"),
        taking_calls=observed.taking_calls,
        sip_address=f"sip:{address}",
        health_url=f"{settings.web.local_url}/healthz",
        numbers=tuple(
            NumberStatus(each.number, each.language, f"sip:{each.number}@{address}")
            for each in line.numbers
        ),
        agents=tuple(_agent(each, observed.phones) for each in line.agents),
        calls=tuple(observed.calls),
        engines=dict(observed.engines),
        softphone=_softphone(settings),
        flows=observed.flows,
    )


def _agent(agent: AgentPhone, phones: Mapping[str, PhoneState]) -> AgentStatus:
    state = phones.get(agent.extension, PhoneState.UNKNOWN)
    return AgentStatus(agent.extension, agent.name, agent.queues, agent.languages, state)


def _softphone(settings: Settings) -> Softphone:
    line = settings.telephony
    extensions = [*line.callers, *(agent.extension for agent in line.agents)]
    return Softphone(
        server=line.sip_host,
        port=line.sip_port,
        transport="udp",
        password_files={each: str(password_file(settings, each)) for each in extensions},
    )


def password_file(settings: Settings, extension: str) -> Path:
    """Where the generated password of a phone is kept."""
    return (settings.state_dir / "secrets" / f"sip-{extension}").absolute()
