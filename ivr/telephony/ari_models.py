"""What Asterisk tells us over ARI, as far as we read it.

Field names are ARI's own; `tests/contract/test_exchange_ari.py` holds every one of them against
the specification that ships with Asterisk (`rest-api/*.json`). Fields that we do not read are
ignored, so a newer Asterisk may add some.
"""

from typing import ClassVar, Final, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ivr.errors import EngineRejected


class AriModel(BaseModel):
    """A JSON object of ARI; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CallerID(AriModel):
    """Who calls, as the trunk claims. May be faked; never log it."""

    number: str = ""


class DialplanCEP(AriModel):
    """Where in the dialplan a channel is; `app_name` is "Stasis" while it is ours."""

    app_name: str = ""


class Channel(AriModel):
    """One leg: the caller, the agent or our media."""

    id: str
    name: str
    state: str
    caller: CallerID = CallerID()
    dialplan: DialplanCEP = DialplanCEP()
    channelvars: dict[str, str] = {}


class Bridge(AriModel):
    """Channels that hear each other."""

    id: str
    channels: tuple[str, ...] = ()


class Application(AriModel):
    """What belongs to our Stasis application."""

    channel_ids: tuple[str, ...] = ()
    bridge_ids: tuple[str, ...] = ()


class Endpoint(AriModel):
    """A phone: whether it is registered and what it does."""

    resource: str
    state: str = "unknown"
    channel_ids: tuple[str, ...] = ()


class Variable(AriModel):
    """A channel variable."""

    value: str


class Event(AriModel):
    """Something happened; `subject` is the channel that it is about, "" for none."""

    spec: ClassVar[str] = "Event"

    @property
    def subject(self) -> str:
        """Channel id by which the exchange finds whom to tell."""
        channel = getattr(self, "channel", None)
        return channel.id if isinstance(channel, Channel) else ""


class StasisStart(Event):
    """A channel came to us."""

    spec: ClassVar[str] = "StasisStart"
    channel: Channel
    args: tuple[str, ...] = ()


class StasisEnd(Event):
    """A channel left us: hung up, or on its way through the dialplan."""

    spec: ClassVar[str] = "StasisEnd"
    channel: Channel


class ChannelStateChange(Event):
    """A channel rings, is busy or was answered (`Up`)."""

    spec: ClassVar[str] = "ChannelStateChange"
    channel: Channel


class ChannelHangupRequest(Event):
    """Somebody has hung up; without it a StasisEnd means that the call goes on elsewhere."""

    spec: ClassVar[str] = "ChannelHangupRequest"
    channel: Channel


class ChannelDestroyed(Event):
    """A channel is no more; `cause` is Q.850's."""

    spec: ClassVar[str] = "ChannelDestroyed"
    channel: Channel
    cause: int = 0


class Dial(Event):
    """An outgoing leg made progress: `dialstatus` is "", RINGING, ANSWER, BUSY, NOANSWER, …."""

    spec: ClassVar[str] = "Dial"
    peer: Channel
    dialstatus: str = ""

    @property
    def subject(self) -> str:
        """The leg that is dialled."""
        return self.peer.id


class ApplicationReplaced(Event):
    """Somebody else now receives our events: a second controller, or a stranger."""

    spec: ClassVar[str] = "ApplicationReplaced"


EVENTS: dict[str, type[Event]] = {
    kind.spec: kind
    for kind in (
        StasisStart,
        StasisEnd,
        ChannelStateChange,
        ChannelHangupRequest,
        ChannelDestroyed,
        Dial,
        ApplicationReplaced,
    )
}


_ENGINE: Final = "asterisk"
_Model = TypeVar("_Model", bound=AriModel)


def read(model: type[_Model], body: bytes) -> _Model:
    """Read an answer. Raises EngineRejected, which tells nothing of what was in it."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise EngineRejected(_ENGINE, f"{model.__name__} makes no sense") from error


def read_all(models: TypeAdapter[list[_Model]], body: bytes) -> list[_Model]:
    """Read a list as an answer. Raises EngineRejected, as above."""
    try:
        return models.validate_json(body)
    except ValidationError as error:
        raise EngineRejected(_ENGINE, "a list makes no sense") from error


class _Kind(AriModel):
    type: str


def parse_event(text: str | bytes) -> Event | None:
    """Read one event; None for kinds that we do not use. Raises EngineRejected on nonsense."""
    try:
        kind = EVENTS.get(_Kind.model_validate_json(text).type)
        return kind.model_validate_json(text) if kind else None
    except ValidationError as error:
        problem = f"event that makes no sense ({error.error_count()} faults)"
        raise EngineRejected(_ENGINE, problem) from error
