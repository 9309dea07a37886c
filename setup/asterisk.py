"""Asterisk with chan_websocket: the system's, or Debian sid's in a folder of our own.

Debian 12 has no Asterisk package. apt alone, with its state in our folder, resolves and fetches
sid's packages as any user; they are extracted, never installed, and the binary is started
through sid's own loader, so the host's libc stays as it is (268 MB, about 10 s).
"""

import os
import re
import shutil
import time
from pathlib import Path

from setup.steps import STATE, Step
from setup.work import SetupError, Work, answer

PREFIX = f"{STATE}/asterisk"
_DEFAULT_MIRROR = "http://deb.debian.org/debian"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_ATTEMPTS = 3
# The first releases with chan_websocket, by branch.
_FIRST = {20: 16, 21: 11, 22: 6}
_MODULES = ("/usr/lib/asterisk/modules", "/usr/lib64/asterisk/modules")


def step() -> Step:
    """Give the step that brings Asterisk."""
    return Step(
        name="asterisk",
        title="Asterisk with chan_websocket",
        inputs=lambda _: "sid 1",
        is_there=lambda root: system_one() is not None or binary(root) is not None,
        make=_make,
        remedy="Is the Debian mirror reachable? Another one: HOTLINE_DEBIAN_MIRROR=http://… make "
        "setup. Or install Asterisk 22.6 or newer with chan_websocket yourself.",
    )


def has_websocket(version: str) -> bool:
    """Whether an Asterisk of this `-V` line may have chan_websocket."""
    found = re.search(r"(\d+)\.(\d+)", version)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return major > max(_FIRST) or minor >= _FIRST.get(major, 1 << 30)


def system_one() -> Path | None:
    """Give the system's Asterisk, when it is new enough and has the module; or a chosen one."""
    chosen = os.environ.get("IVR_ASTERISK")
    if chosen:
        return Path(chosen)
    found = shutil.which("asterisk") or shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin")
    if not found or not has_websocket(answer(found, "-V") or ""):
        return None
    folders = [*map(Path, _MODULES), *Path("/usr/lib").glob("*/asterisk/modules")]
    module = any((folder / "chan_websocket.so").exists() for folder in folders)
    return Path(found) if module else None


def binary(root: Path) -> Path | None:
    """Give the binary of our own Asterisk, when it is complete."""
    prefix = root / PREFIX
    program = prefix / "usr/sbin/asterisk"
    module = next(prefix.glob("usr/lib/*/asterisk/modules/chan_websocket.so"), None)
    return program if program.exists() and module and loader(prefix) else None


def loader(prefix: Path) -> Path | None:
    """Give the dynamic loader that came with the packages."""
    return next((found for place in ("lib64", "lib") for found in _loaders(prefix, place)), None)


def mirror_in(sources: str) -> str:
    """Read the Debian mirror out of apt's sources, of the old or the new form."""
    for line in sources.splitlines():
        found = re.match(r"(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(https?://\S+)", line.strip())
        if found and re.search(r"/debian/?$", found[1]):
            return found[1].rstrip("/")
    return _DEFAULT_MIRROR


def _loaders(prefix: Path, place: str) -> list[Path]:
    return sorted((prefix / "usr" / place).glob("ld-linux*.so.*"))


def _make(work: Work) -> None:
    found = system_one()
    if found:
        work.note(f"Using the system's {found}.")
        return
    target = work.root / PREFIX
    if target.is_symlink():
        _verify(work, target)
        return
    if not shutil.which("apt-get") or not _KEYRING.exists():
        raise SetupError(
            "No Asterisk with chan_websocket here, and without apt-get and "
            "debian-archive-keyring none can be fetched.",
            "Install Asterisk 22.6 or newer with chan_websocket.",
        )
    folder = work.root / STATE / "asterisk.new"
    shutil.rmtree(folder, ignore_errors=True)
    _fetch(work, folder)
    _extract(work, folder)
    _verify(work, folder / "root")
    shutil.rmtree(target, ignore_errors=True)
    (folder / "root").rename(target)
    shutil.rmtree(folder)


def _fetch(work: Work, folder: Path) -> None:
    """Let apt resolve and download, as if nothing at all were installed."""
    for part in ("lists/partial", "archives/partial", "preferences"):
        (folder / "apt" / part).mkdir(parents=True)
    (folder / "apt/status").touch()
    sources = folder / "apt/sources.list"
    sources.write_text(f"deb [signed-by={_KEYRING}] {_mirror()} sid main\n")
    options = [word for option in _options(folder / "apt") for word in ("-o", option)]
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            work.run("apt-get", *options, "update")
            work.run("apt-get", *options, "install", "--download-only", "--yes", "asterisk")
        except SetupError:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(2**attempt)
        else:
            return


def _options(apt: Path) -> list[str]:
    return [
        f"Dir::Etc::sourcelist={apt}/sources.list",
        f"Dir::Etc::sourceparts={apt}/preferences",
        f"Dir::Etc::preferencesparts={apt}/preferences",
        "Dir::Etc::preferences=/dev/null",
        f"Dir::State={apt}",
        f"Dir::State::lists={apt}/lists",
        f"Dir::State::status={apt}/status",
        f"Dir::Cache={apt}",
        f"Dir::Cache::archives={apt}/archives",
        "APT::Sandbox::User=root",  # the folder may lie where apt's own user cannot go
        "APT::Install-Recommends=false",
        "Acquire::Check-Valid-Until=false",  # mirrors of a fixed day are welcome
        "Acquire::Languages=none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
        "Acquire::Retries=3",
    ]


def _mirror() -> str:
    wished = os.environ.get("HOTLINE_DEBIAN_MIRROR")
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    return wished or mirror_in("\n".join(file.read_text() for file in files if file.is_file()))


def _extract(work: Work, folder: Path) -> None:
    (folder / "root").mkdir()
    for package in sorted((folder / "apt/archives").glob("*.deb")):
        work.run("dpkg-deb", "--extract", package, folder / "root")


def _verify(work: Work, prefix: Path) -> None:
    start = loader(prefix)
    libraries = next(prefix.glob("usr/lib/*-linux-gnu"), None)
    if start is None or libraries is None:
        raise SetupError("The packages brought no dynamic loader for this kind of machine.")
    told = answer(start, "--library-path", libraries, prefix / "usr/sbin/asterisk", "-V") or ""
    work.note(f"asterisk -V: {told}")
    if not has_websocket(told):
        raise SetupError(f"Asterisk does not start, or is too old: {told!r}.")
