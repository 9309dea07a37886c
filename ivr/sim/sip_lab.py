"""A hotline of one's own: free ports on loopback and a private folder, for tests and demos."""

import socket
from pathlib import Path

from ivr.config.free_port import free_port
from ivr.config.settings import Recording, Settings
from ivr.config.telephony import Telephony


def lab_settings(folder: Path, **telephony: object) -> Settings:
    """Give settings that cannot get in anybody's way; `telephony` overrides its section.

    RTP ports are a slice of 400 that is free now; two hotlines at once get different slices.
    """
    section = {
        "ari_url": f"http://127.0.0.1:{free_port()}",
        "sip_port": free_port(socket.SOCK_DGRAM),
        "audiosocket_port": free_port(),
        "rtp_ports": _free_slice(),
        "ari_password_file": folder / "secrets" / "ari",
    }
    return Settings(
        state_dir=folder,
        telephony=Telephony.model_validate(section | telephony),
        recording=Recording(directory=folder / "recordings"),
    )


def _free_slice(length: int = 400) -> tuple[int, int]:
    """Give a slice below the kernel's ephemeral ports, so that no client socket lands in it."""
    start = 10000 + free_port(socket.SOCK_DGRAM) * 7919 % 55 * length
    return start, start + length - 2
