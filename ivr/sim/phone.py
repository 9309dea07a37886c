"""A SIP phone for scripts: places and takes calls, speaks, presses keys, listens.

    async with phone("7001", password, registrar=("127.0.0.1", 5060)) as caller:
        call = await caller.call("95001")
        await call.audio.hears_sound()
        call.audio.say(pcm)
        await call.ended()

Everything on loopback and UDP; G.711 only. Times are seconds on the call's own 20 ms clock,
which starts when the call is answered (`ivr.sim.phone_audio`).
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace

from ivr.errors import EngineRejected
from ivr.sim.phone_call import PhoneCall
from ivr.sim.phone_line import Line, Pickup
from ivr.sim.sip_messages import (
    Credentials,
    Header,
    Message,
    new_branch,
    respond,
)
from ivr.sim.sip_transactions import Address, SipSocket
from ivr.telephony.scope import task_scope


class Phone:
    """A registered phone; made by `phone(…)`."""

    def __init__(
        self, who: Credentials, registrar: Address, line: Line, tasks: asyncio.TaskGroup
    ) -> None:
        self.who, self.registrar, self.line = who, registrar, line
        self.calls: dict[str, PhoneCall] = {}
        self.sip = SipSocket(self._on_request)
        self.contact = ""
        self.is_registered = False
        self._tasks = tasks
        self._ringing: asyncio.Queue[PhoneCall] = asyncio.Queue(64)
        self._cseq = 0

    async def call(self, number: str, *headers: Header) -> PhoneCall:
        """Dial and wait until answered; raises `phone_call.Refused`."""
        call = await self.dial(number, *headers)
        await call.answered()
        return call

    async def dial(self, number: str, *headers: Header) -> PhoneCall:
        """Start to dial; the call may still be ringing, or refused."""
        call = await self._new_call()
        self.calls[call.call_id] = call
        self._tasks.create_task(self._invite(call, number, headers))
        return call

    async def rings(self) -> PhoneCall:
        """Wait for the next incoming call; its headers are in `call.invite`."""
        return await self._ringing.get()

    async def register(self, expires_s: int = 300) -> None:
        """Tell the exchange where we are; 0 signs off. Raises EngineRejected."""
        uri = f"sip:{self.registrar[0]}:{self.registrar[1]}"
        who = f"<sip:{self.who.user}@{self.registrar[0]}>"
        request = self.request(
            "REGISTER",
            uri,
            (("To", who), ("Contact", f"<{self.contact}>"), ("Expires", str(expires_s))),
        )
        response = await self.authorized(request)
        if response.status != 200:
            raise EngineRejected("phone", f"registration of {self.who.user}: {response.start}")
        self.is_registered = expires_s > 0

    def request(
        self, method: str, uri: str, headers: tuple[Header, ...], body: str = ""
    ) -> Message:
        """Build a request outside of any dialog."""
        self._cseq += 1
        common: tuple[Header, ...] = (
            ("Via", self.via()),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{self.who.user}@{self.registrar[0]}>;tag=t{id(self):x}"),
            ("CSeq", f"{self._cseq} {method}"),
            ("Call-ID", f"{new_branch()[7:]}@{self.line.host}"),
        )
        own = {name.lower() for name, _ in headers}
        kept = tuple(header for header in common if header[0].lower() not in own)
        return Message(f"{method} {uri} SIP/2.0", kept + headers, body)

    def via(self) -> str:
        """Give a Via header of a new transaction."""
        return f"SIP/2.0/UDP {self.contact.partition('@')[2]};branch={new_branch()};rport"

    async def authorized(self, request: Message) -> Message:
        """Send a request, answer the challenge if there is one, give the final response."""
        response = await self.sip.final(request, self.registrar)
        if response.status not in (401, 407):
            return response
        return await self.sip.final(self.signed(request, response), self.registrar)

    def signed(self, request: Message, challenge: Message) -> Message:
        """Repeat a request with our credentials, in a new transaction."""
        proxy = challenge.status == 407
        given = challenge.get("Proxy-Authenticate" if proxy else "WWW-Authenticate")
        uri = request.start.split()[1]
        proof = self.who.authorize(given, request.method, uri)
        number, method = request.get("CSeq").split()
        self._cseq = max(self._cseq, int(number) + 1)
        fresh = {"Via": self.via(), "CSeq": f"{int(number) + 1} {method}"}
        headers = tuple((name, fresh.get(name, value)) for name, value in request.headers)
        name = "Proxy-Authorization" if proxy else "Authorization"
        return replace(request, headers=(*headers, (name, proof)))

    # --- calls ---------------------------------------------------------------------------

    async def _new_call(self, call_id: str = "") -> PhoneCall:
        return await PhoneCall.open(self, call_id or f"{new_branch()[7:]}@{self.line.host}")

    async def _invite(self, call: PhoneCall, number: str, more: tuple[Header, ...]) -> None:
        uri = f"sip:{number}@{self.registrar[0]}:{self.registrar[1]}"
        headers: tuple[Header, ...] = (
            ("From", f"{self._name()}<sip:{self.who.user}@{self.registrar[0]}>;tag={call.tag}"),
            ("To", f"<{uri}>"),
            ("Call-ID", call.call_id),
            ("Contact", f"<{self.contact}>"),
            ("Content-Type", "application/sdp"),
            *more,
        )
        invite = self.request("INVITE", uri, headers, str(call.offer()))
        await call.place(invite)

    def _name(self) -> str:
        return f'"{self.line.caller_id}" ' if self.line.caller_id else ""

    def _on_request(self, request: Message, peer: Address) -> None:
        call = self.calls.get(request.get("Call-ID"))
        if call:
            call.on_request(request, peer)
        elif request.method == "INVITE":
            self._tasks.create_task(self._take(request, peer))
        elif request.method != "ACK":
            known = request.method in ("OPTIONS", "NOTIFY")
            status = (200, "OK") if known else (481, "No such call")
            self.sip.send(respond(request, *status, "none"), peer)

    async def _take(self, invite: Message, peer: Address) -> None:
        refusals = {Pickup.BUSY: (486, "Busy Here"), Pickup.DECLINE: (603, "Decline")}
        if refusal := refusals.get(self.line.pickup):
            self.sip.send(respond(invite, *refusal, "refused"), peer)
            return
        call = await self._new_call(invite.get("Call-ID"))
        self.calls[call.call_id] = call
        call.ring(invite, peer)
        if self.line.pickup is Pickup.ANSWER:
            call.answer()
        self._ringing.put_nowait(call)

    def run(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run something for as long as the phone is open."""
        return self._tasks.create_task(work)


@asynccontextmanager
async def phone(
    extension: str,
    password: str,
    registrar: Address,
    line: Line | None = None,
    *,
    register: bool = True,
) -> AsyncIterator[Phone]:
    """Open a phone for the length of the block; on leaving it hangs up and signs off."""
    line = line or Line()
    loop = asyncio.get_running_loop()
    async with task_scope() as tasks:
        made = Phone(Credentials(extension, password), registrar, line, tasks)
        transport, _ = await loop.create_datagram_endpoint(
            lambda: made.sip, local_addr=(line.host, 0)
        )
        port = transport.get_extra_info("sockname")[1]
        made.contact = f"sip:{extension}@{line.host}:{port}"
        try:
            if register:
                await made.register()
            yield made
            await _leave(made)
        finally:
            for call in made.calls.values():
                call.close()
            transport.close()


async def _leave(made: Phone) -> None:
    for call in list(made.calls.values()):
        await call.hang_up()
    if made.is_registered:
        await made.register(expires_s=0)
