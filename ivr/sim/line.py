"""A telephone line in memory: exchange, calls, audio and agents without Asterisk.

It keeps the promises of `ivr.telephony` (the contract tests hold it to them) and runs on the
loop's clock, so a scenario in virtual time plays minutes of calls in milliseconds. The caller's
end of the line is `SimCaller`: it speaks, presses keys, hangs up, and remembers every 20 ms
that the hotline played to it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

import numpy as np

from ivr.audio.level import ducked
from ivr.domain import (
    FRAME_BYTES,
    FRAME_S,
    AudioFrame,
    CallInfo,
    Digit,
    HandOver,
    Language,
    Mark,
)
from ivr.errors import AgentUnavailable, CallGone, EngineUnavailable
from ivr.telephony import Call, LineEvent
from ivr.telephony.channel_watch import first_of

_SILENCE = bytes(FRAME_BYTES)


class SimCaller:
    """The caller's end: what they do and what they hear."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._speech: deque[bytes] = deque()
        self._keys: deque[str] = deque()
        self.has_hung_up = asyncio.Event()
        self._heard_more = asyncio.Event()

    def say(self, pcm: bytes) -> None:
        """Begin to speak now; audio of any length, padded to whole frames."""
        padded = pcm + bytes(-len(pcm) % FRAME_BYTES)
        self._speech.extend(
            padded[at : at + FRAME_BYTES] for at in range(0, len(padded), FRAME_BYTES)
        )

    def press(self, keys: str) -> None:
        """Press keys, one after the other at once."""
        self._keys.extend(keys)

    def hang_up(self) -> None:
        """Leave the call."""
        self.has_hung_up.set()

    @property
    def is_speaking(self) -> bool:
        """Whether something said has not been sent yet."""
        return bool(self._speech)

    async def until_hotline(self, *, silent_s: float = 0.0, audible: bool = False) -> None:
        """Wait until the hotline is audible, or has been silent for so long after speaking."""
        while not self._is_so(silent_s, audible=audible):
            self._heard_more = asyncio.Event()
            await self._heard_more.wait()

    def hear(self, frame: bytes) -> None:
        """Take 20 ms from the hotline."""
        self.heard.append(frame)
        self._heard_more.set()

    def _is_so(self, silent_s: float, *, audible: bool) -> bool:
        if audible:
            return bool(self.heard) and self.heard[-1] != _SILENCE
        frames = round(silent_s / FRAME_S)
        spoke = any(frame != _SILENCE for frame in self.heard)
        return spoke and all(frame == _SILENCE for frame in self.heard[-frames:])

    def next_frame(self) -> bytes:
        """Give the 20 ms that go to the hotline now."""
        return self._speech.popleft() if self._speech else _SILENCE

    def next_keys(self) -> Iterable[str]:
        """Give the keys pressed since the last frame."""
        while self._keys:
            yield self._keys.popleft()


class SimMedia:
    """The audio of one call, paced by the loop's clock."""

    def __init__(self, caller: SimCaller) -> None:
        self._caller = caller
        self._queue = bytearray()
        self._queued_bytes = 0
        self._heard_bytes = 0
        self._marks: deque[tuple[int, str]] = deque()
        self._closed = False
        self._is_ducked = False
        self.is_broken = False
        self.echo = 0.0
        """Share of what the caller hears that their phone sends back."""
        self.tells_what_it_plays = True

    async def __aiter__(self) -> AsyncIterator[LineEvent]:
        due = asyncio.get_running_loop().time()
        while not (self._closed or self._caller.has_hung_up.is_set()):
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            if self.is_broken:
                raise EngineUnavailable("media", "broken by the test")
            played = self._next_played()
            self._caller.hear(played)
            heard = _with_echo(self._caller.next_frame(), played, self.echo)
            yield AudioFrame(heard, played if self.tells_what_it_plays else _SILENCE)
            for key in self._caller.next_keys():
                yield Digit(key)
            while self._marks and self._marks[0][0] <= self._heard_bytes:
                yield Mark(self._marks.popleft()[1])

    async def play(self, pcm: bytes) -> None:
        """Queue speech behind what is queued."""
        if self._closed or self._caller.has_hung_up.is_set():
            raise CallGone("the caller has left")
        self._queue += pcm
        self._queued_bytes += len(pcm)

    async def mark(self, label: str) -> None:
        """Yield the mark once all that was queued has been heard."""
        self._marks.append((self._queued_bytes, label))

    async def flush(self) -> None:
        """Drop queued audio and pending marks."""
        self._queued_bytes -= len(self._queue)
        self._queue.clear()
        self._marks.clear()

    def duck(self) -> None:
        """Play softly from the next frame on."""
        self._is_ducked = True

    def unduck(self) -> None:
        """Play at full level from the next frame on."""
        self._is_ducked = False

    @property
    def heard_s(self) -> float:
        """Seconds of our speech heard so far."""
        return self._heard_bytes / FRAME_BYTES * FRAME_S

    def close(self) -> None:
        """End the audio, as when the media channel leaves the call."""
        self._closed = True

    def _next_played(self) -> bytes:
        piece = bytes(self._queue[:FRAME_BYTES])
        del self._queue[:FRAME_BYTES]
        self._heard_bytes += len(piece)
        frame = piece.ljust(FRAME_BYTES, b"\0")
        return ducked(frame) if self._is_ducked else frame


def _with_echo(spoken: bytes, played: bytes, share: float) -> bytes:
    if not share or spoken != _SILENCE:
        return spoken
    return (np.frombuffer(played, "<i2") * share).astype("<i2").tobytes()


class SimAgent:
    """A person who has taken the call and talks until told otherwise."""

    def __init__(self, extension: str, caller: SimCaller, talks_s: float) -> None:
        self.extension = extension
        self._caller, self._talks_s = caller, talks_s

    async def left(self) -> None:
        """Return when the agent has talked enough or the caller has hung up."""
        try:
            await asyncio.wait_for(self._caller.has_hung_up.wait(), self._talks_s)
        except TimeoutError:
            return


class SimCall:
    """One call on the line."""

    def __init__(self, info: CallInfo, exchange: "SimExchange") -> None:
        self.info = info
        self.caller = SimCaller()
        self.media = SimMedia(self.caller)
        self.hand_overs: list[HandOver] = []
        self.fate = ""
        self._exchange = exchange
        self._went_on = asyncio.Event()

    async def answer(self) -> SimMedia:
        """Pick up after the exchange's delay."""
        await asyncio.sleep(self._exchange.answer_s)
        if self.caller.has_hung_up.is_set():
            raise CallGone("the caller has left")
        return self.media

    async def decline(self) -> None:
        """Give the call back to the dialplan."""
        self.fate = self.fate or "declined"
        self.media.close()
        self._went_on.set()
        await asyncio.sleep(self._exchange.answer_s)  # until Asterisk has freed what was held

    async def transfer(self, hand_over: HandOver) -> SimAgent:
        """Ring the agent that the exchange has for this, if any."""
        self.hand_overs.append(hand_over)
        await asyncio.sleep(self._exchange.ring_s)
        if self.caller.has_hung_up.is_set():
            raise CallGone("the caller has left")
        if self._exchange.agent is None:
            raise AgentUnavailable("no_answer")
        self.media.close()
        return SimAgent(self._exchange.agent, self.caller, self._exchange.agent_talks_s)

    async def hang_up(self) -> None:
        """End the call."""
        self.fate = self.fate or "hung_up"
        self.media.close()

    async def gone(self) -> None:
        """Return when the caller has hung up or was given back."""
        await first_of(self.caller.has_hung_up, self._went_on)


class SimExchange:
    """Calls arrive when a test places them; `agent` is the extension that answers, or None."""

    def __init__(self, agent: str | None = "6001") -> None:
        self.agent = agent
        self.answer_s, self.ring_s, self.agent_talks_s = 0.05, 2.0, 5.0
        self._arriving: asyncio.Queue[Call] = asyncio.Queue()
        self._count = 0

    def ring(
        self, caller: str = "13800000001", dialled: str = "95000", language: Language = Language.ZH
    ) -> SimCall:
        """Place a call; the hotline gets it from `calls`."""
        self._count += 1
        info = CallInfo(
            call_id=f"sim-{self._count}",
            caller=caller,
            caller_key=f"key-of-{caller}",
            dialled=dialled,
            language=language,
            arrived_at=datetime.now(UTC),
        )
        call = SimCall(info, self)
        self._arriving.put_nowait(call)
        return call

    async def calls(self) -> AsyncIterator[Call]:
        """Give each arriving call once."""
        while True:
            yield await self._arriving.get()

    async def is_healthy(self) -> bool:
        """Always."""
        return True
