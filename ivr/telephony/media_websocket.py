"""Media over chan_websocket: Asterisk keeps the 20 ms clock, speech travels in bulk.

Source: Asterisk 22 `channels/chan_websocket.c` and its documentation; limits measured on 22.10.
Every binary message is a whole number of frames, so START_MEDIA_BUFFERING is not needed (it only
joins split frames, and FLUSH_MEDIA silently ends it). At most AHEAD frames wait at Asterisk: it
drops whole messages beyond 1,000 frames without a word, and asks us to stop (XOFF) at 900.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Final

import aiohttp

from ivr import log
from ivr.audio.level import ducked
from ivr.domain import AudioFrame, Digit, Mark
from ivr.errors import CallGone, EngineUnavailable
from ivr.telephony import LineEvent
from ivr.telephony.arrivals import Arrivals
from ivr.telephony.call_clock import CallClock
from ivr.telephony.line_inbox import LineInbox
from ivr.telephony.playout import MarkAt, Playout
from ivr.telephony.scope import task_scope
from ivr.telephony.volume import Volume

AHEAD: Final = 500
"""Frames that wait at Asterisk, 10 s: our process may stall that long without a stutter."""
SYNC_EVERY: Final = 25
"""Frames in a message, followed by a mark that tells how far Asterisk really is.

8,000 bytes; a message of 65,535 bytes or more would close the socket (1009).
"""
PARTING_S: Final = 1.0
"""Time for the news of a hang-up to arrive by the event socket, after the media socket closed."""

_log = log.get(__name__)


class WebsocketMedia:
    """Two-way audio of one call; `run()` must run for as long as it is used."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, gone: asyncio.Event, volume: Volume
    ) -> None:
        self._socket, self._gone, self._volume = socket, gone, volume
        self.clock = CallClock()
        """What arrived from the caller, frame by frame."""
        self._inbox, self._playout = LineInbox(), Playout()
        self._announced: dict[str, MarkAt] = {}
        self._next_mark = 0
        self._may_send = True
        self._left = False
        self._sending = asyncio.Lock()

    # --- the promise ---------------------------------------------------------------------

    def __aiter__(self) -> AsyncIterator[LineEvent]:
        """Give what happens on the line; see `ivr.telephony.Media`."""
        return self._inbox.read()

    async def play(self, pcm: bytes) -> None:
        """Queue speech; raises CallGone when the caller has left."""
        self._require_caller()
        self._playout.queue(pcm)
        await self._send_what_fits()

    async def mark(self, label: str) -> None:
        """Yield `Mark(label)` once all that was queued so far has been heard."""
        self._require_caller()
        self._playout.mark(label)
        await self._send_what_fits()

    async def flush(self) -> None:
        """Fall silent: Asterisk forgets its queue within one 20 ms tick."""
        self._playout.flush()
        self._announced.clear()
        await self._send(command("FLUSH_MEDIA"))

    def duck(self) -> None:
        """Let Asterisk turn our voice down, in the frame that it plays next."""
        self._volume.duck()

    def unduck(self) -> None:
        """Let Asterisk turn it up again."""
        self._volume.unduck()

    @property
    def heard_s(self) -> float:
        """Seconds of our speech that the caller has heard so far."""
        return self._playout.heard_s

    # --- for the exchange ----------------------------------------------------------------

    async def run(self) -> None:
        """Read the socket until it closes; translates its end for the reader."""
        try:
            async with task_scope() as tasks:
                tasks.create_task(self._volume.run())
                arrivals = Arrivals(
                    self._inbox,
                    self._playout,
                    self._as_played,
                    asyncio.get_running_loop().time(),
                    self.clock,
                )
                tasks.create_task(arrivals.watch(self._fill))
                await self._read(arrivals)
        except Exception as error:  # a mistake of ours is no hang-up: the caller is still there
            problem = f"serving the audio broke ({type(error).__name__})"
            self._inbox.close(EngineUnavailable("media", problem))
            raise
        finally:
            self._inbox.close(None)
            await self._socket.close()  # our end in mid-call would leave it to the collector

    async def leave(self) -> None:
        """End the audio because the call goes on without us."""
        self._left = True
        await self._socket.close()

    async def _fill(self, frames: Sequence[AudioFrame]) -> None:
        for frame in frames:
            self._inbox.put(frame)
        await self._send_what_fits()

    async def _read(self, arrivals: Arrivals) -> None:
        loop = asyncio.get_running_loop()
        while True:
            message = await self._socket.receive()
            if message.type is aiohttp.WSMsgType.BINARY:
                for frame in arrivals.frames(message.data, loop.time()):
                    self._inbox.put(frame)
                if self._playout.queued > self._playout.sent:
                    await self._send_what_fits()
            elif message.type is aiohttp.WSMsgType.TEXT:
                await self._obey(message.data, arrivals)
            else:
                await self._end()
                return

    def _as_played(self, frame: bytes) -> bytes:
        return ducked(frame) if self._volume.is_ducked else frame

    async def _end(self) -> None:
        """Tell a hang-up, which is no error, from an audio path that broke."""
        try:
            async with asyncio.timeout(0 if self._left else PARTING_S):
                await self._gone.wait()
        except TimeoutError:
            if not self._left:
                problem = f"the audio socket closed ({self._socket.close_code}) in mid-call"
                self._inbox.close(EngineUnavailable("media", problem))

    # --- what Asterisk says --------------------------------------------------------------

    async def _obey(self, text: str, arrivals: Arrivals) -> None:
        event = parse_control(text)
        match event.get("event"):
            case "MEDIA_MARK_PROCESSED":
                self._reach(event.get("correlation_id", ""))
            case "DTMF_END":
                for frame in arrivals.keyed(asyncio.get_running_loop().time()):
                    self._inbox.put(frame)
                self._inbox.put(Digit(event.get("digit", "")))
            case "MEDIA_XOFF":
                self._may_send = False
            case "MEDIA_XON":
                self._may_send = True
                await self._send_what_fits()
            case "ERROR":
                _log.warning("media_error", problem=event.get("error_text", ""))
            case _:
                pass

    def _reach(self, mark_id: str) -> None:
        mark = self._announced.pop(mark_id, None)
        if mark is None:  # flushed meanwhile
            return
        self._playout.correct(mark.position)
        if mark.label:
            self._inbox.put(Mark(mark.label))

    # --- what we say ---------------------------------------------------------------------

    async def _send_what_fits(self) -> None:
        async with self._sending:
            while self._may_send and (messages := self._next_messages()):
                for message in messages:
                    await self._send(message)

    def _next_messages(self) -> list[bytes | str]:
        """Give the next piece of speech and the mark behind it."""
        frames = self._playout.unsent(AHEAD, SYNC_EVERY)
        mark = self._playout.next_mark(self._playout.sent)
        if mark is None and frames:
            mark = MarkAt(self._playout.sent, "")
        messages: list[bytes | str] = [frames] if frames else []
        if mark:
            self._next_mark += 1
            mark_id = str(self._next_mark)  # short: a command may have 128 bytes at most
            self._announced[mark_id] = mark
            messages.append(command("MARK_MEDIA", correlation_id=mark_id))
        return messages

    async def _send(self, message: bytes | str) -> None:
        try:
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                await self._socket.send_str(message)
        except (ConnectionError, aiohttp.ClientError):  # `_read` finds the closed socket and why
            self._may_send = False

    def _require_caller(self) -> None:
        if self._gone.is_set() or self._left:
            raise CallGone("the caller has hung up")


def command(name: str, **more: str) -> str:
    """Write a command for chan_websocket."""
    return json.dumps({"command": name, **more})


def parse_control(text: str) -> dict[str, str]:
    """Read an event of chan_websocket; {} for what makes no sense."""
    try:
        event = json.loads(text)
    except ValueError:
        _log.warning("media_event_made_no_sense")
        return {}
    return {str(key): str(value) for key, value in event.items()} if isinstance(event, dict) else {}
