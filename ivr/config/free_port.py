"""Ports that nobody uses, for a hotline beside others: in tests, demos, trials of flows."""

import itertools
import os
import socket
from typing import Final

_PORTS: Final = range(2_000, 10_000)
"""Below those that the kernel lends to clients (from 32768 on): between the choice of a port and
its use lies the start of a program, and any client of this machine could be lent it meanwhile."""
_numbers: Final = itertools.count(97 * os.getpid())
"""Processes side by side begin at different places, and none gives a port twice in a row."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Give a port of loopback that nobody uses right now, another one each time."""
    for number in itertools.islice(_numbers, len(_PORTS)):
        port = _PORTS[number % len(_PORTS)]
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port of {_PORTS.start}-{_PORTS.stop - 1} is free")
