"""Asterisk as our child: render its configuration, start it, know when it dies, stop it.

It gets a session of its own: Ctrl-C must reach us first, so that calls are drained, and callers
must survive our death (the dialplan takes them to the agents). Whoever starts next therefore
finds a living Asterisk of ours and adopts it instead of stumbling over its ports. For the same
reason our orderly end leaves it alone while it carries calls: it ends after the last of them.

Runs under its own command line too: `python -m ivr.telephony.asterisk`.
"""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ivr import log
from ivr.config import Settings, load_settings
from ivr.errors import ConfigError, EngineUnavailable
from ivr.telephony.asterisk_binary import Binary, find
from ivr.telephony.asterisk_config import Folders, ari_access, fingerprint, render
from ivr.telephony.unprivileged import Account, account_for, give_to

START_S = 20.0
"""Measured 0.3 s on two quiet cores; a loaded machine may take long, but not for ever."""
STOP_S = 5.0

_STARTED_WITH = "started-with"  # the fingerprint of its configuration, beside its process id

_log = log.get(__name__)


class Asterisk:
    """A living Asterisk; `died()` tells when it is no more."""

    def __init__(
        self, pid: int, folders: Folders, child: "subprocess.Popen[bytes] | None" = None
    ) -> None:
        self.pid, self.folders, self._child = pid, folders, child
        self._gone = asyncio.Event()
        self._handle = os.pidfd_open(pid)
        asyncio.get_running_loop().add_reader(self._handle, self._note_end)

    async def died(self) -> None:
        """Return when the process has ended, for whatever reason."""
        await self._gone.wait()

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return not self._gone.is_set()

    async def stop(self) -> None:
        """End it: politely first, by force after STOP_S."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self._gone.is_set():
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await self.died()

    @property
    def adopted(self) -> bool:
        """Whether another process of ours, now dead, has started it."""
        return self._child is None

    @property
    def returncode(self) -> int | None:
        """Its exit status, None while it runs or when it is not our child."""
        return self._child.poll() if self._child else None

    def release(self) -> None:
        """Stop watching it."""
        if not self._gone.is_set():
            asyncio.get_running_loop().remove_reader(self._handle)
            os.close(self._handle)
            self._handle = -1
            if self._child:
                self._child.returncode = 0  # or Popen warns of what we mean: it lives on alone

    def _note_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        os.close(self._handle)
        if self._child:
            self._child.wait()  # it has ended: this only takes it off the process table
        self._gone.set()


@asynccontextmanager
async def running(settings: Settings, binary: Binary | None = None) -> AsyncIterator[Asterisk]:
    """Keep Asterisk running for the length of the block.

    Raises ConfigError when there is no usable binary or a port is taken, EngineUnavailable when
    it does not come up (the message quotes its last words). What happens if it dies later is
    the block's business: see `Asterisk.died`.
    """
    binary = binary or find(settings.telephony.asterisk)
    folders = Folders(settings.state_dir.absolute() / "asterisk")
    render(settings, binary, folders)
    living = await _adopted(binary, folders)
    if living is None:
        _require_free_ports(settings)
        living = await _start(binary, folders, _account(settings, binary, folders))
        (folders.run / _STARTED_WITH).write_text(fingerprint(folders), "ascii")
    try:
        yield living
    finally:
        try:
            await _retire(living, binary)
        finally:
            living.release()


async def _adopted(binary: Binary, folders: Folders) -> Asterisk | None:
    """Give an Asterisk of ours that lives, with today's configuration; None when there is none.

    One with another configuration is ended, unless it carries calls: then it learns what can be
    learned without an end (phones, trunks, numbers, queues), and the rest at the next start.
    """
    leftover = _leftover(folders)
    if leftover is None:
        return None
    is_other = _started_with(folders) != fingerprint(folders)
    if is_other:
        channels = await _channels(leftover, binary)
        if not channels:
            await leftover.stop()
            leftover.release()
            return None
        _log.warning("asterisk_keeps_its_calls", channels=channels, ports="as they were")
        await _command(binary, folders, "core reload")
    _log.warning("asterisk_adopted", pid=leftover.pid)
    await _command(binary, folders, "core abort shutdown")  # it may be about to end
    return leftover


async def _retire(asterisk: Asterisk, binary: Binary) -> None:
    """End it, but not the calls that it carries: they may be people who talk to each other."""
    channels = await _channels(asterisk, binary)
    if not channels:
        await asterisk.stop()
        return
    _log.warning("asterisk_left_to_its_calls", pid=asterisk.pid, channels=channels)
    await _command(binary, asterisk.folders, "core stop gracefully")


async def _channels(asterisk: Asterisk, binary: Binary) -> int:
    """Count what it carries; 0 for one that is dead or does not answer."""
    told = await _command(binary, asterisk.folders, "core show channels count")
    found = re.search(r"(\d+) active channel", told)
    return int(found[1]) if found and asterisk.is_alive else 0


async def _command(binary: Binary, folders: Folders, line: str) -> str:
    """Give what Asterisk's own console prints for a command, "" when it says nothing in time."""
    console = await asyncio.create_subprocess_exec(
        *(*binary.command, "-C", str(folders.etc / "asterisk.conf"), "-rx", line),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        output, _ = await asyncio.wait_for(console.communicate(), STOP_S)
    except TimeoutError:  # "core stop gracefully" prints nothing until the last call is over
        console.kill()
        await console.wait()
        return ""
    return output.decode("utf-8", "replace")


def _started_with(folders: Folders) -> str:
    try:
        return (folders.run / _STARTED_WITH).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _leftover(folders: Folders) -> Asterisk | None:
    try:
        pid = int((folders.run / "asterisk.pid").read_text())
        command = Path(f"/proc/{pid}/cmdline").read_text()
        ours = str(folders.etc / "asterisk.conf") in command.split("\0")
        return Asterisk(pid, folders) if ours else None
    except (OSError, ValueError):  # dead, perhaps this very moment
        return None


def _require_free_ports(settings: Settings) -> None:
    telephony, ari = settings.telephony, ari_access(settings)
    _require_free(socket.SOCK_DGRAM, telephony.sip_host, telephony.sip_port, "telephony.sip_port")
    _require_free(socket.SOCK_STREAM, ari.host, ari.port, "telephony.ari_url")


def _require_free(kind: socket.SocketKind, host: str, port: int, setting: str) -> None:
    protocol = "udp" if kind == socket.SOCK_DGRAM else "tcp"
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            problem = f"port {port}/{protocol} on {host} cannot be had ({error.strerror})."
            remedy = f"Stop what uses it (`ss -lnp | grep :{port}`) or change {setting}."
            raise ConfigError(problem, remedy) from error


def _account(settings: Settings, binary: Binary, folders: Folders) -> Account | None:
    recordings = settings.recording.directory.absolute()
    account = account_for(folders.root, recordings, binary.modules)
    if account:
        give_to(account, folders.root, recordings)
    elif os.geteuid() == 0:
        _log.warning("asterisk_runs_as_root", reason="its folders lie in one only root may enter")
    return account


async def _start(binary: Binary, folders: Folders, account: Account | None) -> Asterisk:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ready:
        ready.bind("")  # an abstract name of the kernel's choice: no path, no length limit
        asterisk = _spawn(binary, folders, account, "@" + ready.getsockname()[1:].decode())
        try:
            await _until_ready(ready, asterisk)
        except EngineUnavailable as error:
            await asterisk.stop()
            words = _last(folders.log / "console")
            raise EngineUnavailable("asterisk", f"{error.problem}: {words}") from error
        except BaseException:
            await asterisk.stop()
            raise
    return asterisk


def _spawn(
    binary: Binary, folders: Folders, account: Account | None, notify_socket: str
) -> Asterisk:
    """Start the process; not through asyncio, whose end would be the end of its children."""
    with (folders.log / "console").open("wb") as console:
        child = subprocess.Popen(  # noqa: S603  # the binary that the settings name
            (*binary.command, "-C", str(folders.etc / "asterisk.conf"), "-f"),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            cwd=folders.root,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "NOTIFY_SOCKET": notify_socket},
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=() if account else None,
        )
    return Asterisk(child.pid, folders, child)


async def _until_ready(ready: socket.socket, asterisk: Asterisk) -> None:
    """Wait for systemd's READY=1, which Asterisk sends once it is fully booted."""
    loop = asyncio.get_running_loop()
    told = asyncio.ensure_future(loop.sock_recv(ready, 256))
    ended = asyncio.ensure_future(asterisk.died())
    try:
        async with asyncio.timeout(START_S):
            await asyncio.wait({told, ended}, return_when=asyncio.FIRST_COMPLETED)
    except TimeoutError as error:
        raise EngineUnavailable("asterisk", f"not ready after {START_S:.0f} s") from error
    finally:
        told.cancel()
        ended.cancel()
        await asyncio.gather(told, ended, return_exceptions=True)
    if not asterisk.is_alive:
        raise EngineUnavailable("asterisk", f"ended at once with status {asterisk.returncode}")


def _last(words: Path) -> str:
    lines = [line for line in words.read_text("utf-8", "replace").splitlines() if line.strip()]
    return " | ".join(lines[-3:]) or "it said nothing"


async def _serve(settings: Settings) -> None:
    async with running(settings) as asterisk:
        loop = asyncio.get_running_loop()
        enough = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, enough.set)
        _log.info("asterisk_ready", pid=asterisk.pid, sip_port=settings.telephony.sip_port)
        ends = [asyncio.ensure_future(asterisk.died()), asyncio.ensure_future(enough.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()


if __name__ == "__main__":
    log.configure()
    arguments = sys.argv[1:]
    asyncio.run(_serve(load_settings(Path(arguments[0])) if arguments else Settings()))
