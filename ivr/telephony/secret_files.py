"""Passwords that nobody has to invent: made once, kept in files that only we may read."""

import os
import secrets
import tempfile
from pathlib import Path

from ivr.errors import ConfigError, Place


def secret(file: Path) -> str:
    """Read the password in `file`; make a random one of 192 bits the first time.

    Raises ConfigError when the file cannot be read or written, or holds no password.
    """
    try:
        return _read(file) if file.exists() else _make(file)
    except OSError as error:
        problem = f"cannot be read or written ({error.strerror})."
        remedy = "Check the rights of its folder and the space on its disk."
        raise ConfigError(problem, remedy, Place(file)) from error


def given_secret(file: Path) -> str:
    """Read a password that somebody else has made. Raises ConfigError when it is not there."""
    if not file.exists():
        remedy = "Write the password that you were given into it, and nothing else."
        raise ConfigError("is missing.", remedy, Place(file))
    return secret(file)


def sip_password(state_dir: Path, extension: str) -> str:
    """Give the password with which the phone of `extension` registers."""
    return secret(state_dir / "secrets" / f"sip-{extension}")


def _read(file: Path) -> str:
    try:
        text = file.read_text("utf-8").strip()
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text.", "Save it as UTF-8.", Place(file)) from error
    if not text:
        raise ConfigError("is empty.", "Delete it; a new password will be made.", Place(file))
    if not text.isprintable():  # a second line would be a line of Asterisk's configuration
        raise ConfigError("holds more than a password.", "Leave one line in it.", Place(file))
    return text


def _make(file: Path) -> str:
    """Write a new password whole or not at all; a process that was faster wins."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = secrets.token_urlsafe(24)
    handle, name = tempfile.mkstemp(prefix=".", dir=file.parent)  # 0600 by its promise
    try:
        with os.fdopen(handle, "w") as out:
            out.write(text + "\n")
        os.link(name, file)
    except FileExistsError:
        return _read(file)
    finally:
        Path(name).unlink()
    return text
