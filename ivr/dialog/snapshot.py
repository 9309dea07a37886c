"""A folder of flows as one immutable copy: read once, kept as texts, unpacked for reading only.

What is served is never the folder that somebody edits: it is a copy that was read in one go,
checked as it is, and unpacked under a name of its own.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from ivr.dialog.flows import load_flows
from ivr.dialog.version import Version
from ivr.errors import ConfigError, Place

MOST_BYTES: Final = 5_000_000
"""All files together; 100 flows are some 300 kB. More is a file that got there by mistake."""
_ENDINGS: Final = (".yaml", ".yml")


def read_folder(directory: Path) -> dict[str, str]:
    """Give the YAML files of a folder and its subfolders, name -> text.

    Raises ConfigError for what is no text or too large.
    """
    if not directory.is_dir():
        raise ConfigError("there is no such folder of flows.", "Check flows_dir.", Place(directory))
    files: dict[str, str] = {}
    size = 0
    for file in sorted(directory.rglob("*")):
        name = file.relative_to(directory)
        if file.suffix not in _ENDINGS or any(part.startswith(".") for part in name.parts):
            continue
        size += file.stat().st_size
        if size > MOST_BYTES:
            problem = f"with this file the flows are larger than {MOST_BYTES // 1_000_000} MB."
            raise ConfigError(problem, "Remove what is no flow.", Place(file))
        files[name.as_posix()] = _text(file)
    return files


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text.", "Save it as UTF-8.", Place(file)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror}).", "", Place(file)) from error


def fingerprint(files: Mapping[str, str]) -> str:
    """Twelve hex digits that change with every change of any file: the name of a version."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        for part in (name, text):
            content = part.encode()
            digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:12]


def digests(files: Mapping[str, str]) -> dict[str, str]:
    """Give a digest for each file, to compare with `changed` where the texts are not at hand."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name the files that are not the same in both."""
    names = sorted(before.keys() | after.keys())
    return [name for name in names if before.get(name) != after.get(name)]


def unpack(files: Mapping[str, str], directory: Path) -> Path:
    """Write the files to a folder that is there as a whole or not at all; gives the folder.

    A folder that is there already and holds anything else is replaced.
    """
    if directory.is_dir() and _holds(directory, files):
        return directory
    directory.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        _write(files, beside)
        if directory.exists():
            shutil.rmtree(directory)
        beside.replace(directory)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return directory


@contextmanager
def unpacked(files: Mapping[str, str]) -> Iterator[Path]:
    """Have the files in a folder while inside."""
    with tempfile.TemporaryDirectory(prefix="flows-") as folder:
        _write(files, Path(folder))
        yield Path(folder)


def load_version(name: str, files: Mapping[str, str], directory: Path) -> Version:
    """Unpack a version below a folder and read it. Raises ConfigError for broken files."""
    return Version(name, load_flows(unpack(files, directory / name)))


def _write(files: Mapping[str, str], directory: Path) -> None:
    for name, text in files.items():
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts:
            raise ConfigError(f"{name!r} is no name of a file of flows.")
        file = directory.joinpath(*parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
        # Nobody edits what callers hear by accident.
        file.chmod(0o444)


def _holds(directory: Path, files: Mapping[str, str]) -> bool:
    try:
        return read_folder(directory) == dict(files)
    except ConfigError:
        return False
