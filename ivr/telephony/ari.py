"""A thin, typed ARI client: REST under a deadline, events with reconnect, back-off, heartbeat.

`docs/adr/own-ari-client.md` says why it is ours. Foreign errors end here: what comes out is
ConfigError (wrong password), EngineTimeout, EngineUnavailable, or Refused with the status.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import aiohttp
from pydantic import TypeAdapter

from ivr import log
from ivr.errors import (
    ConfigError,
    EngineRejected,
    EngineTimeout,
    EngineUnavailable,
)
from ivr.telephony import ari_operations as ops
from ivr.telephony.ari_backoff import Backoff
from ivr.telephony.ari_models import (
    Application,
    ApplicationReplaced,
    Bridge,
    Channel,
    Endpoint,
    Event,
    Variable,
    parse_event,
    read,
    read_all,
)

ENGINE: Final = "asterisk"

MOST_COMMANDS: Final = 64
"""Commands to Asterisk at once; further ones wait for their turn, within their deadline."""

_log = log.get(__name__)
_CHANNELS = TypeAdapter(list[Channel])
_BRIDGES = TypeAdapter(list[Bridge])


class Refused(EngineRejected):
    """Asterisk said no; 404 means that the channel or bridge is no more."""

    def __init__(self, operation: ops.Operation, status: int, reason: str) -> None:
        self.status = status
        super().__init__(ENGINE, f"{operation.method} {operation.path}: {status} {reason}")


@dataclass(frozen=True, slots=True)
class Access:
    """Where ARI is and who we are there; times in seconds."""

    url: str
    user: str
    password: str
    app: str
    deadline_s: float = 3.0
    heartbeat_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Connected:
    """The event socket is up (again): what happened before is unknown."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The event socket is down; calls go on without us hearing of it."""


class Ari:
    """One controller's line to Asterisk; made by `connected`."""

    def __init__(
        self, access: Access, session: aiohttp.ClientSession, sockets: aiohttp.ClientSession
    ) -> None:
        """`sockets` opens what stays open; commands must never wait for one of those to end."""
        self.access, self.sockets = access, sockets
        self._session = session

    # --- REST ----------------------------------------------------------------------------

    async def ping(self) -> None:
        """Return when Asterisk answers."""
        await self._do(ops.PING)

    async def application(self) -> Application:
        """Give the channels and bridges that are ours."""
        body = await self._do(ops.APPLICATION, applicationName=self.access.app)
        return read(Application, body)

    async def subscribe(self, channel_id: str) -> None:
        """Hear of a channel until it is destroyed, also after it has left us."""
        source = f"channel:{channel_id}"
        await self._do(ops.SUBSCRIBE, applicationName=self.access.app, eventSource=source)

    async def unsubscribe(self, channel_id: str) -> None:
        """Hear no more of it; harmless when it is gone."""
        app, source = self.access.app, f"channel:{channel_id}"
        await self._unless_gone(ops.UNSUBSCRIBE, applicationName=app, eventSource=source)

    async def channels(self) -> list[Channel]:
        """Give every channel of Asterisk."""
        return read_all(_CHANNELS, await self._do(ops.CHANNELS))

    async def bridges(self) -> list[Bridge]:
        """Give every bridge of Asterisk."""
        return read_all(_BRIDGES, await self._do(ops.BRIDGES))

    async def endpoint(self, extension: str) -> Endpoint:
        """Tell whether a phone is registered and busy."""
        return read(Endpoint, await self._do(ops.ENDPOINT, tech="PJSIP", resource=extension))

    async def answer(self, channel_id: str) -> None:
        """Pick up."""
        await self._do(ops.ANSWER, channelId=channel_id)

    async def hang_up(self, channel_id: str, cause: int = 16) -> None:
        """Hang up with a Q.850 cause; harmless when the channel is gone."""
        await self._unless_gone(ops.HANG_UP, channelId=channel_id, reason_code=str(cause))

    async def continue_in_dialplan(self, channel_id: str) -> None:
        """Give the channel back to the dialplan, after its Stasis()."""
        await self._do(ops.CONTINUE, channelId=channel_id)

    async def create(
        self, endpoint: str, channel_id: str, originator: str, variables: Mapping[str, str]
    ) -> Channel:
        """Make an outgoing leg without dialling yet."""
        body = await self._do(
            ops.CREATE,
            {"variables": dict(variables)},
            endpoint=endpoint,
            app=self.access.app,
            channelId=channel_id,
            originator=originator,
        )
        return read(Channel, body)

    async def dial(self, channel_id: str, caller: str, timeout_s: float) -> None:
        """Ring it; Asterisk gives up after `timeout_s`."""
        seconds = str(max(1, round(timeout_s)))
        await self._do(ops.DIAL, channelId=channel_id, caller=caller, timeout=seconds)

    async def external_media(self, channel_id: str, **how: str) -> Channel:
        """Make a channel whose audio goes to and comes from us, s16le at 8 kHz."""
        body = await self._do(
            ops.EXTERNAL_MEDIA,
            app=self.access.app,
            channelId=channel_id,
            format="slin",
            **how,
        )
        return read(Channel, body)

    async def variable(self, channel_id: str, name: str) -> str:
        """Read a channel's variable or dialplan function; "" when it is not set."""
        try:
            body = await self._do(ops.GET_VARIABLE, channelId=channel_id, variable=name)
        except Refused as error:
            if error.status == 404:
                return ""
            raise
        return read(Variable, body).value

    async def set_variable(self, channel_id: str, name: str, value: str) -> None:
        """Write a channel's variable or dialplan function."""
        await self._do(ops.SET_VARIABLE, channelId=channel_id, variable=name, value=value)

    async def create_bridge(self, bridge_id: str) -> None:
        """Make a mixing bridge."""
        await self._do(ops.CREATE_BRIDGE, bridgeId=bridge_id, type="mixing", name=bridge_id)

    async def destroy_bridge(self, bridge_id: str) -> None:
        """Take a bridge down; harmless when it is gone."""
        await self._unless_gone(ops.DESTROY_BRIDGE, bridgeId=bridge_id)

    async def join(self, bridge_id: str, *channel_ids: str) -> None:
        """Let channels hear each other."""
        await self._do(ops.ADD_CHANNEL, bridgeId=bridge_id, channel=",".join(channel_ids))

    async def part(self, bridge_id: str, channel_id: str) -> None:
        """Take a channel out of a bridge."""
        await self._do(ops.REMOVE_CHANNEL, bridgeId=bridge_id, channel=channel_id)

    async def start_music(self, bridge_id: str) -> None:
        """Play music on hold into a bridge."""
        await self._do(ops.START_MUSIC, bridgeId=bridge_id)

    async def stop_music(self, bridge_id: str) -> None:
        """Stop it; harmless when none plays."""
        await self._unless_gone(ops.STOP_MUSIC, bridgeId=bridge_id)

    async def _unless_gone(self, operation: ops.Operation, **values: str) -> None:
        try:
            await self._do(operation, **values)
        except Refused as error:
            if error.status not in (404, 409, 422):
                raise

    async def _do(
        self, operation: ops.Operation, body: dict[str, object] | None = None, /, **values: str
    ) -> bytes:
        path = operation.path.format_map(_Quoted(values))
        query = {name: value for name, value in values.items() if name in operation.query}
        url = f"{self.access.url}/ari{path}"
        try:
            async with (
                asyncio.timeout(self.access.deadline_s),
                self._session.request(operation.method, url, params=query, json=body) as response,
            ):
                answer = await response.read()
                if response.status == 401:
                    raise wrong_password(self.access)
                if response.status >= 400:
                    raise Refused(operation, response.status, response.reason or "")
                return answer
        except TimeoutError as error:
            problem = f"{operation.path}: no answer in {self.access.deadline_s:g} s"
            raise EngineTimeout(ENGINE, problem) from error
        except aiohttp.ClientError as error:
            problem = f"{operation.path}: {type(error).__name__}"
            raise EngineUnavailable(ENGINE, problem) from error

    # --- events --------------------------------------------------------------------------

    async def events(self) -> AsyncIterator[Event | Connected | Disconnected]:
        """Give what happens, for ever, over as many sockets as it takes.

        `Connected` opens every socket, `Disconnected` closes it. A socket whose pong is missing
        for half a heartbeat counts as lost, and so does one that another controller replaced
        (Asterisk leaves it open and mute). Raises ConfigError when the password is refused.
        """
        backoff = Backoff(self.access.heartbeat_s)
        while True:
            try:
                async with self._socket() as socket:
                    backoff.succeeded()
                    yield Connected()
                    async for message in socket:
                        if event := _event(message):
                            yield event
                        if isinstance(event, ApplicationReplaced):
                            backoff.replaced()
                            break
                    yield Disconnected()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                _log.warning("event_socket_failed", error=type(error).__name__)
            await asyncio.sleep(backoff.next_s())

    @asynccontextmanager
    async def _socket(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        query = {"app": self.access.app, "subscribeAll": "false"}
        try:
            async with asyncio.timeout(self.access.deadline_s):
                socket = await self.sockets.ws_connect(
                    f"{self.access.url}/ari/events",
                    params=query,
                    heartbeat=self.access.heartbeat_s,
                    max_msg_size=0,
                )
        except aiohttp.WSServerHandshakeError as error:
            if error.status == 401:
                raise wrong_password(self.access) from error
            raise
        try:
            yield socket
        finally:
            await socket.close()


@asynccontextmanager
async def connected(access: Access) -> AsyncIterator[Ari]:
    """Open a client; raises ConfigError or EngineUnavailable when Asterisk refuses at once."""
    headers = {"Authorization": aiohttp.encode_basic_auth(access.user, access.password)}
    commands = aiohttp.TCPConnector(limit=MOST_COMMANDS, keepalive_timeout=60)
    # One a call, for as long as it lasts: Asterisk's own limit follows `limits.max_calls`.
    lasting = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(headers=headers, connector=commands) as session,
        aiohttp.ClientSession(headers=headers, connector=lasting) as sockets,
    ):
        ari = Ari(access, session, sockets)
        await ari.ping()
        yield ari


def wrong_password(access: Access) -> ConfigError:
    """Say that Asterisk does not know us, and where to look."""
    problem = f"Asterisk at {access.url} refuses ARI user {access.user!r} or its password."
    remedy = "Compare telephony.ari_user and the file telephony.ari_password_file with ari.conf."
    return ConfigError(problem, remedy)


class _Quoted(dict[str, str]):
    """Values that are safe inside a path."""

    def __getitem__(self, name: str) -> str:
        return quote(super().__getitem__(name), safe="")


def _event(message: aiohttp.WSMessage) -> Event | None:
    if message.type is not aiohttp.WSMsgType.TEXT:
        return None
    try:
        return parse_event(message.data)
    except EngineRejected as error:  # one bad event must not cost us all calls
        _log.warning("event_made_no_sense", problem=error.problem)
        return None
