"""How a phone behaves, and what its calls need of it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ivr.sim import phone_codec
from ivr.sim.phone_audio import Wire, perfect_wire
from ivr.sim.phone_room import QUIET_ROOM, Room
from ivr.sim.sip_messages import Message
from ivr.sim.sip_transactions import Address, SipSocket


class Pickup(StrEnum):
    """What a phone does when it rings."""

    ANSWER = "answer"
    RING = "ring"  # until the caller gives up, or until `PhoneCall.answer()`
    BUSY = "busy"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Line:
    """How a phone behaves; `payload` is 0 for µ-law, 8 for A-law, 9 for G.722."""

    host: str = "127.0.0.1"
    pickup: Pickup = Pickup.ANSWER
    payload: int = phone_codec.ULAW
    wire: Wire = perfect_wire
    caller_id: str = ""
    room: Room = QUIET_ROOM


class Handset(Protocol):
    """What a call needs of its phone."""

    line: Line
    registrar: Address
    contact: str
    sip: SipSocket

    def via(self) -> str:
        """Give a Via header of a new transaction."""
        ...

    def signed(self, request: Message, challenge: Message) -> Message:
        """Repeat a request with the phone's credentials."""
        ...

    def run(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something for as long as the phone is open."""
        ...
