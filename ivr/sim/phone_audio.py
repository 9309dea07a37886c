"""A phone's mouth and ear: RTP on an even 20 ms clock, both sides kept on one time line.

Time zero is the first tick, that is when the call was answered. What was sent in tick n lies at
sample 160 n of `said`; what arrived lies in `heard` where the phone would have played it: at the
time of arrival of its talk spurt's first packet plus its RTP timestamp. So `said` and `heard` can
be compared sample by sample, as the caller's own ear would.

A phone that shares its machine with the hotline is late itself at times. What arrives is therefore
dated by the kernel (`phone_socket`), so reading it late makes no gap; how late each frame was sent
is kept in `late_s`, so whoever measures can put the true time to a word.
"""

import asyncio
import random
import struct
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import log10
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ivr.domain import FRAME_BYTES, FRAME_S, FRAME_SAMPLES, SAMPLE_RATE_HZ
from ivr.sim import phone_codec
from ivr.sim.phone_room import QUIET_ROOM, Room
from ivr.sim.phone_socket import SoundSocket

AUDIBLE_DBFS: Final = -45.0
"""A frame louder than this counts as sound. Speech is near -20, comfort noise below -60."""

_KEYS: Final = "0123456789*#ABCD"
_KEY_FRAMES, _GAP_FRAMES = 5, 4
_REANCHOR_S: Final = 0.1
_SPURT_SAMPLES: Final = SAMPLE_RATE_HZ // 2  # a new talk spurt, not a hole in the one before
_LATE_TICKS: Final = 6
"""How much later a frame may arrive than the first one did before the ear takes it for missing.
More than _REANCHOR_S, or a stream that is late for good would sound like silence."""

Wire = Callable[[bytes], Iterable[float]]
"""What the network does to one RTP packet: a delay in seconds for every copy that arrives."""


def perfect_wire(_packet: bytes) -> Iterable[float]:
    """Deliver every packet once, at once."""
    return (0.0,)


def lossy_wire(loss: float, jitter_s: float, seed: int = 1) -> Wire:
    """Lose each packet with probability `loss`, delay the others by up to `jitter_s`."""
    chance = random.Random(seed)  # noqa: S311  # repeatable, no secret

    def wire(_packet: bytes) -> Iterable[float]:
        return () if chance.random() < loss else (chance.random() * jitter_s,)

    return wire


@dataclass(slots=True)
class _KeyPress:
    code: int
    frames_left: int = _KEY_FRAMES
    ends_left: int = 3
    started_at: int = 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    is_so: Callable[[], bool]
    ends_with_the_call: bool
    told: asyncio.Future[None]

    def is_over(self, is_call_over: bool) -> bool:
        return (is_call_over and self.ends_with_the_call) or self.is_so()


class PhoneAudio:
    """One call's RTP; call `send_to(…)` once the other side is known."""

    def __init__(self, wire: Wire = perfect_wire, room: Room = QUIET_ROOM) -> None:
        self.said = bytearray()
        """What the caller's mouth said."""
        self.sent = bytearray()
        """What the phone sent: the mouth in its room, with echo and noise."""
        self.heard = bytearray()
        self.late_s: list[float] = []
        """How late each frame left this phone, by its own fault."""
        self.levels_dbfs: list[float] = []
        self.packets_received = 0
        self._wire, self._room = wire, room
        self._codec = phone_codec.Codec()
        self._mouth: deque[bytes | _KeyPress] = deque()
        self._waiting: list[_Waiting] = []
        self._peer = ("127.0.0.1", 0)
        self._payload, self._event_payload = phone_codec.ULAW, 101
        self._ssrc = random.getrandbits(32)
        self._anchor: tuple[int, int, int] | None = None  # ssrc, rtp timestamp, sample
        self._next_stamp = 0
        self._zero = 0.0
        self._tick = self._sequence = 0
        self._is_over = False
        self._sound: SoundSocket | None = None

    # --- for tests, demo and bench -------------------------------------------------------

    @property
    def now_s(self) -> float:
        """Seconds since the call was answered, on the phone's clock."""
        return self._tick * FRAME_S

    def say(self, pcm: bytes) -> float:
        """Queue speech (s16le, 8 kHz); gives the second at which it starts to be sent."""
        starts_s = (self._tick + self._queued_frames()) * FRAME_S
        padded = pcm + bytes(-len(pcm) % FRAME_BYTES)
        for start in range(0, len(padded), FRAME_BYTES):
            self._mouth.append(padded[start : start + FRAME_BYTES])
        return starts_s

    def press(self, keys: str) -> None:
        """Queue key presses: 100 ms each, 80 ms apart (RFC 4733)."""
        for key in keys:
            self._mouth.append(_KeyPress(_KEYS.index(key)))
            self._mouth.extend([bytes(FRAME_BYTES)] * _GAP_FRAMES)

    def fall_silent(self) -> None:
        """Forget what was not sent yet."""
        self._mouth.clear()

    async def said_all(self) -> float:
        """Wait until all is sent or the call is over; gives the second of the last of it."""
        await self._until(lambda: not self._mouth)
        return self.now_s

    async def reaches(self, at_s: float) -> None:
        """Wait until the phone's clock shows so many seconds."""
        await self._until(lambda: self.now_s >= at_s)

    async def hears_sound(self, for_s: float = 0.1) -> float:
        """Wait until the other side has been audible for so long; gives the sound's start."""
        return await self._heard_for(for_s, audible=True)

    async def hears_silence(self, for_s: float = 0.5) -> float:
        """Wait until the other side has been silent for so long, or is gone; gives when."""
        return await self._heard_for(for_s, audible=False)

    def said_pcm(self) -> NDArray[np.int16]:
        """Give what was sent so far, one sample per 1/8000 s from the answer on."""
        return np.frombuffer(bytes(self.said), "<i2")

    def sent_pcm(self) -> NDArray[np.int16]:
        """Give what left the phone so far: `said_pcm` in its room."""
        return np.frombuffer(bytes(self.sent), "<i2")

    def heard_pcm(self) -> NDArray[np.int16]:
        """Give what was heard so far, as long as what was sent."""
        length = len(self.said)
        return np.frombuffer(bytes(self.heard[:length]).ljust(length, b"\0"), "<i2")

    # --- the clock -----------------------------------------------------------------------

    def send_through(self, sound: SoundSocket) -> None:
        """Take the socket that carries the sound."""
        self._sound = sound

    def send_to(self, peer: tuple[str, int], payload: int, event_payload: int) -> None:
        """Aim at the other side; may change in mid-call (re-INVITE)."""
        self._peer, self._payload, self._event_payload = peer, payload, event_payload

    async def run(self) -> None:
        """Send a frame every 20 ms and keep the time line, until `stop`."""
        loop = asyncio.get_running_loop()
        self._zero = loop.time()
        while not self._is_over:
            self.late_s.append(max(0.0, loop.time() - self._zero - self._tick * FRAME_S))
            self._send_frame()
            self._tick += 1
            self._take_what_arrived()
            self._note_level()
            self._tell_who_waits()
            await asyncio.sleep(max(0.0, self._zero + self._tick * FRAME_S - loop.time()))
        self._tell_who_waits()

    def stop(self) -> None:
        """The call is over: nothing more is said, and nobody waits for its end in vain."""
        self._is_over = True

    async def _until(self, is_so: Callable[[], bool], *, ends_with_the_call: bool = True) -> None:
        """Wait until something is so, asked once a tick: ten phones share a process."""
        waiting = _Waiting(is_so, ends_with_the_call, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._tell_who_waits()
        await waiting.told

    def _tell_who_waits(self) -> None:
        for each in self._waiting:
            if not each.told.done() and each.is_over(self._is_over):
                each.told.set_result(None)
        self._waiting = [each for each in self._waiting if not each.told.done()]

    def _send_frame(self) -> None:
        item = self._mouth[0] if self._mouth else None
        if isinstance(item, _KeyPress):
            self.said += bytes(FRAME_BYTES)
            self.sent += bytes(FRAME_BYTES)
            self._send_key(item)
            return
        frame = self._mouth.popleft() if item is not None else bytes(FRAME_BYTES)
        assert isinstance(frame, bytes)
        self.said += frame
        sent = self._room.around(frame, self._tick, self.heard)
        self.sent += sent
        self._send(self._payload, self._tick, self._codec.encode(sent, self._payload))

    def _send_key(self, press: _KeyPress) -> None:
        if press.frames_left == _KEY_FRAMES:
            press.started_at = self._tick
        held = (self._tick - press.started_at + 1) * FRAME_SAMPLES
        press.frames_left -= 1
        ends = press.frames_left <= 0
        for _ in range(3 if ends else 1):  # RFC 4733 2.5.1.4: the end is sent three times
            event = struct.pack("!BBH", press.code, 0x8A if ends else 0x0A, held)
            marker = 0x80 if press.started_at == self._tick else 0
            self._send(self._event_payload | marker, press.started_at, event)
        if ends:
            self._mouth.popleft()

    def _send(self, payload: int, tick: int, body: bytes) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        stamp = tick * FRAME_SAMPLES & 0xFFFFFFFF
        packet = struct.pack("!BBHII", 0x80, payload, self._sequence, stamp, self._ssrc) + body
        for delay_s in self._wire(packet):
            self._later(delay_s, self._put, packet)

    def _put(self, packet: bytes) -> None:
        if self._sound:
            self._sound.send(packet, self._peer)

    @staticmethod
    def _later(delay_s: float, act: Callable[[bytes], None], packet: bytes) -> None:
        if delay_s <= 0:
            act(packet)
        else:
            asyncio.get_running_loop().call_later(delay_s, act, packet)

    def _queued_frames(self) -> int:
        return sum(item.frames_left if isinstance(item, _KeyPress) else 1 for item in self._mouth)

    # --- the ear -------------------------------------------------------------------------

    def _take_what_arrived(self) -> None:
        for packet, at in self._sound.arrived() if self._sound else ():
            self.packet_arrived(packet, at)

    def packet_arrived(self, data: bytes, at: float) -> None:
        """Take a packet that reached this machine at a time of the loop's clock."""
        for delay_s in self._wire(data):
            self._later(delay_s, partial(self._hear, at + delay_s), data)

    def _hear(self, at: float, packet: bytes) -> None:
        if len(packet) <= 12 or not 0 < self._zero <= at:
            return
        _, kind, _, stamp, ssrc = struct.unpack_from("!BBHII", packet)
        if kind & 0x7F not in phone_codec.KNOWN:
            return
        self.packets_received += 1
        pcm = self._codec.decode(packet[12:], kind & 0x7F)
        start = 2 * self._place(ssrc, stamp, int((at - self._zero) * SAMPLE_RATE_HZ))
        self.heard.extend(bytes(max(0, start - len(self.heard))))
        self.heard[start : start + len(pcm)] = pcm
        self._next_stamp = (stamp + FRAME_SAMPLES) % 2**32

    def _place(self, ssrc: int, stamp: int, arrived: int) -> int:
        # After a silence Asterisk's timestamps are only as good as its clock in milliseconds.
        resumes = (stamp - self._next_stamp) % 2**32 in range(_SPURT_SAMPLES, 2**31)
        if self._anchor and self._anchor[0] == ssrc and not resumes:
            sample = self._anchor[2] + ((stamp - self._anchor[1] + 2**31) % 2**32 - 2**31)
            if abs(sample - arrived) <= _REANCHOR_S * SAMPLE_RATE_HZ:
                return max(0, sample)
        self._anchor = (ssrc, stamp, arrived)
        return max(0, arrived)

    def _note_level(self) -> None:
        """Judge the frame that must have arrived by now even on a busy machine."""
        start = (self._tick - 1 - _LATE_TICKS) * FRAME_BYTES
        self.levels_dbfs.append(level_dbfs(bytes(self.heard[max(0, start) : start + FRAME_BYTES])))

    async def _heard_for(self, for_s: float, *, audible: bool) -> float:
        frames = max(1, round(for_s / FRAME_S))
        begun = len(self.levels_dbfs)

        def lasted() -> bool:
            levels = self.levels_dbfs
            return len(levels) >= begun + frames and all(
                (level > AUDIBLE_DBFS) is audible for level in levels[-frames:]
            )

        await self._until(lasted, ends_with_the_call=not audible)
        return (len(self.levels_dbfs) - frames - _LATE_TICKS) * FRAME_S


def level_dbfs(pcm: bytes) -> float:
    """Loudness of s16le audio: 0 is a full-scale square wave, -120 is silence."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    power = float(samples @ samples) / max(1, samples.size)
    return 10 * log10(max(power, 1e-3) / 32768**2)
