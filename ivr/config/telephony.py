"""Settings of Asterisk and the line: what is reached where, by whom."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from ivr.config.section import Section
from ivr.domain import Language

# What becomes part of Asterisk's configuration must not bring syntax of its own.
Extension = Annotated[str, Field(pattern=r"^[0-9]{2,10}$")]
Word = Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]


def _address(text: str) -> str:
    """Give scheme, host and port without a slash behind them."""
    url = urlsplit(text)
    try:
        is_whole = url.scheme in ("http", "https") and bool(url.hostname and url.port)
    except ValueError:  # a port that is no number, or none of a port
        is_whole = False
    if not is_whole or text.rstrip("/") != f"{url.scheme}://{url.netloc}":
        raise ValueError("write it as http://127.0.0.1:8088, with a port and nothing behind it")
    return text.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]


class HotlineNumber(Section):
    """One number that callers dial."""

    number: str = Field(pattern=r"^\+?[0-9*#]{1,20}$")
    """What callers dial."""
    language: Language
    """Language of the greeting; callers who once chose another are greeted in theirs."""


class AgentPhone(Section):
    """A person's SIP phone."""

    extension: Extension
    """What rings the phone, and its user name when it registers."""
    name: str
    """Who it is, for colleagues; callers never hear it."""
    queues: tuple[str, ...] = ("service",)
    """Queues that ring this phone; each must be under `queues`."""
    languages: tuple[Language, ...] = (Language.ZH, Language.EN)
    """Languages the agent speaks."""


class Trunk(Section):
    """A SIP provider or gateway that sends calls to us."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    """Name of the trunk in Asterisk and in logs."""
    host: str
    """Host name or address, optionally with `:port`."""
    username: str = Field(default="", pattern=r"^[\w+.@~-]{0,64}$")
    """Empty: the trunk is recognised by its address instead of by a registration."""
    password_file: Path | None = None
    """File that holds nothing but the password."""
    register_with_provider: bool = Field(default=False, alias="register")
    """Whether we log in at the provider; false where it sends calls to our address."""
    codecs: tuple[str, ...] = ("ulaw", "alaw", "g722")
    """Codecs offered, best first."""


class Queue(Section):
    """Where callers wait for a person."""

    ring_s: float = Field(default=20.0, gt=0)
    """Seconds one agent's phone rings before the next is tried."""
    wait_s: float = Field(default=60.0, gt=0)
    """Seconds after which the caller comes back to the dialog with an offer to be called."""


class Telephony(Section):
    """Asterisk and the line."""

    media: Literal["websocket", "audiosocket"] = "websocket"
    """Audio path. websocket: Asterisk keeps the clock. audiosocket: we do."""
    asterisk: Path | None = None
    """The asterisk binary; null: found by the set-up (system one, else the project's own)."""
    ari_url: Address = "http://127.0.0.1:8088"
    """Where Asterisk's REST interface listens; keep it on loopback, it can do anything."""
    ari_user: Word = "ivr"
    """User name there."""
    ari_password_file: Path = Path("var/secrets/ari")
    """Its password; made by the first start."""
    app: Word = "ivr"
    """Name of the Stasis application."""
    sip_host: str = "127.0.0.1"
    """Address that phones and trunks reach. 0.0.0.0 opens the hotline to the network."""
    sip_port: int = Field(default=5060, ge=1, le=65535)
    """UDP port for phones and trunks."""
    rtp_ports: tuple[int, int] = (20000, 20998)
    """First and last UDP port for audio; two for each call, open them in a firewall."""
    audiosocket_port: int = Field(default=9092, ge=1, le=65535)
    """Port on loopback for `media: audiosocket`."""
    numbers: tuple[HotlineNumber, ...] = (
        HotlineNumber(number="95000", language=Language.ZH),
        HotlineNumber(number="95001", language=Language.EN),
    )
    """Numbers that callers dial, each greeted in its language."""
    agents: tuple[AgentPhone, ...] = (AgentPhone(extension="6001", name="Agent 1"),)
    """People's phones."""
    trunks: tuple[Trunk, ...] = ()
    """Providers and gateways that bring calls from outside."""
    queues: dict[Word, Queue] = Field(default={"service": Queue()}, min_length=1)
    """Where callers wait for a person, by name; the first is the one for everything."""
    callers: tuple[Extension, ...] = ("7001",)
    """Extensions of test phones that may register and dial the hotline."""
    deadline_s: float = Field(default=3.0, gt=0)
    """Longest wait for any single command to Asterisk."""
    heartbeat_s: float = Field(default=5.0, gt=0)
    """How often Asterisk is asked for a sign of life; higher notices a dead one later."""

    @model_validator(mode="after")
    def _no_extension_is_given_twice(self) -> "Telephony":
        given = [*(agent.extension for agent in self.agents), *self.callers]
        numbers = [each.number for each in self.numbers]
        twice = [each for each, count in (Counter(given) + Counter(numbers)).items() if count > 1]
        if twice:
            raise ValueError(f"{twice[0]!r} is given to more than one phone or number")
        return self

    @model_validator(mode="after")
    def _agents_serve_known_queues(self) -> "Telephony":
        for agent in self.agents:
            for queue in agent.queues:
                if queue not in self.queues:
                    raise ValueError(
                        f"agent {agent.extension} serves queue {queue!r}, "
                        "which is not under telephony.queues"
                    )
        return self
