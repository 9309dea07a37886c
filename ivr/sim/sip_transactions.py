"""SIP over UDP: requests that are repeated until answered, answers that are found again.

RFC 3261 17: a request is sent again after T1, 2 T1, 4 T1 … until a response comes; responses are
matched by the Via branch and the method.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final, cast

from ivr.errors import EngineTimeout
from ivr.sim.sip_messages import Message, parse

T1_S: Final = 0.5
GIVE_UP_S: Final = 16.0

Address = tuple[str, int]


class SipSocket(asyncio.DatagramProtocol):
    """A UDP socket that speaks SIP; requests of others go to `on_request`."""

    def __init__(self, on_request: Callable[[Message, Address], None]) -> None:
        self._on_request = on_request
        self._pending: dict[tuple[str, str], asyncio.Queue[Message]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Hand a response to its request, a request to the phone."""
        message = parse(data)
        if message is None:
            return
        if not message.is_response:
            self._on_request(message, addr)
        elif waiting := self._pending.get((message.branch, message.method)):
            waiting.put_nowait(message)

    def send(self, message: Message, to: Address) -> None:
        """Send once."""
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(bytes(message), to)

    async def responses(self, request: Message, to: Address) -> AsyncIterator[Message]:
        """Send a request until answered; give every response, the final one last.

        Raises EngineTimeout when nobody answers for GIVE_UP_S.
        """
        key = (request.branch, request.method)
        waiting: asyncio.Queue[Message] = asyncio.Queue(64)
        self._pending[key] = waiting
        try:
            response = await self._first(request, to, waiting)
            while response.status < 200:
                yield response
                response = await waiting.get()
            yield response
        finally:
            del self._pending[key]

    async def final(self, request: Message, to: Address) -> Message:
        """Send a request and give its final response."""
        final = None
        async for response in self.responses(request, to):
            final = response
        assert final is not None
        return final

    async def _first(
        self, request: Message, to: Address, waiting: asyncio.Queue[Message]
    ) -> Message:
        interval_s, waited_s = T1_S, 0.0
        while waited_s < GIVE_UP_S:
            self.send(request, to)
            try:
                async with asyncio.timeout(interval_s):
                    return await waiting.get()
            except TimeoutError:
                waited_s += interval_s
                interval_s *= 2
        raise EngineTimeout("phone", f"no answer to {request.method} in {GIVE_UP_S:.0f} s")
