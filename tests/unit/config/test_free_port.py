"""A port that was chosen is still free when its program has started."""

import itertools
import socket
from pathlib import Path

import pytest

from ivr.config import free_port as ports
from ivr.config.free_port import free_port


def test_no_client_of_this_machine_is_lent_it_meanwhile() -> None:
    lent = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()

    assert free_port() < int(lent[0])


def test_two_that_are_asked_for_are_not_the_same() -> None:
    assert len({free_port() for _ in range(20)}) == 20


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_one_that_is_in_use_is_not_given(
    kind: socket.SocketKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = free_port(kind)
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", taken))
        monkeypatch.setattr(ports, "_numbers", itertools.count(taken - ports._PORTS.start))

        given = free_port(kind)

    assert given != taken
