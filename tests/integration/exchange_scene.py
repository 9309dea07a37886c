"""A hotline on a real Asterisk and a caller's phone, for the tests of the exchange."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ivr.domain import HandOver
from ivr.sim.phone import Phone
from ivr.sim.phone_call import PhoneCall
from ivr.telephony.exchange import AsteriskExchange
from ivr.telephony.exchange_call import AsteriskCall
from tests.asterisk import Lab
from tests.line_ends import hotline, pitch_hz

LONGEST_S = 60
"""A bound for what takes a second: a busy machine must not fail a test, a dead call must."""
HEARTBEAT_S = 1.0
"""A lease has three: a machine that stalls for a second or two must not lose a test its caller."""
QUEUES = {"service": {"ring_s": 1.5, "wait_s": 10}}
AGENTS = [
    {"extension": "6001", "name": "One"},
    {"extension": "6002", "name": "Two", "languages": ["en"]},
]
ASKED = HandOver("service", "asked for a person", ("查询余额, 已核实", "English: yes"))


@dataclass(frozen=True, slots=True)
class Scene:
    """A hotline with a caller's phone."""

    lab: Lab
    exchange: AsteriskExchange
    caller: Phone

    async def ring(self, number: str = "95000") -> tuple[PhoneCall, AsteriskCall]:
        """Place a call; gives both of its ends."""
        dialled = await self.caller.dial(number)
        return dialled, await anext(aiter(self.exchange.calls()))

    async def talk(self, number: str = "95000") -> tuple[PhoneCall, AsteriskCall]:
        """Place a call and answer it."""
        dialled, call = await self.ring(number)
        await call.answer()
        await dialled.answered()
        return dialled, call

    async def is_empty(self) -> bool:
        """Return once Asterisk holds no channel and no bridge, and we hold no call."""
        client = self.exchange._ari  # counts what no promise shows
        async with asyncio.timeout(LONGEST_S / 2):
            while await client.channels() or await client.bridges() or self.exchange.calls_held:
                await client.ping()
        return not self.exchange._desk.watches


@asynccontextmanager
async def a_scene(lab: Lab, **telephony: object) -> AsyncIterator[Scene]:
    """Connect a controller and register a caller's phone."""
    async with (
        asyncio.timeout(LONGEST_S),
        hotline(lab, **telephony) as exchange,
        lab.phone("7001") as caller,
    ):
        yield Scene(lab, exchange, caller)


async def hears(call: PhoneCall, hz: float) -> None:
    """Wait until a tone of this pitch is heard."""
    async with asyncio.timeout(LONGEST_S / 2):
        while True:
            await call.audio.hears_sound(0.2)
            latest = call.audio.heard_pcm()[-1600:]
            if abs(latest).max() > 500 and abs(pitch_hz(latest) - hz) < 30:
                return
