"""Both ends of a line for contract tests: the hotline's `Call` and a caller, on every maker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ivr.domain import SAMPLE_RATE_HZ
from ivr.sim.line import SimCaller, SimExchange
from ivr.sim.phone_call import PhoneCall
from ivr.telephony import Call, Media
from ivr.telephony.exchange import AsteriskExchange, connected
from tests.asterisk import Lab


class CallerEnd(Protocol):
    """What a test can do as the caller."""

    def say(self, pcm: bytes) -> None:
        """Speak."""
        ...

    def press(self, keys: str) -> None:
        """Press keys."""
        ...

    async def hang_up(self) -> None:
        """Leave."""
        ...

    def heard(self) -> NDArray[np.int16]:
        """Give all that the hotline has sounded so far, from the answer on."""
        ...


@dataclass(frozen=True, slots=True)
class SimEnd:
    """A caller on the line in memory."""

    caller: SimCaller

    def say(self, pcm: bytes) -> None:
        self.caller.say(pcm)

    def press(self, keys: str) -> None:
        self.caller.press(keys)

    async def hang_up(self) -> None:
        self.caller.hang_up()

    def heard(self) -> NDArray[np.int16]:
        return np.frombuffer(b"".join(self.caller.heard), "<i2")


@dataclass(frozen=True, slots=True)
class PhoneEnd:
    """A SIP phone on a real Asterisk."""

    call: PhoneCall

    def say(self, pcm: bytes) -> None:
        self.call.audio.say(pcm)

    def press(self, keys: str) -> None:
        self.call.audio.press(keys)

    async def hang_up(self) -> None:
        await self.call.hang_up()

    def heard(self) -> NDArray[np.int16]:
        return self.call.audio.heard_pcm()


@dataclass(frozen=True, slots=True)
class Line:
    """A call that was answered."""

    call: Call
    media: Media
    caller: CallerEnd


@asynccontextmanager
async def sim_line() -> AsyncIterator[Line]:
    """Give an answered call in memory."""
    exchange = SimExchange()
    exchange.answer_s = 0.0
    caller = exchange.ring().caller
    call = await anext(aiter(exchange.calls()))
    yield Line(call, await call.answer(), SimEnd(caller))
    await call.hang_up()


@asynccontextmanager
async def hotline(lab: Lab, **telephony: object) -> AsyncIterator[AsteriskExchange]:
    """Give an exchange on this Asterisk; `telephony` overrides its settings."""
    changed = lab.settings.telephony.model_copy(update=telephony)
    settings = lab.settings.model_copy(update={"telephony": changed})
    async with connected(settings, lambda number: f"key-of-{number}") as exchange:
        yield exchange


@asynccontextmanager
async def asterisk_line(lab: Lab, media: str) -> AsyncIterator[Line]:
    """Give an answered call on a real Asterisk."""
    async with hotline(lab, media=media) as exchange, lab.phone() as phone:
        dialled = await phone.dial("95000")
        call = await anext(aiter(exchange.calls()))
        opened = await call.answer()
        await dialled.answered()
        yield Line(call, opened, PhoneEnd(dialled))
        await call.hang_up()
        await dialled.ended()


def tone(hz: float, seconds: float, level: int = 8000) -> bytes:
    """Give a sine, s16le at 8 kHz."""
    time_s = np.arange(round(SAMPLE_RATE_HZ * seconds)) / SAMPLE_RATE_HZ
    return (level * np.sin(2 * np.pi * hz * time_s)).astype("<i2").tobytes()


def sounding_s(pcm: NDArray[np.int16], threshold: int = 500) -> float:
    """Give the seconds in which something sounds, in steps of 5 ms."""
    whole = pcm[: len(pcm) - len(pcm) % 40].astype(np.int32).reshape(-1, 40)
    return float(np.count_nonzero(np.abs(whole).max(axis=1) > threshold) * 0.005)


def pitch_hz(pcm: NDArray[np.int16]) -> float:
    """Give the strongest frequency of the part that sounds."""
    sounds = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 500)
    pcm = pcm[sounds[0] : sounds[-1] + 1]
    spectrum = np.abs(np.fft.rfft(pcm.astype(np.float64)))
    return float(np.argmax(spectrum) / len(pcm) * SAMPLE_RATE_HZ)


def recordings(folder: Path) -> list[str]:
    """Give the names of what is in a folder of recordings."""
    return sorted(file.name for file in folder.iterdir())


async def within(seconds: float, waiting: asyncio.Event) -> None:
    """Wait for an event, not for ever."""
    async with asyncio.timeout(seconds):
        await waiting.wait()
