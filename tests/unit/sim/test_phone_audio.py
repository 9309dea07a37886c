"""A phone's time line: what arrived lies where it belongs, whenever the phone came to read it."""

import asyncio
import socket
import struct
import time

import numpy as np
import pytest

from ivr.domain import FRAME_SAMPLES
from ivr.sim.phone_audio import PhoneAudio
from ivr.sim.phone_codec import ULAW, encode
from ivr.sim.phone_socket import SoundSocket

LOUD = encode(b"\x00\x20" * FRAME_SAMPLES, ULAW)


def packet(number: int, stamp: int) -> bytes:
    return struct.pack("!BBHII", 0x80, ULAW, number, stamp, 1) + LOUD


def sounding_at(audio: PhoneAudio) -> list[int]:
    samples = np.frombuffer(bytes(audio.heard), "<i2")
    return [int(at) for at in np.flatnonzero(np.diff(samples != 0, prepend=False))]


async def an_answered_phone() -> tuple[PhoneAudio, float]:
    audio = PhoneAudio()
    clock = asyncio.create_task(audio.run())
    await asyncio.sleep(0)
    zero = asyncio.get_running_loop().time()
    audio.stop()
    await clock
    return audio, zero


async def test_packets_that_are_read_late_make_no_gap() -> None:
    audio, zero = await an_answered_phone()

    for number in range(3):  # read at once, as after a stall, though they arrived 20 ms apart
        audio.packet_arrived(packet(number, 160 * number), zero + 1 + 0.02 * number)

    assert len(sounding_at(audio)) == 1


async def test_a_new_talk_spurt_lies_where_it_arrived() -> None:
    audio, zero = await an_answered_phone()

    audio.packet_arrived(packet(0, 0), zero + 1)
    audio.packet_arrived(packet(1, 8000 - 400), zero + 2)  # the sender's clock is 50 ms off

    begun = sounding_at(audio)
    assert abs(begun[2] - begun[0] - 8000) <= 8


async def test_a_packet_is_dated_by_when_it_arrived_and_not_by_when_it_was_read() -> None:
    loop = asyncio.get_running_loop()
    sound = SoundSocket("127.0.0.1")
    late_s = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(20):  # the kernel begins to date packets a moment after it was asked to
            sender.sendto(b"x", ("127.0.0.1", sound.port))
            sent_at = loop.time()
            time.sleep(0.05)  # noqa: ASYNC251  # the stall that must not count
            [(_, at)] = sound.arrived()
            late_s.append(at - sent_at)
            if late_s[-1] < 0.03:
                break
    sound.close()

    assert late_s[-1] < 0.03


@pytest.mark.looptime
async def test_whoever_waits_for_a_call_that_ends_does_not_wait_on() -> None:
    audio = PhoneAudio()
    clock = asyncio.create_task(audio.run())
    audio.say(bytes(320 * 1000))
    waiting = asyncio.create_task(audio.said_all())
    await asyncio.sleep(0)

    audio.stop()
    await asyncio.wait_for(waiting, 5)
    await clock

    assert audio.now_s < 1
