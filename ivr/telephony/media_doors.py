"""How the audio of a call is opened: one door for each maker of `Media`."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import aiohttp

from ivr.config.telephony import Telephony
from ivr.errors import EngineTimeout, EngineUnavailable
from ivr.telephony import Media
from ivr.telephony.ari import Ari
from ivr.telephony.audiosocket import AudioSocketDoor, AudioSocketMedia, arrival_within
from ivr.telephony.call_clock import CallClock
from ivr.telephony.channel_watch import ChannelWatch
from ivr.telephony.media_websocket import PARTING_S, WebsocketMedia
from ivr.telephony.volume import Volume


class LineMedia(Media, Protocol):
    """Media with what only the exchange may do."""

    clock: CallClock
    """What arrived from the caller, frame by frame."""

    async def run(self) -> None:
        """Serve the connection until it closes."""
        ...

    async def leave(self) -> None:
        """End the audio because the call goes on without us."""
        ...


class MediaDoor(Protocol):
    """Opens the audio of one call after the other."""

    async def open(self, watch: ChannelWatch, gone: asyncio.Event) -> LineMedia:
        """Make the media channel that `watch` waits for and connect to it.

        `gone` says that the caller has hung up. Raises EngineUnavailable or EngineTimeout.
        """
        ...


class WebsocketDoor:
    """chan_websocket: Asterisk waits for us at /media/<id>."""

    def __init__(self, ari: Ari) -> None:
        self._ari = ari

    async def open(self, watch: ChannelWatch, gone: asyncio.Event) -> WebsocketMedia:
        """See `MediaDoor`."""
        channel = await self._ari.external_media(
            watch.channel_id,
            external_host="INCOMING",
            encapsulation="none",
            transport="websocket",
            connection_type="server",
            transport_data="f(json)",
        )
        key = "MEDIA_WEBSOCKET_CONNECTION_ID"
        connection = channel.channelvars.get(key) or await self._ari.variable(channel.id, key)
        socket = await self._connect(connection)
        try:
            await started(watch, self._ari.access.deadline_s)
        except BaseException:
            await socket.close()
            raise
        return WebsocketMedia(socket, gone, Volume(self._ari, channel.id))

    async def _connect(self, connection: str) -> aiohttp.ClientWebSocketResponse:
        url = f"{self._ari.access.url}/media/{connection}"
        try:
            async with asyncio.timeout(self._ari.access.deadline_s):
                return await self._ari.sockets.ws_connect(
                    url, protocols=("media",), timeout=aiohttp.ClientWSTimeout(ws_close=PARTING_S)
                )
        except TimeoutError as error:
            raise EngineTimeout("media", "Asterisk did not open the audio socket") from error
        except aiohttp.ClientError as error:
            problem = f"Asterisk refused the audio socket ({type(error).__name__})"
            raise EngineUnavailable("media", problem) from error


class AudioSocketCaller:
    """AudioSocket: Asterisk connects to a port of ours."""

    def __init__(self, ari: Ari, door: AudioSocketDoor, address: str) -> None:
        self._ari, self._door, self._address = ari, door, address

    async def open(self, watch: ChannelWatch, gone: asyncio.Event) -> AudioSocketMedia:
        """See `MediaDoor`."""
        deadline_s = self._ari.access.deadline_s
        name = uuid.uuid4()
        with self._door.expecting(name) as arrival:
            await self._ari.external_media(
                watch.channel_id,
                external_host=self._address,
                encapsulation="audiosocket",
                transport="tcp",
                data=str(name),
            )
            await arrival_within(arrival, deadline_s)
            await started(watch, deadline_s)
            return AudioSocketMedia(*arrival.taken(), gone)


@asynccontextmanager
async def media_door(telephony: Telephony, ari: Ari) -> AsyncIterator[MediaDoor]:
    """Open the door that the settings name; raises ConfigError when its port is taken."""
    if telephony.media == "websocket":
        yield WebsocketDoor(ari)
        return
    host, port = "127.0.0.1", telephony.audiosocket_port
    async with AudioSocketDoor().open(host, port) as door:
        yield AudioSocketCaller(ari, door, f"{host}:{port}")


async def started(watch: ChannelWatch, deadline_s: float) -> None:
    """Wait until the channel may be bridged: ARI answers before it is (else: 422)."""
    try:
        async with asyncio.timeout(deadline_s):
            await watch.started.wait()
    except TimeoutError as error:
        raise EngineTimeout("media", "the media channel never came to us") from error
