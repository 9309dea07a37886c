"""One call of a phone: its SIP dialog and its audio."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import Final

from ivr.errors import EngineTimeout, TelephonyError
from ivr.sim.phone_audio import PhoneAudio
from ivr.sim.phone_line import Handset
from ivr.sim.phone_socket import SoundSocket
from ivr.sim.sip_messages import (
    Header,
    Message,
    Sdp,
    address,
    parse_sdp,
    respond,
)
from ivr.sim.sip_transactions import T1_S, Address

_REPEATS: Final = 7


class Refused(TelephonyError):
    """The other side did not take the call; `status` is SIP's (486 busy, 480 nobody, …)."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"the call was refused with status {status}")


class PhoneCall:
    """From dialling or ringing to hang-up."""

    def __init__(self, phone: Handset, call_id: str, audio: PhoneAudio, port: int) -> None:
        self.phone, self.call_id, self.audio = phone, call_id, audio
        self.tag = secrets.token_hex(6)
        self.invite: Message | None = None
        self.status = 0
        self.rang_at: float | None = None
        self.answered_at: float | None = None
        self.ended_by_us = False
        self._port = port
        self._final = asyncio.Event()
        self._ended = asyncio.Event()
        self._acknowledged = asyncio.Event()
        self._sound: SoundSocket | None = None
        self._target, self._peer = "", phone.registrar
        self._local, self._remote = "", ""
        self._cseq = 100
        self._incoming = False

    @classmethod
    async def open(cls, phone: Handset, call_id: str) -> PhoneCall:
        """Open the audio socket of a new call."""
        audio = PhoneAudio(phone.line.wire, phone.line.room)
        sound = SoundSocket(phone.line.host)
        audio.send_through(sound)
        call = cls(phone, call_id, audio, sound.port)
        call._sound = sound
        return call

    def header(self, name: str) -> str:
        """Give a header of the INVITE that made this phone ring, "" when absent."""
        return self.invite.get(name) if self.invite else ""

    @property
    def is_up(self) -> bool:
        """Whether both sides can talk."""
        return self.answered_at is not None and not self._ended.is_set()

    async def answered(self) -> None:
        """Wait until the other side picks up; raises Refused."""
        await self._final.wait()
        if self.answered_at is None:
            raise Refused(self.status)

    async def ended(self) -> None:
        """Wait until somebody has hung up, or the call was refused."""
        await self._ended.wait()

    # --- placing -------------------------------------------------------------------------

    def offer(self) -> Sdp:
        """Say where we want audio and in which code."""
        return Sdp(self.phone.line.host, self._port, (self.phone.line.payload,))

    async def place(self, invite: Message) -> None:
        """Run the INVITE to its end."""
        if self._gave_up():
            return
        try:
            response = await self._invite(invite)
            if response.status in (401, 407):
                self._acknowledge_refusal(self.invite or invite, response)
                if self._gave_up():  # no CANCEL reaches an INVITE that was challenged
                    self._end()
                    return
                response = await self._invite(self.phone.signed(invite, response))
        except EngineTimeout:
            self.status = 408
            self._end()
            return
        self.status = response.status
        if response.status >= 300:
            self._acknowledge_refusal(self.invite or invite, response)
            self._end()
            return
        self._local, self._remote = invite.get("From"), response.get("To")
        self._target = address(response.get("Contact"))
        self._cseq = int(response.get("CSeq").split()[0])
        self.phone.sip.send(self._in_dialog("ACK", self._cseq), self._peer)
        self._start(parse_sdp(response.body))

    def _gave_up(self) -> bool:
        return self.ended_by_us

    async def _invite(self, invite: Message) -> Message:
        self.invite = invite
        response = None
        async for response in self.phone.sip.responses(invite, self._peer):
            if response.status == 180 and self.rang_at is None:
                self.rang_at = asyncio.get_running_loop().time()
        assert response is not None
        return response

    def _acknowledge_refusal(self, invite: Message, response: Message) -> None:
        number = invite.get("CSeq").split()[0]
        swaps = {"CSeq": f"{number} ACK", "To": response.get("To")}
        self.phone.sip.send(_companion(invite, "ACK", swaps), self._peer)

    # --- taking --------------------------------------------------------------------------

    def ring(self, invite: Message, peer: Address) -> None:
        """Say that the phone rings."""
        self.invite, self._peer, self._incoming = invite, peer, True
        self.rang_at = asyncio.get_running_loop().time()
        self._local = f"{invite.get('To')};tag={self.tag}"
        self._remote = invite.get("From")
        self._target = address(invite.get("Contact"))
        self._reply(invite, 180, "Ringing")

    def answer(self) -> None:
        """Pick up."""
        assert self.invite
        if self._final.is_set():
            return
        theirs = parse_sdp(self.invite.body)
        self.status = 200
        self._start(theirs)
        self.phone.run(self._repeat_answer(self.invite))

    def decline(self, status: int = 603) -> None:
        """Refuse while it rings (603 decline, 486 busy)."""
        assert self.invite
        self.status = status
        self._reply(self.invite, status, "Refused")
        self._end()

    async def _repeat_answer(self, invite: Message) -> None:
        interval_s = T1_S
        for _ in range(_REPEATS):  # RFC 3261 13.3.1.4: until the ACK arrives
            self._answer_with_sdp(invite)
            with suppress(TimeoutError):
                async with asyncio.timeout(interval_s):
                    await self._acknowledged.wait()
                    return
            interval_s = min(2 * interval_s, 4.0)

    def _answer_with_sdp(self, request: Message) -> None:
        ours = self._codec(parse_sdp(request.body)) if request.body else None
        sdp = replace(self.offer(), payloads=(ours,)) if ours is not None else self.offer()
        extra: tuple[Header, ...] = (
            ("Contact", f"<{self.phone.contact}>"),
            ("Content-Type", "application/sdp"),
        )
        reply = respond(request, 200, "OK", self.tag, *extra)
        self.phone.sip.send(replace(reply, body=str(sdp)), self._peer)

    # --- in the call ---------------------------------------------------------------------

    async def hang_up(self) -> None:
        """End it in whatever state it is: CANCEL, refuse or BYE."""
        if self._ended.is_set():
            return
        self.ended_by_us = True
        if self.answered_at is not None:
            await self._say_bye()
        elif self._incoming:
            self.decline()
        elif self.invite:
            number = self.invite.get("CSeq").split()[0]
            cancel = _companion(self.invite, "CANCEL", {"CSeq": f"{number} CANCEL"})
            await self.phone.sip.final(cancel, self._peer)
            await self._final.wait()
            if self.is_up:  # answer and CANCEL crossed (RFC 3261 9.1)
                await self._say_bye()
        else:
            self._end()

    async def _say_bye(self) -> None:
        self._cseq += 1
        bye = self._in_dialog("BYE", self._cseq)
        self._end()
        with suppress(EngineTimeout):
            await self.phone.sip.final(bye, self._peer)

    def on_request(self, request: Message, peer: Address) -> None:
        """Answer what the other side wants within this call."""
        self._peer = peer
        match request.method:
            case "ACK":
                self._acknowledged.set()
            case "BYE":
                self._reply(request, 200, "OK")
                self._end()
            case "CANCEL":
                self._cancelled(request)
            case "INVITE" if self.is_up:
                if request.body:
                    self._aim(parse_sdp(request.body))
                self._answer_with_sdp(request)
            case "INVITE":
                self._reply(request, 180, "Ringing")
            case _:
                self._reply(request, 200, "OK")

    def _cancelled(self, request: Message) -> None:
        self._reply(request, 200, "OK")
        if not self._final.is_set() and self.invite:
            self.status = 487
            self._reply(self.invite, 487, "Request Terminated")
            self._end()

    def close(self) -> None:
        """Free the sockets."""
        self._end()

    def _start(self, theirs: Sdp) -> None:
        self._aim(theirs)
        self.answered_at = asyncio.get_running_loop().time()
        self.phone.run(self.audio.run())
        self._final.set()

    def _aim(self, theirs: Sdp) -> None:
        self.audio.send_to((theirs.host, theirs.port), self._codec(theirs), theirs.event_payload)

    def _codec(self, theirs: Sdp) -> int:
        wanted = self.phone.line.payload
        return wanted if wanted in theirs.payloads else theirs.payloads[0]

    def _end(self) -> None:
        self._final.set()
        self._ended.set()
        self._acknowledged.set()
        self.audio.stop()
        if self._sound:
            self._sound.close()

    def _reply(self, request: Message, status: int, reason: str) -> None:
        self.phone.sip.send(respond(request, status, reason, self.tag), self._peer)

    def _in_dialog(self, method: str, number: int) -> Message:
        headers: tuple[Header, ...] = (
            ("Via", self.phone.via()),
            ("Max-Forwards", "70"),
            ("From", self._local),
            ("To", self._remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            ("Contact", f"<{self.phone.contact}>"),
        )
        return Message(f"{method} {self._target} SIP/2.0", headers)


def _companion(invite: Message, method: str, swaps: dict[str, str]) -> Message:
    """Build the ACK or CANCEL that belongs to an INVITE's transaction (same Via)."""
    kept = ("Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq")
    headers = tuple(
        (name, swaps.get(name, value)) for name, value in invite.headers if name in kept
    )
    return Message(invite.start.replace("INVITE", method, 1), headers)
