"""A PostgreSQL of the tests' own: temporary files, a unix socket, no port, no password."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import needs

_DEBIAN = Path("/usr/lib/postgresql")
_USER = "postgres"  # initdb and the server refuse to run as root


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; gives the SQLAlchemy URL of an empty database."""
    programs = _programs()
    # In /tmp, because a socket's path must be shorter than 108 bytes.
    with tempfile.TemporaryDirectory(prefix="ivr-pg-", dir="/tmp") as folder:
        data = Path(folder, "data")
        if os.geteuid() == 0:
            shutil.chown(folder, _USER)
        init = [programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "--no-sync"]
        _run([*init, "-E", "UTF8", "--locale=C"])
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run([programs / "pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start"])
        try:
            yield f"postgresql+asyncpg://{_USER}@/postgres?host={folder}"
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"])


def restart(url: str) -> None:
    """Stop the cluster of `url` as a crash would, and start it again."""
    folder = Path(url.partition("?host=")[2])
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    command = [_programs() / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate"]
    _run([*command, "-o", options, "-l", f"{folder}/log", "restart"])


def _programs() -> Path:
    found = sorted(_DEBIAN.glob("*/bin/initdb")) if _DEBIAN.exists() else []
    if found:
        return found[-1].parent
    return needs.program("initdb", "Run `apt-get install postgresql`.").parent


def _run(command: list[str | Path]) -> None:
    user = ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*user, *map(str, command)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout
