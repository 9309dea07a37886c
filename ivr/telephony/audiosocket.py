"""Media over AudioSocket: Asterisk calls us, and we keep the 20 ms clock ourselves.

The second maker of the promise `Media`. A message is a kind, a length (two bytes, network
order) and that many bytes; source: Asterisk's `res_audiosocket.c`. Asterisk relays at once what
it gets and cannot be told to forget it, so never more than LEAD frames leave this process early.
"""

import asyncio
import struct
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from ivr import log
from ivr.audio.level import ducked
from ivr.domain import FRAME_S, AudioFrame, Digit, Mark
from ivr.errors import CallGone, ConfigError, EngineTimeout, EngineUnavailable
from ivr.telephony import LineEvent
from ivr.telephony.arrivals import Arrivals
from ivr.telephony.call_clock import CallClock
from ivr.telephony.line_inbox import LineInbox
from ivr.telephony.playout import Playout
from ivr.telephony.scope import task_scope

HANG_UP, UUID, DTMF, SLIN8, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
LEAD: Final = 1
"""Frames that leave early, so that a loop late by 20 ms is not heard."""
PARTING_S: Final = 1.0
_HEAD: Final = struct.Struct("!BH")

_log = log.get(__name__)


class AudioSocketMedia:
    """Two-way audio of one call; `run()` must run for as long as it is used."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gone: asyncio.Event
    ) -> None:
        self._reader, self._writer, self._gone = reader, writer, gone
        self.clock = CallClock()
        """What arrived from the caller, frame by frame."""
        self._inbox, self._playout = LineInbox(), Playout()
        self._left = self._is_ducked = False

    # --- the promise ---------------------------------------------------------------------

    def __aiter__(self) -> AsyncIterator[LineEvent]:
        """Give what happens on the line; see `ivr.telephony.Media`."""
        return self._inbox.read()

    async def play(self, pcm: bytes) -> None:
        """Queue speech; raises CallGone when the caller has left."""
        self._require_caller()
        self._playout.queue(pcm)

    async def mark(self, label: str) -> None:
        """Yield `Mark(label)` once all that was queued so far has been heard."""
        self._require_caller()
        self._playout.mark(label)

    async def flush(self) -> None:
        """Fall silent: what has not left yet never will."""
        self._playout.flush()

    def duck(self) -> None:
        """Speak softly from the next frame on."""
        self._is_ducked = True

    def unduck(self) -> None:
        """Speak at full level from the next frame on."""
        self._is_ducked = False

    @property
    def heard_s(self) -> float:
        """Seconds of our speech that the caller has heard so far."""
        return self._playout.heard_s

    # --- for the exchange ----------------------------------------------------------------

    async def run(self) -> None:
        """Read and pace until the socket closes; translates its end for the reader."""
        try:
            async with task_scope() as tasks:
                tasks.create_task(self._pace())
                arrivals = Arrivals(
                    self._inbox,
                    self._playout,
                    self._as_loud_as_now,
                    asyncio.get_running_loop().time(),
                    self.clock,
                )
                tasks.create_task(arrivals.watch(self._fill))
                await self._read(arrivals)
            await self._end()
        except Exception as error:  # a mistake of ours is no hang-up: the caller is still there
            problem = f"serving the audio broke ({type(error).__name__})"
            self._inbox.close(EngineUnavailable("media", problem))
            raise
        finally:
            self._inbox.close()
            self._writer.close()

    async def leave(self) -> None:
        """End the audio because the call goes on without us."""
        self._left = True
        self._writer.close()

    async def _read(self, arrivals: Arrivals) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                kind, length = _HEAD.unpack(await self._reader.readexactly(_HEAD.size))
                body = await self._reader.readexactly(length)
            except (OSError, asyncio.IncompleteReadError):
                return
            if kind == SLIN8:
                self._hear(arrivals.frames(body, loop.time()))
            elif kind == DTMF:
                self._hear(arrivals.keyed(loop.time()))
                self._inbox.put(Digit(body.decode("ascii", "replace")))
            elif kind in (HANG_UP, ERROR):
                return

    async def _fill(self, frames: Sequence[AudioFrame]) -> None:
        self._hear(frames)

    def _hear(self, frames: Sequence[AudioFrame]) -> None:
        for frame in frames:
            self._inbox.put(frame)
        while mark := self._playout.next_mark(self._playout.played):
            self._inbox.put(Mark(mark.label))

    async def _pace(self) -> None:
        """Send one frame every 20 ms while there is speech, LEAD frames early."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            frame = self._playout.unsent(ahead=50, most=1)
            if frame:
                with suppress(OSError):
                    self._writer.write(message(SLIN8, self._as_loud_as_now(frame)))
                self._playout.correct(self._playout.sent - LEAD - 2)
            due = max(due + FRAME_S, loop.time() - LEAD * FRAME_S)
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _as_loud_as_now(self, frame: bytes) -> bytes:
        return ducked(frame) if self._is_ducked else frame

    async def _end(self) -> None:
        """Tell a hang-up, which is no error, from an audio path that broke."""
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self._left else PARTING_S):
                await self._gone.wait()
        if not (self._left or self._gone.is_set()):
            self._inbox.close(EngineUnavailable("media", "AudioSocket closed in mid-call"))

    def _require_caller(self) -> None:
        if self._gone.is_set() or self._left:
            raise CallGone("the caller has hung up")


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Arrival:
    """A connection that Asterisk is about to make; closed unless it is taken."""

    def __init__(self) -> None:
        self.has_come = asyncio.Event()
        self._streams: _Streams | None = None

    def come(self, streams: _Streams) -> None:
        """It is here."""
        self._streams = streams
        self.has_come.set()

    def taken(self) -> _Streams:
        """Give the streams; the taker closes them."""
        assert self._streams
        streams, self._streams = self._streams, None
        return streams

    def close(self) -> None:
        """Close what nobody took."""
        if self._streams:
            self._streams[1].close()


class AudioSocketDoor:
    """The port where Asterisk's AudioSocket connections arrive."""

    def __init__(self) -> None:
        self._expected: dict[bytes, Arrival] = {}

    @asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator["AudioSocketDoor"]:
        """Listen for the length of the block; raises ConfigError when the port is taken."""
        try:
            server = await asyncio.start_server(self._welcome, host, port)
        except OSError as error:
            problem = f"port {port}/tcp on {host} cannot be had ({error.strerror})."
            raise ConfigError(problem, "Change telephony.audiosocket_port.") from error
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    @contextmanager
    def expecting(self, name: uuid.UUID) -> Iterator[Arrival]:
        """Give the connection that will introduce itself with this name."""
        arrival = self._expected[name.bytes] = Arrival()
        try:
            yield arrival
        finally:
            del self._expected[name.bytes]
            arrival.close()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PARTING_S):
                kind, name = await read_message(reader)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            writer.close()
            return
        arrival = self._expected.get(name) if kind == UUID else None
        if arrival is None or arrival.has_come.is_set():
            _log.warning("unexpected_audiosocket")
            writer.close()
            return
        arrival.come((reader, writer))


def message(kind: int, body: bytes = b"") -> bytes:
    """Write one message."""
    return _HEAD.pack(kind, len(body)) + body


async def read_message(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one message."""
    kind, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return kind, await reader.readexactly(length)


async def arrival_within(arrival: Arrival, deadline_s: float) -> None:
    """Wait for Asterisk to connect; raises EngineTimeout."""
    try:
        async with asyncio.timeout(deadline_s):
            await arrival.has_come.wait()
    except TimeoutError as error:
        problem = f"Asterisk did not connect to AudioSocket in {deadline_s:g} s"
        raise EngineTimeout("media", problem) from error
