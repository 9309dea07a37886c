"""Passwords that nobody has to invent: made once, kept in files that only we may read."""

import os
import secrets
from pathlib import Path

from ivr.errors import ConfigError, Place


def secret(file: Path) -> str:
    """Read the password in `file`; make a random one of 192 bits the first time.

    Raises ConfigError when the file cannot be read or written, or is empty.
    """
    try:
        return _read(file) if file.exists() else _make(file)
    except OSError as error:
        problem = f"cannot be read or written ({error.strerror})."
        raise ConfigError(problem, "Check the rights of its folder.", Place(file)) from error


def sip_password(state_dir: Path, extension: str) -> str:
    """Give the password with which the phone of `extension` registers."""
    return secret(state_dir / "secrets" / f"sip-{extension}")


def _read(file: Path) -> str:
    text = file.read_text("utf-8").strip()
    if not text:
        raise ConfigError("is empty.", "Delete it; a new password will be made.", Place(file))
    return text


def _make(file: Path) -> str:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = secrets.token_urlsafe(24)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was a moment faster
        return _read(file)
    with os.fdopen(handle, "w") as out:
        out.write(text + "\n")
    return text
