"""Where is an Asterisk that can serve us? Looks, and says what to do when there is none.

Order: the setting `telephony.asterisk`, $IVR_ASTERISK, the system's, then the prefix that the
set-up extracted to `.setup/asterisk`. Only one with `chan_websocket` (20.16, 22.6 and later)
will do. A binary in a foreign prefix is started through that prefix's own loader, so that it
finds its own C library and leaves the machine's alone.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ConfigError

MEDIA_MODULE = "chan_websocket.so"
PROJECT_PREFIX = Path(".setup/asterisk")
_REMEDY = (
    "Run `make setup`, install Asterisk >= 20.16 or >= 22.6, or point telephony.asterisk "
    "(or $IVR_ASTERISK) to its binary."
)


@dataclass(frozen=True, slots=True)
class Binary:
    """An Asterisk that can be started.

    `command` starts it (loader included), `modules` holds its `*.so`, `share` its
    documentation and its ARI specification (`rest-api/*.json`).
    """

    command: tuple[str, ...]
    modules: Path
    share: Path

    @property
    def rest_api(self) -> Path:
        """Folder of the ARI specification."""
        return self.share / "rest-api"


def find(setting: Path | None = None, project: Path = PROJECT_PREFIX) -> Binary:
    """Find an Asterisk; raises ConfigError with the remedy when there is none that will do."""
    wanted = setting or (Path(named) if (named := os.environ.get("IVR_ASTERISK")) else None)
    if wanted:
        return _chosen(wanted)
    for candidate in _candidates(project):
        if binary := examine(candidate):
            return binary
    raise ConfigError("no Asterisk with chan_websocket was found.", _REMEDY)


def examine(executable: Path) -> Binary | None:
    """Tell how to start this executable; None if it is missing or lacks chan_websocket."""
    if not executable.is_file():
        return None
    prefix = executable.resolve().parents[2]
    modules = _modules(prefix)
    if modules is None:
        return None
    share = prefix / "usr/share/asterisk"
    if prefix == Path("/"):
        data = Path("/var/lib/asterisk")
        return Binary((str(executable),), modules, share if share.is_dir() else data)
    loader = next(prefix.glob("usr/lib*/ld-linux-*.so*"), None)
    if loader is None:
        return Binary((str(executable),), modules, share)
    library = modules.parents[1]
    return Binary((str(loader), "--library-path", str(library), str(executable)), modules, share)


def _chosen(executable: Path) -> Binary:
    binary = examine(executable.absolute())
    if binary is None:
        problem = f"{executable} is no Asterisk with {MEDIA_MODULE} beside it."
        raise ConfigError(problem, _REMEDY)
    return binary


def _candidates(project: Path) -> Iterator[Path]:
    if system := shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin:/usr/bin"):
        yield Path(system)
    yield project.absolute() / "usr/sbin/asterisk"


def _modules(prefix: Path) -> Path | None:
    for pattern in ("usr/lib/*/asterisk/modules", "usr/lib*/asterisk/modules"):
        for folder in prefix.glob(pattern):
            if (folder / MEDIA_MODULE).is_file():
                return folder
    return None
