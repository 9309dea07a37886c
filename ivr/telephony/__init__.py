"""The line: where calls come from, how they sound, how they are put through.

Promises that `ari.py`/`exchange.py` (Asterisk) and `ivr.sim.line` (in memory) keep alike; the
tests in `tests/contract/` hold both to them.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from ivr.domain import AudioFrame, CallInfo, Digit, HandOver, Mark

LineEvent = AudioFrame | Digit | Mark


class Media(Protocol):
    """Two-way audio of one answered call."""

    def __aiter__(self) -> AsyncIterator[LineEvent]:
        """Give what happens on the line, audio in 20 ms frames at the line's own pace.

        Ends when the caller hangs up or the media channel has left the call. Raises
        EngineUnavailable("media", …) when the audio path breaks while the caller is there.
        """
        ...

    async def play(self, pcm: bytes) -> None:
        """Queue speech of any length (s16le, 8 kHz) behind what is queued; returns at once.

        Raises CallGone when the caller has left.
        """
        ...

    async def mark(self, label: str) -> None:
        """Yield `Mark(label)` once all that was queued so far has been heard."""
        ...

    async def flush(self) -> None:
        """Fall silent within 40 ms; drops queued audio and pending marks."""
        ...

    def duck(self) -> None:
        """Speak softly within 40 ms (12 dB down) until `unduck`, what is queued included.

        Returns at once and never raises: an exchange that refuses is logged, and the call goes on
        at full level.
        """
        ...

    def unduck(self) -> None:
        """Speak at full level again within 40 ms; harmless when we do."""
        ...

    @property
    def heard_s(self) -> float:
        """Seconds of our queued speech that the caller has heard so far, in total."""
        ...


class Agent(Protocol):
    """A person who has taken the call."""

    @property
    def extension(self) -> str:
        """The agent's extension."""
        ...

    async def left(self) -> None:
        """Return when the conversation is over, whoever ended it."""
        ...


class Call(Protocol):
    """One caller on the line, from ringing to hang-up."""

    @property
    def info(self) -> CallInfo:
        """What was known when the phone rang."""
        ...

    async def answer(self) -> Media:
        """Pick up and open the audio. Raises CallGone, EngineUnavailable or EngineTimeout."""
        ...

    async def decline(self) -> None:
        """Give the call back to the dialplan, which queues it for the agents.

        From then on it is theirs: it is `gone`, and `hang_up` leaves it alone.
        """
        ...

    async def transfer(self, hand_over: HandOver) -> Agent:
        """Ring the queue's agents with music for the caller; returns when one has answered.

        From then on caller and agent hear each other and the media ends. Raises
        AgentUnavailable (the caller is back with us, music stopped) or CallGone. Cancelling it
        stops the ringing.
        """
        ...

    async def hang_up(self) -> None:
        """End the call and free all it holds; harmless when already ended, or ours no more."""
        ...

    async def gone(self) -> None:
        """Return when the caller has hung up, or the call goes on in the dialplan without us."""
        ...


class Exchange(Protocol):
    """The telephone exchange that our callers come through."""

    def calls(self) -> AsyncIterator[Call]:
        """Give each arriving call once; survives loss of the exchange's event socket."""
        ...

    async def is_healthy(self) -> bool:
        """Whether calls can arrive right now."""
        ...
