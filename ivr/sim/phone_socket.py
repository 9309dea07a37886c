"""A UDP socket whose packets are dated by the kernel, not by when we come to read them.

So it is read with the phone's own clock, every 20 ms: forty phones on one machine would else be
woken two thousand times a second.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Iterator
from typing import Final

_LARGEST: Final = 2048  # a 20 ms packet has 172 bytes
_TIMESTAMP: Final = 35  # SO_TIMESTAMPNS and its control message, asm-generic/socket.h
_TIMESPEC: Final = struct.Struct("@ll")


class SoundSocket:
    """Sends and receives one call's packets; closed with the call."""

    def __init__(self, host: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)
        self._socket.bind((host, 0))
        self._loop = asyncio.get_running_loop()
        self._is_open = True

    @property
    def port(self) -> int:
        """Where the other side is to send its sound."""
        return int(self._socket.getsockname()[1])

    def send(self, packet: bytes, peer: tuple[str, int]) -> None:
        """Send a packet; one that the network does not take is lost, as on any network."""
        if self._is_open:
            try:
                self._socket.sendto(packet, peer)
            except OSError:
                return

    def close(self) -> None:
        """Free the port; may be called again."""
        if self._is_open:
            self._is_open = False
            self._socket.close()

    def arrived(self) -> Iterator[tuple[bytes, float]]:
        """Give the packets since the last time, each with when it came on the loop's clock."""
        while self._is_open:
            try:
                packet, notes, _, _ = self._socket.recvmsg(_LARGEST, 64)
            except BlockingIOError:
                return
            except OSError:
                continue  # the other side has no such port yet: a note about a packet we sent
            yield packet, self._loop.time() - _age_s(notes)


def _age_s(notes: list[tuple[int, int, bytes]]) -> float:
    """Give how long ago a packet arrived; nothing where the kernel does not say."""
    for level, kind, content in notes:
        if level == socket.SOL_SOCKET and kind == _TIMESTAMP:
            seconds, nanoseconds = (int(part) for part in _TIMESPEC.unpack_from(content))
            return max(0.0, time.time() - (seconds + nanoseconds / 1e9))
    return 0.0
